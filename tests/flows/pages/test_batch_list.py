import pytest

from flows.pages import batch_list as module
from flows.pages.batch_list import batch_list, worst_first
from flows.pages.link import Links
from flows.state.figures import figures_of
from flows.state.home import Home
from hostile import HOSTILE, Parsed
from work import judged, made_up


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def read(home, *names):
    return {name: figures_of(home, name) for name in names}


def test_what_is_suspect_or_broke_a_promise_comes_first_then_what_has_most_to_look_at_then_the_newest(home):
    made_up(home, "well", day=1)
    made_up(home, "newer", day=2)
    made_up(home, "half rejected", rejected=50)
    made_up(home, "suspect", suspect="swapped")
    broken = [("judged_rows", "told", 9, 9), ("broken_promise", None, None, 9, "fewer right")]
    judged(home, "both", made_up(home, "both", suspect="swapped"), *broken)
    judged(home, "broken", made_up(home, "broken", review=1), *broken)
    batches = read(home, "well", "newer", "half rejected", "suspect", "both", "broken")
    assert worst_first(batches) == ["both", "broken", "suspect", "half rejected", "newer", "well"]


def test_a_line_holds_the_figures_of_a_batch_whatever_its_name(home):
    name = HOSTILE.replace("/", "")
    lines = [("judged_rows", "told", 40, 40), ("accuracy_told", None, 0.9, 40), ("review_wrong", None, 0, 5)]
    judged(home, name, made_up(home, name, rejected=4, review=24, version=3), *lines)
    home.page(name).parent.mkdir(parents=True)
    home.page(name).touch()
    page = Parsed(batch_list(read(home, name), Links(home, home.home_page)))
    cells = [text.strip() for text in page.texts if text.strip()][-9:]
    assert cells == [name, "review", "2026-01-01", "100", "4.0%", "25.0%", "90.0%", "0.01 alcohol", "3"]
    assert {*page.elements} == {"p", "div", "table", "tr", "th", "td", "a"}
    assert page.open == []


def test_more_batches_than_there_is_room_for_are_counted(home, monkeypatch):
    batches = read(home, *(made_up(home, f"é{number}") and f"é{number}" for number in range(9)))
    links = Links(home, home.home_page)
    whole = batch_list(batches, links)
    assert "not listed" not in whole
    monkeypatch.setattr(module, "ROOM", len(whole.encode()) // 2)
    cut = batch_list(batches, links)
    listed = cut.count("<tr>") - 1
    assert 0 < listed < 9
    assert f"{9 - listed} more batches are not listed" in cut
