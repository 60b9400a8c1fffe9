import pyarrow as pa

from data.profiles import Tally
from flows.jobs.inferred_classes import class_parts
from flows.jobs.inferred_label import Label


def parts(cells, name="kind", **how):
    tally = Tally(0, name)
    tally.add(pa.chunked_array([pa.array(cells, pa.string())]))
    return [*class_parts(Label(tally.profile(), "by its name"), **{"named": True} | how)]


def test_the_label_comes_first_and_then_its_classes_with_their_rows():
    label, *classes = parts(["b", "a", "b"])
    assert (label.header, label.entries, label.notes) == ("[label]", (("name", "kind"),), ("chosen by its name",))
    assert [(dict(each.entries), each.beside["name"]) for each in classes] == [
        ({"id": 0, "name": "a"}, "1 row"),
        ({"id": 1, "name": "b"}, "2 rows"),
    ]


def test_numbers_are_ids_where_they_can_be():
    assert [dict(each.entries)["id"] for each in parts(["8", "3", "10", "3"])[1:]] == [3, 8, 10]
    assert [dict(each.entries)["id"] for each in parts(["-1", "1"])[1:]] == [0, 1]


def test_what_a_person_should_look_at_is_said():
    label, *classes = parts(["a", "b", "b", "NA"], named=False)
    assert label.unsure[0] == "1 of 4 rows have no class; training rejects them"
    assert "no header" in label.unsure[1]
    assert len(classes) == 2  # fewer are no table


def test_a_class_of_one_row_cannot_be_learned_and_is_left_out():
    label, *classes = parts(["a", "a", "b", "b", "Totl"])
    assert [dict(each.entries)["name"] for each in classes] == ["a", "b"]
    assert label.unsure[0].startswith("'Totl' occur once, so they are left out")


def test_a_name_that_cannot_be_written_is_kept_as_a_spelling():
    assert dict(parts(["a", "b"], name="the\nkind")[0].entries) == {"name": "the kind", "spellings": ["the\nkind"]}
