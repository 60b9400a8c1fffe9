from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import work
from flows.jobs.picking import Asked, pick
from flows.state.ledger import batches_of, record_of
from flows.state.measured import Measured
from schemas.results import truth_schema
from schemas.telling import Delivery
from work import LINES, TABLE, label, write

BARE = [line.partition(",")[2] for line in LINES]
HEADER = work.HEADER.partition(",")[2]


@pytest.fixture
def place(cellar, trained, home):
    """A home whose versions are those of a trained one."""
    (home.folder / "models").parent.mkdir(parents=True)
    (home.folder / "models").symlink_to(cellar.folder / "models")
    return home


def noisy(path, rows, seed=0):
    """Bottles without truth, noisy enough that many are up for review."""
    rng = np.random.default_rng(seed)
    x = np.array([[*map(float, line.split(","))] for line in BARE])
    found = x[rng.integers(len(x), size=rows)] * (1 + 0.15 * rng.standard_normal((rows, x.shape[1])))
    return write(path, *(",".join(f"{value:.4g}" for value in row) for row in found), header=HEADER)


def measured(place):
    return [Measured.find(place, batch, record_of(place, batch)) for batch in batches_of(place)]


def tell(place, rows, how, delivery="told"):
    """Say of rows of the batch `one` what they are."""
    record, now = record_of(place, "one"), datetime.now(UTC)
    same = {"batch": "one", "truth": "barolo", "how": how, "source_sha256": record.source_sha256, "told_at": now}
    lines = [same | {"row": row} for row in rows]
    said = Delivery(1, "wine", delivery, "00", "0", len(rows), len(rows), "", "one", now.isoformat())
    path = place.truth(delivery)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(lines, schema=truth_schema(TABLE))
    pq.write_table(table.replace_schema_metadata(said.metadata()), path)


@pytest.fixture
def batches(place, tmp_path):
    for seed, name in enumerate(("one", "two")):
        label(noisy(tmp_path / f"{name}.csv", 300, seed), place, max_rejects=1)
    return place


def keys(picked, how):
    return [(row["batch"], row["row"]) for row in picked.rows if row["how"] == how]


def test_rows_are_drawn_from_all_rows_whatever_is_said_of_them_and_again_the_same(batches):
    asked = Asked(rows=400, at_random=1)
    drawn = keys(pick(batches, measured(batches), asked), "sampled")
    labelled = {
        (batch, row): review
        for batch in ("one", "two")
        for row, review in work.cells(batches.labels(batch), "row", "review")
    }
    share = sum(labelled.values()) / len(labelled)
    found = sum(labelled[key] for key in drawn)
    assert 0.1 < share < 0.9
    assert abs(found - 400 * share) < 4 * np.sqrt(400 * share * (1 - share))
    assert drawn == keys(pick(batches, measured(batches), asked), "sampled")
    fewer = keys(pick(batches, measured(batches), Asked(rows=10, at_random=1)), "sampled")
    assert fewer == drawn[:10]


def test_accuracy_on_the_rows_drawn_is_that_of_all_rows_and_on_those_reviewed_it_is_not(place, tmp_path):
    rng = np.random.default_rng(3)
    lines = [LINES[at] for at in rng.integers(len(LINES), size=2000)]
    x = np.array([[*map(float, line.split(","))] for line in lines])
    x[:, 1:] *= 1 + 0.12 * rng.standard_normal((2000, 13))
    path = write(tmp_path / "one.csv", *(",".join(f"{value:.4g}" for value in row[1:]) for row in x), header=HEADER)
    label(path, place, max_rejects=1, accept_suspect=True)
    names = dict(enumerate(TABLE.class_names, start=1))
    right = {row: names[int(x[row, 0])] == said for row, said in work.cells(place.labels("one"), "row", "label")}
    picked = pick(place, measured(place), Asked(rows=1000, at_random=0.5))
    sampled, reviewed = (np.mean([right[row] for _, row in keys(picked, how)]) for how in ("sampled", "reviewed"))
    everywhere = np.mean([*right.values()])
    assert abs(sampled - everywhere) < 4 * np.sqrt(everywhere * (1 - everywhere) / 500)
    assert reviewed < everywhere - 8 * np.sqrt(everywhere * (1 - everywhere) / 500)


def test_only_what_was_drawn_before_is_passed_over_when_rows_are_drawn(batches):
    asked = Asked(batches=("one",), rows=20, at_random=1)
    found = [each for each in measured(batches) if each.batch == "one"]
    first = [row for _, row in keys(pick(batches, found, asked), "sampled")]
    tell(batches, first[:5], "sampled", "a")
    tell(batches, first[5:8], "told", "b")
    second = [row for _, row in keys(pick(batches, found, asked), "sampled")]
    assert second[:15] == first[5:]


def test_the_others_are_those_in_need_whose_truth_nobody_has_told(batches):
    found = [each for each in measured(batches) if each.batch == "one"]
    first = pick(batches, found, Asked(rows=30, at_random=0))
    assert {row["how"] for row in first.rows} == {"reviewed"}
    assert all(row["review"] for row in first.rows)
    told = [row["row"] for row in first.rows[:10]]
    tell(batches, told, "reviewed")
    second = pick(batches, found, Asked(rows=30, at_random=0))
    assert [row["row"] for row in second.rows[:20]] == [row["row"] for row in first.rows[10:]]
    assert second.up_for_review == first.up_for_review - 10


def test_the_rows_drawn_stand_evenly_among_the_others_and_none_twice(batches):
    picked = pick(batches, measured(batches), Asked(rows=50, at_random=0.2))
    hows = [row["how"] for row in picked.rows]
    assert all(hows[at : at + 5].count("sampled") == 1 for at in range(0, 50, 5))
    assert len({(row["batch"], row["row"]) for row in picked.rows}) == 50


def test_blind_the_order_tells_nothing(batches):
    seen, blind = (pick(batches, measured(batches), Asked(blind=blind)) for blind in (False, True))
    order = [row["confidence"] for row in blind.rows if row["how"] == "reviewed"]
    assert {(row["batch"], row["row"]) for row in seen.rows} == {(row["batch"], row["row"]) for row in blind.rows}
    assert order != [row["confidence"] for row in seen.rows if row["how"] == "reviewed"]


@pytest.mark.parametrize(("rows", "share", "drawn"), [(50, 0.2, 10), (1, 0.2, 1), (3, 0.0, 0), (7, 1.0, 7)])
def test_a_share_at_random_is_one_row_at_least_unless_there_is_to_be_none(rows, share, drawn):
    assert Asked(rows=rows, at_random=share).drawn == drawn
