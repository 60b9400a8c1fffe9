import pytest

from data.workbook import read_workbook
from work import is_refusal, label


@pytest.fixture
def labelled(home, bottles):
    label(bottles, home)
    return home


def test_a_sheet_is_written_and_said_at_the_terminal_and_for_programs(wine_labels, labelled, tmp_path):
    sheet = tmp_path / "sheet.csv"
    said = wine_labels("review", "bottles", "-o", sheet, "--rows", 5, "--home", labelled)
    assert said.status == 0
    assert said.out.splitlines() == [
        f"{sheet}: 1 row of batch bottles, 1 of them drawn at random",
        "  up for review, their truth not told: 0",
        f"  fill in `truth`, then: wine-labels truth add {sheet}",
    ]
    workbook = tmp_path / "sheet.xlsx"
    said = wine_labels("review", "-o", workbook, "--at-random", 1, "--blind", "--home", labelled, "--json")
    assert (said.document["batches"], said.document["rows"], said.document["sampled"]) == (["bottles"], 50, 50)
    header, *rows = read_workbook(workbook)
    assert ("label" in header, len(rows)) == (False, 50)


@pytest.mark.parametrize("words", [["-o", "sheet.ods"], ["none", "-o", "sheet.csv"]])
def test_what_is_asked_for_wrongly_is_refused_in_one_line(wine_labels, labelled, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    said = wine_labels("review", *words, "--home", labelled)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
