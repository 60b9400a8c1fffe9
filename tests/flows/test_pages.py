import re
from html.parser import HTMLParser

import pytest

from data.layouts import SourceError
from data.sources import shipped_table
from flows import steps
from flows.home import Home
from flows.pages import draw_batch, draw_version
from models.codec import ModelError
from models.store import ModelStore

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"
VOID = {"meta", "path", "use", "rect", "br"}


class Page(HTMLParser):
    """What a page holds: its elements, their attributes, its texts; every element closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, name, attributes):
        self.elements.append(name)
        self.attributes += attributes
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.elements.append(name)
        self.attributes += attributes

    def handle_endtag(self, name):
        if name not in VOID:
            assert self.open.pop() == name

    def handle_data(self, text):
        self.texts.append(text)


@pytest.fixture
def place(home):
    return Home.at(home)


@pytest.fixture
def batch(place, tmp_path):
    """A batch with a hostile cell, a hostile id, rejects, and rows to review."""
    lines = shipped_table().read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    rows[4][3] = f'"{HOSTILE}"'
    rows[0][1], rows[0][13] = "16.2", "290"
    text = [f"id,{lines[0]}", *(f'"{HOSTILE} {number}",{",".join(row)}' for number, row in enumerate(rows))]
    (tmp_path / "hostile.csv").write_text("\n".join(text))
    steps.label(tmp_path / "hostile.csv", "hostile", place, ModelStore(place.models("wine")).load())
    return "hostile"


def test_the_page_of_a_batch_tells_what_is_in_its_files(place, batch):
    page = Page(draw_batch(batch, place).read_text())
    text = " ".join(page.texts)
    assert page.open == []
    for words in ("Batch hostile", "rows in", "177", "To review", "Rejected", "not a number", "Truth against label"):
        assert words in text
    assert page.elements.count("svg") == 3
    assert all(
        unit in text for unit in ("rows labelled (count)", "confidence: probability of the label (%)", "no unit")
    )


def test_a_hostile_cell_never_becomes_markup(place, batch):
    page = Page(draw_batch(batch, place).read_text())
    assert HOSTILE in " ".join(page.texts)
    assert not {"script", "img", "iframe", "link"} & set(page.elements)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_page_loads_nothing_from_anywhere(place, batch):
    for page in (draw_batch(batch, place), draw_version(ModelStore(place.models("wine")), 1, place, "wine")):
        found = Page(page.read_text())
        links = [value for name, value in found.attributes if name in {"src", "href", "xlink:href", "action"}]
        assert all(link.startswith("#") for link in links)
        assert not re.search(r"url\((?!#)|@import", page.read_text())


def test_the_page_of_a_version_tells_its_evidence_and_the_rows_it_saw(place):
    page = Page(draw_version(ModelStore(place.models("wine")), 1, place, "wine").read_text())
    text = " ".join(page.texts)
    for words in (
        "Version 1 of the wine model",
        "right, cross-validated",
        "loss (nats)",
        "epoch (count)",
        "Calibration",
    ):
        assert words in text
    assert (text[text.index("proline") :][:7], re.search(r"proline\D+(\d+)", text)[1]) == ("proline", "278")


def test_a_page_drawn_again_is_the_same(place, batch):
    first = draw_batch(batch, place).read_bytes()
    assert draw_batch(batch, place).read_bytes() == first


def test_a_batch_whose_rows_are_all_rejected_has_a_page_too(place, tmp_path):
    header = shipped_table().read_text().splitlines()[0]
    (tmp_path / "none.csv").write_text(f"{header}\n1{',-1' * 13}\n")
    steps.label(tmp_path / "none.csv", "none", place, ModelStore(place.models("wine")).load(), max_rejects=1)
    assert "rejected" in draw_batch("none", place).read_text()


def test_what_is_not_there_has_no_page(place):
    with pytest.raises(SourceError, match="no labels of a batch 'none'; found none there; see data/labels"):
        draw_batch("none", place)
    with pytest.raises(ModelError, match="no version 9; found 1 in"):
        draw_version(ModelStore(place.models("wine")), 9, place, "wine")


def test_open_draws_the_page_and_says_where_it_is(wine_labels, place, batch):
    said = wine_labels("open", batch, "--home", place.folder)
    assert (said.status, said.out) == (0, f"{place.page(batch)}\n")
    assert wine_labels("open", "1", "--home", place.folder, "--json").document == {
        "page": str(place.page("versions/wine-0001"))
    }
