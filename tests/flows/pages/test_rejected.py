from flows.pages.rejected import EXAMPLES, MOST, rejected_sections
from flows.state.report import Report
from work import LINES, label, with_cell, write


def sections(place, name):
    return [*rejected_sections(place.rejects(name), Report.read(place.report(name)))]


def test_rejects_are_counted_by_column_and_rule_the_most_frequent_first_with_a_few_of_them(place, tmp_path):
    lines = [
        with_cell(line, 3, "x") if at < 8 else with_cell(line, 2, "-1") if at < 10 else line
        for at, line in enumerate(LINES)
    ]
    label(write(tmp_path / "bad.csv", *lines), place)
    counted, examples = sections(place, "bad")
    assert [(row["column"], row["cells"]) for row in counted.rows] == [("ash", "8"), ("malic_acid", "2")]
    assert len(examples.rows) == EXAMPLES
    assert examples.rows[0] == {"row": "0", "column": "ash", "rule": "not a number", "value": "x"}


def test_where_nothing_was_rejected_nothing_is_said(place, tmp_path):
    label(write(tmp_path / "good.csv", *LINES), place)
    assert sections(place, "good") == []


def test_kinds_beyond_a_screen_are_counted(place, tmp_path):
    lines = [with_cell(LINES[at], 1 + at, "x") for at in range(13)]
    label(write(tmp_path / "bad.csv", *lines, *LINES), place)
    counted, _ = sections(place, "bad")
    assert (len(counted.rows), counted.note) == (MOST, "And 3 other kinds.")
