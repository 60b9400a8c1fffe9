import re
from urllib.parse import unquote

import pytest

from data.errors import SourceError
from flows.pages.batch_page import draw_batch
from flows.pages.home_page import draw_home
from flows.pages.link import Link
from flows.pages.page import LONGEST_LINE, Page, Section
from flows.pages.version_page import draw_version
from hostile import HOSTILE, Parsed
from models.errors import ModelError
from models.store import ModelStore
from work import LINES, label, with_cell, write


def test_a_hostile_cell_never_becomes_markup(place, batch):
    page = Parsed(draw_batch(batch, place).read_text())
    assert HOSTILE in " ".join(page.texts)
    assert not {"script", "img", "iframe", "link"} & set(page.elements)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_page_loads_nothing_from_anywhere(place, batch):
    draw_home(place)
    pages = (draw_batch(batch, place), draw_version(ModelStore(place.models), 1, place), draw_home(place))
    for page in pages:
        found = Parsed(page.read_text())
        links = [value for name, value in found.attributes if name in {"src", "href", "xlink:href", "action"}]
        assert all(link.startswith("#") or (page.parent / unquote(link)).is_file() for link in links)
        assert not re.search(r"url\((?!#)|@import", page.read_text())


def test_a_page_drawn_again_is_the_same(place, batch):
    first = draw_batch(batch, place).read_bytes()
    assert draw_batch(batch, place).read_bytes() == first


def test_what_is_not_there_has_no_page(place):
    with pytest.raises(SourceError, match="no labels of a batch 'none'; found none there; see data/labels"):
        draw_batch("none", place)
    with pytest.raises(ModelError, match="no version 9; found 1 in"):
        draw_version(ModelStore(place.models), 9, place)


def test_a_page_is_short_whatever_stands_in_its_batch(place, tmp_path):
    rows = [with_cell(line, 3, "x" * 900_000) if number < 50 else line for number, line in enumerate(LINES)]
    label(write(tmp_path / "long.csv", *rows), place, max_rejects=1)
    text = draw_batch("long", place).read_text()
    assert f"{'x' * 20} … {'x' * 20}" in re.sub("x+", "x" * 20, text)
    assert len(text) < 1_000_000


def test_what_stands_above_all_else_is_bounded_and_printable_too(place):
    page = Parsed(Page("t" * 10_000, ["a\x1b[2J" + "l" * 10_000], {}, [], "").publish(place, "long").read_text())
    assert max(map(len, page.texts[1:])) == LONGEST_LINE  # after the style sheet
    assert r"a\x1b[2J" in " ".join(page.texts)


def test_what_stands_first_stands_above_the_figures_and_links_lead_to_pages_beside_it(place):
    first = Section("Needed", note="now")
    page = Page("t", [], {"rows": "3"}, [Section("Later")], "", links=[Link("a<b", "x.html")], first=first)
    text = page.publish(place, "first").read_text()
    assert text.index("Needed") < text.index('class="facts"') < text.index("Later")
    assert '<nav><a href="x.html">a&lt;b</a></nav>' in text
