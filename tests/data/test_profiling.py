import pandas as pd
import pytest

from data.errors import SourceError
from data.profiling import profile

FRAME = pd.DataFrame({"size": [1.5, 2.5, 3.0, 4.5], "kind": ["a", "b, c", "a", "b, c"], "code": [1, 2, 1, 2]})
WRITERS = {
    "commas": lambda frame, path: frame.to_csv(path, index=False),
    "bom": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    "utf-16": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-16"),
    "decimal comma": lambda frame, path: frame.to_csv(path, index=False, sep=";", decimal=","),
    "tabs": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "bars": lambda frame, path: frame.to_csv(path, index=False, sep="|"),
    "gzip": lambda frame, path: frame.to_csv(path, index=False, compression="gzip"),
    "parquet": lambda frame, path: frame.to_parquet(path, index=False),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_table_is_profiled_alike_however_it_is_written(tmp_path, kind):
    path = tmp_path / "a"
    WRITERS[kind](FRAME, path)
    found = profile(path)
    assert (found.rows, found.has_names) == (4, True)
    assert [(each.name, each.kind) for each in found.columns] == [
        ("size", "number"),
        ("kind", "category"),
        ("code", "number"),
    ]
    assert (found.columns[0].minimum, found.columns[0].maximum) == (1.5, 4.5)
    assert found.columns[1].levels == {"a": 2, "b, c": 2}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_without_a_header_are_known_by_their_places(tmp_path, separator):
    path = tmp_path / "a.csv"
    FRAME.to_csv(path, index=False, header=False, sep=separator)
    found = profile(path)
    assert (found.rows, found.has_names) == (4, False)
    assert [each.name for each in found.columns] == ["column 1", "column 2", "column 3"]


def test_names_that_count_are_a_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("0,1,2\n1.5,2.5,x\n3.5,4.5,y\n")
    assert [each.name for each in profile(path).columns] == ["0", "1", "2"]


def test_a_header_may_have_a_number_among_its_words(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("age,2024,size\n1.5,2.5,1\n3.5,4.5,2\nNA,4.5,3\n")
    assert [each.name for each in profile(path).columns] == ["age", "2024", "size"]


def test_names_that_are_numbers_are_names_where_one_is_that_of_a_label(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("2019,2020,class\n1.5,2.5,x\n3.5,4.5,y\n")
    assert [each.name for each in profile(path).columns] == ["2019", "2020", "class"]


def test_a_table_of_words_has_a_header_unless_its_first_line_is_like_the_others(tmp_path):
    path = tmp_path / "a.csv"
    words = [f"{'pe'[at % 2]},{'xbs'[at % 3]},{'yw'[at // 2 % 2]}" for at in range(30)]
    path.write_text("\n".join(words) + "\n")
    assert (profile(path).has_names, profile(path).rows) == (False, 30)
    path.write_text("\n".join(["class,shape,surface", *words]) + "\n")
    assert (profile(path).has_names, profile(path).rows) == (True, 30)


def test_lines_that_are_no_rows_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("size,kind\n1.5,x\n2.5\n3.5,y,z\n4.5,y\n")
    assert (profile(path).rows, profile(path).malformed) == (2, 2)


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(SourceError, match=r"a\.csv: .*; .*; "):
        profile(path)
