import csv
import shutil

import pytest

from data.errors import PublishError, SourceError
from data.spreadsheet import plain
from flows.jobs.picking import Asked
from flows.jobs.review import review, sheet_columns
from flows.state.home import Home
from work import FEATURES, HEADER, LINES, TABLE, label, snapshot, with_cell, write

IDS = ["007", "=1+1", "1E5", "-5", "B-0017"]


@pytest.fixture
def place(trained_home, tmp_path):
    """A home with two batches, one of which has ids and rows without truth that are up for review."""
    place = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(write(tmp_path / "wine.csv", *LINES), place)
    rows = [with_cell(line, 13, "1700").partition(",")[2] for line in LINES[:40:2]]
    named = [f"{IDS[at % len(IDS)] if at < len(IDS) else at},{row}" for at, row in enumerate(rows)]
    label(write(tmp_path / "october.csv", *named, header=f"id,{HEADER.partition(',')[2]}"), place, accept_suspect=True)
    return place


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: plain(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def test_a_sheet_has_the_rows_with_their_measurements_and_what_is_unusual_of_them(place, tmp_path):
    written = review(place, tmp_path / "sheet.csv", Asked(["october"], rows=20))
    rows = read(tmp_path / "sheet.csv")
    assert (written.rows, written.sampled, written.reviewed, written.warnings) == (20, 4, 16, [])
    assert [*rows[0]] == sheet_columns(Asked())
    assert {row["id"] for row in rows} == {*IDS, *map(str, range(5, 20))}
    for row in rows:
        line = LINES[2 * int(row["row"])].split(",")
        assert [float(row[name]) for name in FEATURES] == [*map(float, line[1:-1]), 1700.0]
        assert "proline 1,700: above all 178 training rows (278 to 1,680)" in row["unusual"]
        assert (row["batch"], row["truth"], row["by"], row["note"]) == ("october", "", "", "")


def test_a_blind_sheet_says_nothing_of_what_the_model_says(place, tmp_path):
    review(place, tmp_path / "seen.csv", Asked())
    review(place, tmp_path / "blind.csv", Asked(blind=True))
    seen, blind = (read(tmp_path / f"{name}.csv") for name in ("seen", "blind"))
    assert {*seen[0]} - {*blind[0]} == {"label", "confidence", "label_set"}
    assert not any(name in cell for row in blind for cell in row.values() for name in TABLE.class_names)
    told = {(row["batch"], row["row"]): row["unusual"] for row in seen}
    assert told == {(row["batch"], row["row"]): row["unusual"] for row in blind}


def test_without_a_name_all_batches_are_pooled_and_the_same_sheet_is_made_again(place, tmp_path):
    for name in ("a.csv", "b.csv"):
        assert review(place, tmp_path / name, Asked(rows=60)).batches == ["october", "wine"]
    assert {row["batch"] for row in read(tmp_path / "a.csv")} == {"october", "wine"}
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_where_the_input_is_gone_the_sheet_says_what_the_labels_say(place, tmp_path):
    (tmp_path / "october.csv").unlink()
    written = review(place, tmp_path / "sheet.csv", Asked(["october"], rows=5))
    assert [text.partition(" of sha256")[0] for text in written.warnings] == ["the source october.csv"]
    assert all(
        (row["hue"], row["unusual"], row["label"] != "") == ("", "", True) for row in read(tmp_path / "sheet.csv")
    )


def test_a_sheet_that_may_have_been_filled_in_is_never_written_over(place, tmp_path):
    review(place, tmp_path / "sheet.csv", Asked())
    before = snapshot(tmp_path)
    with pytest.raises(PublishError, match="is there already; found a file that may have been filled in"):
        review(place, tmp_path / "sheet.csv", Asked())
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("sheet.csv", Asked(["none"]), "no labels of a batch 'none'"),
        ("sheet.csv", Asked(["wine"], at_random=0, rows=1), "nothing to review; found no row to pick in wine"),
        ("sheet.txt", Asked(), "no sheet; found the ending '.txt'"),
        ("home/data/sheet.csv", Asked(), "not for a sheet; found it within the home's data"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(place, tmp_path, name, asked, words):
    before = snapshot(tmp_path)
    with pytest.raises((SourceError, PublishError), match=words):
        review(place, tmp_path / name, asked)
    assert snapshot(tmp_path) == before
