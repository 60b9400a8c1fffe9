import pytest

from flows.state.home import Home
from hostile import HOSTILE
from work import HEADER, LINES, label


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
