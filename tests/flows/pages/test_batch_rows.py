import pytest

from flows.pages.batch_rows import BatchRows
from flows.state.ledger import record_of
from flows.state.measured import Measured
from flows.state.report import Report
from nn.drift import stability_index


def rows_of(place, name):
    return BatchRows.of(place, Measured.find(place, name, record_of(place, name)), 12)


def test_one_pass_finds_what_the_report_counted(place, untold):
    found, report = rows_of(place, untold), Report.read(place.report(untold))
    assert sum(found.confidence) == report.value("labelled") == 29
    assert found.need.up_for_review == report.value("review")
    for at, (name, drift) in enumerate(report.drift().items()):
        assert found.reference.features[at] == name
        assert stability_index(found.spread.bins[at], found.reference.counts[at]) == pytest.approx(drift.index)
    assert {int(bins.sum()) for bins in found.spread.bins} == {29}


def test_without_the_input_there_is_nothing_to_compare(place, untold, tmp_path):
    (tmp_path / "untold.csv").unlink()
    found = rows_of(place, untold)
    assert (found.reference, found.spread, sum(found.confidence)) == (None, None, 29)
