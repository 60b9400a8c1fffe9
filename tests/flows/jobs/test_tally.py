from __future__ import annotations

from functools import partial

from work import HEADER, LINES, cells, label, write

label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


def test_ignored_columns_are_named_in_the_report(tmp_path, home, version):
    label_anyway(write(tmp_path / "a.csv", f"{LINES[0]},north", header=f"{HEADER},cellar"), home, version)
    assert ("ignored_column", "cellar") in cells(home.report("a"), "metric", "other")
