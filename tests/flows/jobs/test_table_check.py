from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import SourceError
from flows.jobs.table_check import Reason, check_table
from schemas.table_file import parse_table
from work import PENGUINS, penguins, write

TABLE = parse_table(PENGUINS, "table.toml", Path())


def test_what_would_be_rejected_is_counted_by_column_and_rule_with_one_example(tmp_path):
    header, lines = penguins(20)
    bad = ["R90,40,Elba,male,3000,gentoo", "R91,40,Oahu,male,3000,gentoo", "R92,400,,male,3000,Total", "only,two"]
    found = check_table(TABLE, write(tmp_path / "a.csv", *lines, *bad, header=header))
    assert (found.table, found.rows, found.rejected) == ("penguins", 24, 4)
    assert found.reasons[0] == Reason("island", "not a level", 2, "Elba")
    assert {(each.column, each.rule, each.example) for each in found.reasons[1:]} == {
        ("bill length", "<= 80.5", "400"), ("island", "missing", ""), (None, "6 columns due, found 2", "only,two"),
        ("species", "truth: not a class", "Total"),
    }  # fmt: skip
    assert found.classes == {"Adelie": 10, "Gentoo | big": 12}
    assert found.unknown_classes == {"Total": 1}


def test_a_file_of_another_table_is_refused_as_it_would_be_when_labelled(tmp_path):
    with pytest.raises(SourceError, match="columns missing: bill length"):
        check_table(TABLE, write(tmp_path / "a.csv", "1,2", header="island,sex"))
