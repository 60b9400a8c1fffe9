"""The figures of a batch: what the pages over many batches show of it, from its report and its judged file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from data.published import open_published
from flows.state.judgement import judgement_of
from flows.state.report import LINE, Report
from schemas.record import Record
from schemas.telling import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.state.home import Home

APART: Final = ("reviewed", "trained")
MICROSECONDS: Final = 10**6


class Judged(NamedTuple):
    """Labelled rows held against their truth; of these figures those of different rows add up."""

    rows: int = 0
    right: int = 0
    expected: float = 0.0
    """The sum of their confidences: how many of them the model expected to be right."""
    with_sets: int = 0
    """Those of them whose label sets were held against their truth too."""
    in_sets: int = 0


class Figures(NamedTuple):
    """What is shown of one batch."""

    table: str
    version: int
    labelled_at: int
    """Seconds since 1970, UTC."""
    rows: int
    labelled: int
    rejected: int
    review: int
    waiting: int
    """Rows up for review whose truth nobody has told."""
    expected: float | None
    """The mean confidence; None where no row was labelled."""
    drift: float
    """The largest index among the features; 0 where no row was labelled."""
    drifted: str
    """The feature it is the index of."""
    suspect: str
    broken: tuple[str, ...]
    """A sentence for each promise that was broken beyond chance."""
    promised: float | None
    """The share of rows whose label sets are to hold their truth, where any were held against it."""
    judged: Mapping[str, Judged]
    """By how their truth became known: told, reviewed, sampled, input, or trained on."""

    @property
    def unpicked(self) -> Judged:
        """The rows that nobody picked for review, and that were not trained on: the others tell nothing of all."""
        return pooled([judged for how, judged in self.judged.items() if how not in APART])


def pooled(judged: Sequence[Judged]) -> Judged:
    """The rows of all of them."""
    return Judged(*map(sum, zip(*judged, strict=True))) if judged else Judged()


def figures_of(home: Home, batch: str) -> Figures:
    """The figures of a published batch; what the file, Arrow or its lines raise where they cannot be read."""
    with open_published(home.report(batch)) as file:
        record = Record.parse(file.metadata.metadata)
        lines = file.read(columns=[*LINE, "labelled_at"])
    report = Report(tuple(lines.drop_columns("labelled_at").to_pylist()))
    judgement = _judgement(home, batch, record)
    feature, drift = max(((name, each.index) for name, each in report.drift().items()), key=_index, default=("", 0.0))
    return Figures(
        table=record.table,
        version=record.model_version,
        labelled_at=lines["labelled_at"][0].value // MICROSECONDS,
        rows=record.rows,
        labelled=record.labelled,
        rejected=record.rejected,
        review=_count(report, "review"),
        waiting=_waiting(report, judgement),
        expected=_value(report, "expected_accuracy"),
        drift=drift,
        drifted=feature,
        suspect=record.suspect,
        broken=tuple(_texts(judgement, "broken_promise")) if judgement else (),
        promised=_value(judgement, "promised_coverage") if judgement else None,
        judged=_by_how(judgement) if judgement else _by_input(report),
    )


def _judgement(home: Home, batch: str, record: Record) -> Report | None:
    """The batch held against its truth; None where that was done to other labels than it has now."""
    held = Judgement.read(home.judged(batch))
    same = held and (held.source_sha256, held.model_sha256) == (record.source_sha256, record.model_sha256)
    return judgement_of(home, batch) if same else None


def _waiting(report: Report, judgement: Report | None) -> int:
    review = _count(report, "review")
    if judgement:
        return max(0, review - _rows(judgement, "review_wrong"))
    return review if _rows(report, "accuracy") < _count(report, "labelled") else 0


def _by_how(judgement: Report) -> dict[str, Judged]:
    hows = [line["label"] for line in judgement.lines if line["metric"] == "judged_rows" and line["value"]]
    return {how: _held(judgement, f"accuracy_{how}", f"expected_accuracy_{how}", f"coverage_{how}") for how in hows}


def _by_input(report: Report) -> dict[str, Judged]:
    """The rows whose input told their truth, but for those the model was trained on."""
    held = _held(report, "accuracy_unseen", "expected_accuracy", "coverage")
    return {"input": held} if held.rows else {}


def _held(report: Report, accuracy: str, expected: str, coverage: str) -> Judged:
    rows, with_sets = _rows(report, accuracy), _rows(report, coverage)
    right, sure, within = (_value(report, name) or 0.0 for name in (accuracy, expected, coverage))
    return Judged(rows, round(right * rows), sure * rows, with_sets, round(within * with_sets))


def _value(report: Report, metric: str) -> float | None:
    return next((line["value"] for line in report.lines if line["metric"] == metric), None)


def _count(report: Report, metric: str) -> int:
    return int(_value(report, metric) or 0)


def _rows(report: Report, metric: str) -> int:
    """How many rows a metric is drawn from."""
    return next((line["count"] for line in report.lines if line["metric"] == metric), 0)


def _texts(report: Report, metric: str) -> list[str]:
    return [line["other"] for line in report.lines if line["metric"] == metric]


def _index(drift: tuple[str, float]) -> float:
    return drift[1]
