from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from flows.state.report import Report, report_table
from flows.state.warnings import unlike_training, warnings

USUAL = {"labelled": 178, "review": 4, "accuracy": 0.98, "accuracy_high": 0.99, "expected_accuracy": 0.98}


def report(folder, rows=178, more=(), **values):
    figures = [{"metric": name, "value": value, "count": rows} for name, value in (USUAL | values).items()]
    confusion = {"metric": "confusion", "label": "barolo", "other": "barolo", "value": rows, "count": rows}
    path = folder / "report.parquet"
    pq.write_table(report_table([*figures, confusion, *more], "a", 1, datetime.now(UTC)), path)
    return Report.read(path)


def test_a_usual_batch_warns_of_nothing(tmp_path):
    assert list(warnings(report(tmp_path))) == []


def test_far_more_rows_to_review_than_promised(tmp_path):
    (said,) = warnings(report(tmp_path, review=60))
    assert said.startswith("60 of 178 rows to review, far more than")
    assert list(unlike_training(report(tmp_path, review=60))) == []


@pytest.mark.parametrize(("rows", "count"), [(178, 1), (19, 0)])
def test_accuracy_far_from_what_the_model_expected(tmp_path, rows, count):
    said = list(warnings(report(tmp_path, rows=rows, accuracy=0.4, accuracy_high=0.5)))
    assert said == ["accuracy 40% on 178 rows with truth, where the model expected 98%"][:count]


@pytest.mark.parametrize(("rows", "count"), [(178, 1), (49, 0)])
def test_large_drift_of_enough_rows(tmp_path, rows, count):
    large = {"metric": "drift", "other": "large", "value": 0.9, "count": rows}
    drift = [large | {"label": name} for name in ("ash", "hue")]
    assert list(warnings(report(tmp_path, more=drift))) == ["large drift against the training rows in ash, hue"][:count]


def test_what_was_noticed_of_the_columns_is_told(tmp_path):
    remark = {"metric": "remark", "other": "proline in g/l, usual is mg/l", "count": 178}
    assert list(warnings(report(tmp_path, more=[remark]))) == ["proline in g/l, usual is mg/l"]


@pytest.mark.parametrize(("usual", "warned"), [(0.02, True), (0.5, False)])
def test_many_rows_to_review_are_what_is_usual_of_a_hard_table(tmp_path, usual, warned):
    found = list(warnings(report(tmp_path, labelled=100, review=50, usual_review=usual)))
    assert any("rows to review" in text for text in found) == warned
