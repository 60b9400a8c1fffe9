from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from flows.state.home import Home
from flows.state.judgement import judgement_table
from hostile import HOSTILE
from work import HEADER, LINES, label, write


@pytest.fixture
def place(home):
    return Home.at(home)


@pytest.fixture
def batch(place, tmp_path):
    """A batch with a hostile cell, a hostile id, rejects, and rows to review."""
    rows = [line.split(",") for line in LINES]
    rows[4][3] = f'"{HOSTILE}"'
    rows[0][1], rows[0][13] = "16.2", "290"
    text = [f"id,{HEADER}", *(f'"{HOSTILE} {number}",{",".join(row)}' for number, row in enumerate(rows))]
    (tmp_path / "hostile.csv").write_text("\n".join(text))
    label(tmp_path / "hostile.csv", place)
    return "hostile"


@pytest.fixture
def untold(place, tmp_path):
    """A batch without truth but with ids: one row unlike any, one with a cell that is none."""
    header = HEADER.partition(",")[2]
    rows = [line.partition(",")[2].split(",") for line in LINES[:30]]
    rows[7][0], rows[9][3] = "18.5", "x"
    write(tmp_path / "untold.csv", *(f"B-{at},{','.join(row)}" for at, row in enumerate(rows)), header=f"id,{header}")
    label(tmp_path / "untold.csv", place)
    return "untold"


def figures(metric, value, count, low=None, high=None, **more):
    """The lines of a share with its interval."""
    ends = [("", value), ("_low", low), ("_high", high)] if low is not None else [("", value)]
    return [{"metric": f"{metric}{end}", "value": each, "count": count} | more for end, each in ends]


@pytest.fixture
def judged(place, untold):
    """The batch held against truth: a promise broken, rows drawn at random and rows picked for review."""
    lines = [
        *figures("accuracy", 0.9, 20, 0.7, 0.97),
        *figures("accuracy_unseen", 0.9, 20, 0.7, 0.97),
        *figures("accuracy_sampled", 1.0, 12, 0.76, 1.0),
        *figures("accuracy_reviewed", 0.75, 8, 0.41, 0.93),
        *figures("expected_accuracy", 0.97, 20),
        *figures("expected_accuracy_sampled", 0.99, 12),
        *figures("coverage", 0.95, 20, 0.76, 0.99),
        *figures("promised_coverage", 0.98, 20),
        *figures("class_accuracy", 0.9, 20, 0.7, 0.97, label="barolo"),
        *figures("class_accuracy", None, 0, label="barbera"),
        *figures("review_wrong", 2, 8),
        *figures("others_wrong", 0, 12),
        *figures("contradicted", 1, 20),
        *figures("other_bytes", 0, 20),
        {"metric": "broken_promise", "other": "coverage of 80% of 20 rows", "value": None, "count": 20},
    ]
    path = place.judged(untold)
    path.parent.mkdir(parents=True)
    pq.write_table(judgement_table(lines, untold, 1, datetime(2026, 11, 25, tzinfo=UTC)), path)
    return untold
