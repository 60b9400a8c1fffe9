from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from flows.state.home import Home
from flows.state.report import Report, labelled_at, report_table
from schemas.results import reports_schema
from work import WINE, label


@pytest.fixture
def report(home):
    label(WINE, home)
    return Report.read(Home.at(home).report("wine"))


def test_figures_are_read_by_their_names(report):
    assert (report.value("rows"), report.value("accuracy")) == (178, 1.0)
    assert report.value("accuracy_unseen") is None
    assert report.text("layout").startswith("text (UTF-8, LF)")
    assert report.text("none") == ""


def test_counts_agree_with_one_another(report):
    assert report.truth() == {"barolo": 59, "grignolino": 71, "barbera": 48}
    assert sum(report.labels().values()) == sum(report.confusion().values()) == 178
    assert list(report.confusion())[:3] == [("barolo", each) for each in ("barolo", "grignolino", "barbera")]


def test_the_training_rows_have_not_drifted(report):
    assert len(report.drift()) == 13
    assert {(each.words, each.rows) for each in (*report.drift().values(), report.label_drift())} == {("small", 178)}


def test_what_is_written_is_what_is_read(tmp_path):
    table = report_table([{"metric": "rows", "value": 3.0, "count": 3}], "may", 2, datetime(2026, 5, 1, tzinfo=UTC))
    assert table.schema.equals(reports_schema())
    pq.write_table(table, tmp_path / "may.parquet")
    report = Report.read(tmp_path / "may.parquet")
    assert labelled_at(tmp_path / "may.parquet") == datetime(2026, 5, 1, tzinfo=UTC)
    assert report.value("rows") == 3
    assert (report.truth(), report.drift(), report.label_drift()) == ({}, {}, None)
