import numpy as np
import pyarrow.parquet as pq
import pytest

from data.errors import SourceError
from data.truth import Truth
from flows.jobs.suspicion import contradiction, damage_in_words, suspicion
from flows.state.report import Report
from mixed import FEATURES as PENGUINS
from mixed import penguins
from nn.consistency import Damage
from nn.sample import Sample
from work import FEATURES, HEADER, LINES, TABLE, is_refusal, label, write

NAMES = HEADER.split(",")
ROWS = [line.split(",") for line in LINES]


def table(path, rows, header=NAMES):
    return write(path, *map(",".join, rows), header=",".join(header))


def swapped(rows):
    """Malic acid and ash the other way round, under an unchanged header."""
    return [[*row[:2], row[3], row[2], *row[4:]] for row in rows]


def by_itself(rows, name, change):
    at = NAMES.index(name)
    cells = change([row[at] for row in rows])
    return [[*row[:at], cell, *row[at + 1 :]] for row, cell in zip(rows, cells, strict=True)]


def test_swapped_columns_are_refused_with_what_they_look_like_and_nothing_is_published(home, version, tmp_path):
    source = table(tmp_path / "a.csv", swapped(ROWS))
    with pytest.raises(SourceError, match="malic_acid and ash look swapped: 173 rows are 10") as refusal:
        label(source, home, version)
    assert is_refusal(f"error: {refusal.value}")
    assert "--accept-suspect" in str(refusal.value)
    assert not list(home.folder.rglob("*.parquet"))


def test_they_are_labelled_where_that_is_asked_and_all_three_files_say_so(home, version, tmp_path):
    batch = label(table(tmp_path / "a.csv", swapped(ROWS)), home, version, accept_suspect=True)
    assert batch.suspect.startswith("accepted: malic_acid and ash look swapped")
    assert Report.read(home.report("a")).text("suspect") == batch.suspect
    for path in (home.labels("a"), home.rejects("a"), home.report("a")):
        assert pq.read_metadata(path).metadata[b"wine_labels.suspect"].decode() == batch.suspect


def test_what_is_strong_and_not_overwhelming_is_labelled_and_suspect(home, version, tmp_path):
    dragged = by_itself(ROWS[::3], "ash", lambda cells: [*cells[:30], *cells[30:31] * 30])
    batch = label(table(tmp_path / "a.csv", dragged), home, version)
    assert batch.status == "labelled"
    assert batch.suspect.startswith("ash has one value in 50% of 60 rows and looks filled in: they are 10^")


@pytest.mark.parametrize(
    "rows", [ROWS, ROWS[:59], ROWS[::10], ROWS[5:15]], ids=["all", "one class", "every tenth", "ten"]
)
def test_honest_tables_are_not_suspect_and_their_files_do_not_speak_of_it(home, version, tmp_path, rows):
    batch = label(table(tmp_path / "a.csv", rows), home, version)
    assert batch.suspect is None
    assert b"wine_labels.suspect" not in pq.read_metadata(home.labels("a")).metadata


def test_columns_in_another_order_under_their_names_are_honest(home, version, tmp_path):
    turned = table(tmp_path / "a.csv", [row[::-1] for row in ROWS], NAMES[::-1])
    assert label(turned, home, version).suspect is None


@pytest.mark.parametrize("rows", [10, 64])
def test_how_a_file_is_cut_into_chunks_changes_no_suspicion(home, version, tmp_path, rows):
    source = table(tmp_path / "a.csv", swapped(ROWS))
    whole = label(source, home, version, accept_suspect=True)
    assert label(source, home, version, accept_suspect=True, replace=True, chunk_rows=rows).suspect == whole.suspect


@pytest.mark.parametrize("texts", ["231", "120"])
def test_labels_in_another_order_are_left_out_and_that_is_said(home, version, tmp_path, texts):
    rows = [[texts[int(row[0]) - 1], *row[1:]] for row in ROWS]
    batch = label(table(tmp_path / "a.csv", rows), home, version)
    assert (batch.truth, batch.accuracy, batch.labelled) == (None, None, 178)
    assert batch.warnings == [f"labels look permuted: {', '.join(texts)} here are barolo, grignolino, barbera"]
    assert set(pq.read_table(home.labels("a"))["truth"].to_pylist()) == {None}


def test_rows_that_are_no_bottles_are_rejected_all_the_same(home, version, tmp_path):
    rows = [["231"[int(row[0]) - 1], *row[1:]] for row in ROWS]
    batch = label(table(tmp_path / "a.csv", [*rows, ["Average", *rows[0][1:]]]), home, version)
    assert (batch.labelled, batch.rejected, batch.truth) == (178, 1, None)


def test_names_of_classes_that_are_turned_are_told_by_name():
    truth = Truth.of(TABLE.class_names, TABLE)
    counts = np.diag([59, 71, 48])[[1, 0, 2]]
    said = contradiction(counts, truth, TABLE.class_names)
    assert said == "labels look permuted: grignolino, barolo, barbera here are barolo, grignolino, barbera"


def test_several_classes_under_one_name_look_grouped():
    truth = Truth.of(["1", "2", "3"], TABLE)
    said = contradiction(np.array([[0, 0, 0], [59, 71, 0], [0, 0, 48]]), truth, TABLE.class_names)
    assert said == "labels look grouped otherwise: 2, 2, 3 here are barolo, grignolino, barbera"


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (Damage("swapped", (1, 2), 57.2, 178), "malic_acid and ash look swapped: 178 rows are 10^57 times likelier so"),
        (
            Damage("swapped", (1, 2, 4), 20, 178),
            "malic_acid, ash and magnesium look exchanged: 178 rows are 10^20 times likelier so",
        ),
        (
            Damage("repeated", (4,), 12, 178, 0.5),
            "magnesium has one value in 50% of 178 rows and looks filled in: they are 10^12 times likelier so",
        ),
        (
            Damage("too low", (2, 3), 12, 178),
            "ash and ash_alcalinity look one row too low: 178 rows are 10^12 times likelier so",
        ),
        (Damage("too high", (12,), 12, 9), "proline looks one row too high: 9 rows are 10^12 times likelier so"),
    ],
)
def test_each_kind_of_damage_is_one_sentence(damage, text):
    names = [name if name != "alcalinity_of_ash" else "ash_alcalinity" for name in FEATURES]
    assert damage_in_words(damage, names) == text


def test_labels_that_may_count_from_0_or_from_1_are_left_out_and_that_is_said(home, version, tmp_path):
    rows = [[str(1 + (row[0] == "1")), *row[1:]] for row in ROWS]
    batch = label(table(tmp_path / "a.csv", rows), home, version)
    assert (batch.truth, batch.warnings) == (None, ["labels left out: their numbers may count from 0 or from 1"])


def test_numbers_that_do_not_go_together_are_named_among_categories_and_missing_values(penguins_version):
    x, _ = penguins(200, seed=5)
    x[:, [0, 2]] = x[:, [2, 0]]
    found = suspicion(Sample(np.arange(200), x), penguins_version, [3, 2, 1, 0])
    assert (found.kind, found.columns) == ("swapped", (0, 2))
    assert damage_in_words(found, PENGUINS).startswith(f"bill and mass look swapped: {found.rows} rows are 10^")
    assert found.rows == (~np.isnan(x[:, [0, 2]]).any(axis=1)).sum()


def test_honest_rows_with_categories_and_missing_values_are_not_suspect(penguins_version):
    for seed in range(5):
        assert suspicion(Sample(np.arange(200), penguins(200, seed)[0]), penguins_version, range(4)) is None
