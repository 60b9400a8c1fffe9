import pytest

from data.profiling import profile
from flows.jobs.inferred_roles import find_roles

CELLS = {
    "label": lambda at: "ab"[at % 2],
    "size": lambda at: f"{at % 7}.5",
    "sample id": lambda at: f"B{at * 7 % 40:03}",
    "counter": lambda at: str(at + 1),
    "same": lambda at: "x",
    "day": lambda at: f"2024-01-{at % 28 + 1:02}",
    "told": lambda at: f"{at * 7} times, no more",
    "hollow": lambda at: "1.5" if at < 1 else "NA",
    "copy": lambda at: "AB"[at % 2],
    "odd": lambda at: "ab"[at // 2 % 2] + "\u202e",
    "%": lambda at: f"{at % 5}.5",
}
ROWS = 40


def roles(tmp_path, *names, copies=None, header=None, label=0):
    path = tmp_path / "a.csv"
    lines = [",".join(f'"{CELLS[name](at)}"' for name in names) for at in range(ROWS)]
    path.write_text("\n".join([",".join(names) if header is None else header, *lines]).lstrip("\n") + "\n")
    found = profile(path)
    return find_roles(found, found.columns[label], copies or {})


def test_what_is_measured_is_a_feature_and_what_names_the_rows_is_the_id(tmp_path):
    found = roles(tmp_path, "label", "size", "sample id")
    assert [each.name for each in found.features] == ["size"]
    assert (found.identifier.name, found.ignored, found.unsure) == ("sample id", {}, ())


@pytest.mark.parametrize("name", ["same", "day", "told", "hollow", "%", "counter", "odd"])
def test_what_can_be_no_feature_is_ignored_with_the_reason(tmp_path, name):
    found = roles(tmp_path, "label", "size", "sample id", name)
    assert [each.name for each in found.features] == ["size"]
    assert (list(found.ignored), bool(found.ignored[name])) == ([name], True)


def test_words_that_all_differ_name_the_rows_where_no_name_does_and_that_is_unsure(tmp_path):
    found = roles(tmp_path, "label", "size", "told")
    assert (found.identifier.name, found.ignored) == ("told", {})
    assert found.unsure == ("told is taken for what names the rows: no two of its texts are equal",)


def test_a_copy_of_the_label_is_ignored_and_that_is_unsure(tmp_path):
    found = roles(tmp_path, "label", "size", "copy", copies={1: 0.5, 2: 1.0})
    assert [each.name for each in found.features] == ["size"]
    assert found.unsure == ("copy is ignored: it says what the label says, in 100.0% of the rows",)


def test_columns_of_one_name_are_ignored_whole(tmp_path):
    found = roles(tmp_path, "label", "size", "size", "sample id", header="label,size,Size,sample id")
    assert (found.features, [*found.ignored]) == ((), ["size", "Size"])


def test_without_a_header_no_number_is_left_out_from_among_the_others(tmp_path):
    found = roles(tmp_path, "label", "size", "counter", "hollow", header="")
    assert [each.place for each in found.features] == [1, 2, 3]
    assert (found.identifier, found.ignored, found.nameless) == (None, {}, {})


def test_what_is_left_out_without_a_name_is_said_by_its_place(tmp_path):
    index = roles(tmp_path, "counter", "label", "size", "same", header=",label,size,", label=1)
    assert index.nameless == {"column 1": "it counts the rows", "column 4": "the same everywhere: x"}
    assert (index.ignored, [each.name for each in index.features]) == ({}, ["size"])
    assert roles(tmp_path, "label", "size", "told", "day", header="").nameless.keys() == {"column 3", "column 4"}


def test_a_column_without_a_name_beside_others_that_have_one_is_no_feature_and_names_no_rows(tmp_path):
    found = roles(tmp_path, "label", "size", "sample id", "size", header="label,size,,")
    assert (found.identifier, [each.place for each in found.features]) == (None, [1])
    assert found.nameless["column 4"] == "it has no name"
