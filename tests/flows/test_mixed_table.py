"""A table of categories and missing values, all the way round: trained, labelled, reviewed, told, judged, replayed."""

from __future__ import annotations

import csv
import io

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from flows.jobs.judge import judge
from flows.jobs.picking import Asked
from flows.jobs.replay import label_again
from flows.jobs.review import review
from flows.pages.batch_page import draw_batch
from flows.pages.home_page import draw_home
from flows.pages.version_page import draw_version
from flows.state.home import Home
from flows.state.judgement import judgement_of
from flows.state.tellings import Tellings
from models.errors import ModelError
from models.store import ModelStore
from schemas.conformity import check_folder
from schemas.errors import TableError
from work import PENGUINS, deliver, label, penguins, train, write

HEADER, LINES = penguins(400)
NEW = [line.rpartition(",")[0] for line in penguins(120, seed=1)[1]]
ODD = ["R901,,Biscoe,who,3800", "R902,44.0,Dream,,3500", "R903,44.0,Elba,male,3500", "R904,x,Dream,male,3500"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    (folder / "table.toml").write_text(PENGUINS)
    return Home(folder)


@pytest.fixture(scope="module")
def trained(home):
    return train(home, write(home.folder / "train.csv", *LINES, header=HEADER))


@pytest.fixture(scope="module")
def batch(trained, home):
    return label(write(home.folder / "new.csv", *NEW, *ODD, header=HEADER.rpartition(",")[0]), home)


def test_it_is_trained_on_and_labelled_by_policy(trained, batch, home):
    assert (trained.promoted, trained.rows) == (True, 400)
    assert trained.cv_accuracy > 0.95
    assert (batch.rows, batch.labelled, batch.rejected) == (124, 122, 2)
    rejects = pq.read_table(home.rejects("new")).select(["row", "column", "rule", "value"]).to_pylist()
    assert [tuple(each.values()) for each in rejects] == [
        (122, "island", "not a level", "Elba"), (123, "bill length", "not a number", "x"),
    ]  # fmt: skip
    sizes = ModelStore(home.models).load().classifier.network.sizes
    assert (sizes[0], sizes[-1]) == (2 + 3 + 4 + 1, 2)


@pytest.mark.parametrize("how", ["parquet", "permuted", "chunks"])
def test_the_same_rows_get_the_same_labels_however_they_come(batch, home, how):
    frame = pd.read_csv(home.folder / "new.csv", dtype=str, keep_default_na=False)
    frame = frame.sample(frac=1, axis=1, random_state=0) if how == "permuted" else frame
    source = home.folder / f"{how}.{'parquet' if how == 'parquet' else 'csv'}"
    frame.to_parquet(source, index=False) if how == "parquet" else frame.to_csv(source, index=False)
    label(source, home, **({"chunk_rows": 7} if how == "chunks" else {}))
    for kind in (home.labels, home.rejects):
        one, other = (pq.read_table(kind(name)).drop_columns("source") for name in ("new", how))
        assert other.equals(one)


def test_typed_columns_of_parquet_are_the_same_as_text(batch, home):
    frame = pd.read_csv(home.folder / "new.csv", na_values=["NA"]).iloc[:122]
    frame["bill length"] = pd.to_numeric(frame["bill length"])
    frame["island"] = frame["island"].astype("category")
    frame.to_parquet(home.folder / "typed.parquet", index=False)
    label(home.folder / "typed.parquet", home)
    one, other = (pq.read_table(home.labels(name)).drop_columns("source") for name in ("new", "typed"))
    assert other.equals(one)


def test_its_rows_are_reviewed_told_judged_and_learned_from(batch, home, tmp_path):
    review(home, tmp_path / "sheet.csv", Asked(["new"], rows=40, at_random=0.5))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sheet.csv").read_text(encoding="utf-8-sig"))))
    assert {row["island"] for row in rows} <= {"Biscoe", "Dream", "Torgersen"}
    odd = [row["unusual"] for row in rows if row["id"] == "R901"]
    assert all("sex 'who': in none of the 400 training rows" in text for text in odd)
    for row in rows:
        row["truth"] = "Adelie" if row["island"] != "Biscoe" else "gentoo"
    with (tmp_path / "told.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = deliver(tmp_path / "told.csv", home)
    assert (done.told, done.left_out) == (40, {})
    told = pq.read_table(home.truth(done.truth.rpartition("/")[2].removesuffix(".parquet"))).to_pylist()
    assert {row["island"] for row in told} <= {"Biscoe", "Dream", "Torgersen"}
    assert judge(home, "new", Tellings.of(home)) == "judged"
    assert judgement_of(home, "new").value("accuracy") > 0.9
    again = train(home, home.folder / "train.csv", truth=True)
    assert again.rows == 440


def test_a_batch_is_replayed_by_the_table_of_its_version(batch, home):
    before = (home.folder / "table.toml").read_text()
    try:
        for one, other in (("maximum = 80.5", "maximum = 41"), ('"Adelie"', '"Adélie"')):
            (home.folder / "table.toml").write_text(before.replace(one, other))
            assert label_again("new", home).identical
    finally:
        (home.folder / "table.toml").write_text(before)


def test_its_pages_show_levels_and_names_of_any_sort(batch, home):
    page = draw_batch("new", home).read_text()
    assert "Gentoo | big" in page
    assert page.count('aria-label="island: drift') == 1
    version = draw_version(ModelStore(home.models), 1, home).read_text()
    assert "island: Biscoe 200" in version
    assert "penguins" in draw_home(home).read_text()


@pytest.fixture
def declare(home, trained, batch):
    """Another declaration for the home, until the test is over; None removes it."""
    path = home.folder / "table.toml"
    before = path.read_text()

    def declare(one, other):
        assert one in before
        path.write_text(before.replace(one, other)) if other is not None else path.unlink()

    yield declare
    path.write_text(before)


CHANGES = {
    "a class called otherwise": ('"Adelie"', '"Adélie"', ModelError, "classes '0 Adelie', declared '0 Adélie'"),
    "levels in another order": (
        '"Biscoe", "Dream"',
        '"Dream", "Biscoe"',
        ModelError,
        "levels of 'island' Biscoe, Dream",
    ),
    "a feature called otherwise": ('"mass"', '"weight"', ModelError, "features 'mass', declared 'weight'"),
    "another name": ('"penguins"', '"pinguine"', TableError, "found versions of penguins in .* declared is pinguine"),
    "none at all": ("format", None, TableError, "the table of this home is gone; found versions of penguins"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_table_is_refused_by_what_would_mix_the_two(home, declare, change):
    one, other, kind, words = CHANGES[change]
    declare(one, other)
    with pytest.raises(kind, match=words):
        train(home, home.folder / "train.csv", again=True)


@pytest.mark.parametrize("change", ["a class called otherwise", "a feature called otherwise"])
def test_pages_and_sheets_of_a_batch_of_another_table_end_in_no_traceback(home, declare, change, tmp_path):
    declare(*CHANGES[change][:2])
    draw_batch("new", home)
    review(home, tmp_path / "sheet.csv", Asked(["new"], rows=3))


def test_truth_is_not_taken_in_or_judged_by_another_table(home, declare, tmp_path):
    declare('"Adelie"', '"Adélie"')
    (tmp_path / "t.csv").write_text("id,truth\nR001,Gentoo | big\n")
    with pytest.raises(ModelError, match="declared '0 Adélie'; put its"):
        deliver(tmp_path / "t.csv", home)
    with pytest.raises(ModelError, match="declared '0 Adélie'; put its"):
        judge(home, "permuted", Tellings.of(home))


def test_levels_may_be_added_at_the_end_and_the_gate_asks_the_champion_by_its_own(home, declare):
    declare('"Biscoe", "Dream", "Torgersen"', '"Biscoe", "Dream", "Torgersen", "Elba"')
    again = train(home, home.folder / "train.csv", seed=1)
    assert again.promoted, again.reason
    assert "not worse than the champion" in again.reason


def test_other_readers_read_the_labels_of_all_its_batches_together(batch, home):
    label(write(home.folder / "more.csv", *NEW[:50], header=HEADER.rpartition(",")[0]), home)
    files = str(home.labels("*"))
    counts = {"pandas": len(pd.concat(map(pd.read_parquet, sorted(home.labels("").parent.glob("*.parquet")))))}
    counts["polars"] = pl.scan_parquet(files).select(pl.col("p_Gentoo | big")).collect().height
    counts["duckdb"] = duckdb.sql(f"select count(\"p_Gentoo | big\") from '{files}'").fetchall()[0][0]
    assert len({*counts.values()}) == 1
    found = duckdb.sql(f"select distinct label from '{files}' order by 1").fetchall()
    assert found == [("Adelie",), ("Gentoo | big",)]
    assert check_folder(home.labels("").parent, home.table)[1] == []
