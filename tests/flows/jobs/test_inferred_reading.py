import pytest

from data.profiling import profile
from data.sources import Source
from flows.jobs.inferred_reading import reading_doubts
from schemas.errors import TableError

DECLARED = """format = 1
name = "leaves"
[label]
name = "kind"
[[classes]]
id = 0
name = "a"
[[classes]]
id = 1
name = "b"
[[features]]
name = "size"
"""


def doubts(tmp_path, header, text=DECLARED):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *(f"{at}.5,{'ab'[at % 2]}" for at in range(9))]) + "\n")
    return [*reading_doubts(Source.at(str(path)), text, profile(path).columns[1])]


def test_a_file_that_is_read_as_it_was_meant_leaves_no_doubt(tmp_path):
    assert doubts(tmp_path, "size,kind") == []


def test_a_file_that_is_refused_by_what_was_inferred_from_it_is_said_to_be_so_with_the_reason(tmp_path):
    said = doubts(tmp_path, "size,kind", DECLARED + '[[features]]\nname = "width"\n')
    assert said[0].startswith("the file is not read by this declaration: columns missing: ")
    assert str(tmp_path) not in said[0]


def test_a_label_that_is_not_found_again_is_said_with_what_is_taken_instead(tmp_path):
    said = doubts(tmp_path, "size,other")
    assert said[0].startswith("by this declaration no column is taken for the label, and not 'other': ")


def test_a_declaration_that_does_not_hold_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"a\.csv: what was inferred: a column of that name is written beside"):
        doubts(tmp_path, "size,kind", DECLARED.replace("size", "row"))


def test_a_label_whose_name_is_a_number_is_found_again(tmp_path):
    assert doubts(tmp_path, "0,1", DECLARED.replace('"size"', '"0"').replace('"kind"', '"1"')) == []
