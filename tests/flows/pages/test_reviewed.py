from flows.pages.batch_rows import BatchRows
from flows.pages.reviewed import MOST, review_section
from flows.state.ledger import record_of
from flows.state.measured import Measured
from hostile import HOSTILE, Parsed
from work import HEADER, LINES, label, write


def section(place, name):
    batch = Measured.find(place, name, record_of(place, name))
    return review_section(batch, BatchRows.of(place, batch, MOST))


def test_each_row_has_its_id_why_what_is_unusual_and_all_its_measurements(place, untold):
    shown = {row["id"]: row for row in section(place, untold).rows}
    row = shown["B-7"]
    assert row["row"] == "7"
    assert row["unusual"].text.startswith("alcohol 18.5: above all 178 training rows (11.03 to 14.83)")
    assert row["unusual"].more.startswith("alcohol 18.5 · malic_acid ")
    assert row["unusual"].more.count(" · ") == 12
    assert row["why"].startswith(("may be ", "unlike the training rows"))


def test_a_screen_of_rows_is_shown_in_the_order_of_the_sheet_and_said_how_many_there_are(place, tmp_path):
    rows = [line.partition(",")[2].split(",") for line in LINES]
    for at, row in enumerate(rows):
        row[0] = f"{16 + at / 100:.2f}"
    write(tmp_path / "odd.csv", *map(",".join, rows), header=HEADER.partition(",")[2])
    label(tmp_path / "odd.csv", place, accept_suspect=True)
    found = section(place, "odd")
    assert len(found.rows) == MOST
    assert "id" not in found.rows[0]
    assert found.note.startswith(f"The {MOST} most telling of ")


def test_a_hostile_id_is_shortened_and_stays_text(place, tmp_path):
    row = LINES[0].partition(",")[2].replace("14.23", "18.5")
    others = [line.partition(",")[2] for line in LINES[1:30]]
    lines = [f'"{HOSTILE} {at}",{line}' for at, line in enumerate([row, *others])]
    write(tmp_path / "hostile.csv", *lines, header=f"id,{HEADER.partition(',')[2]}")
    label(tmp_path / "hostile.csv", place)
    (shown, *_) = section(place, "hostile").rows
    assert len(shown["id"]) == 24
    assert "script" not in Parsed(shown["unusual"].__html__()).elements


def test_where_no_row_waits_it_says_that_the_truth_of_all_is_known(place, tmp_path):
    label(write(tmp_path / "wine.csv", *LINES), place)
    found = section(place, "wine")
    assert (found.rows, found.note) == ([], "None whose truth is not known.")
