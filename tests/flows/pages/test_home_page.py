import shutil

import pytest

from flows.pages.home_page import draw_home
from flows.state.home import Home
from hostile import HOSTILE, Parsed
from models.store import ModelStore
from work import judged, label, made_up

NAMES = (HOSTILE.replace("/", ""), 'a "b" c', "50%#?x", "é" * 120, "index", "-r", "&amp;")


def shown(home):
    return Parsed(draw_home(home).read_text())


def test_it_tells_what_needs_a_person_how_it_went_the_versions_and_the_batches(place, batch):
    text = " ".join(shown(place).texts)
    order = ["What needs a person now", "Over time: wine", "Versions: wine", "Worst first: "]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    for words in ("Batches: 1; rows labelled: 177", "hostile", "the first champion", "Rejected"):
        assert words in text


def test_names_stay_text_and_nothing_is_loaded_or_run(place, tmp_path):
    for day, name in enumerate(NAMES):
        record = made_up(place, name, day=day, suspect=HOSTILE, review=day)
        judged(place, name, record, ("broken_promise", None, None, 1, HOSTILE), ("judged_rows", "told", 0, 0))
        place.page(name).parent.mkdir(parents=True, exist_ok=True)
        place.page(name).write_text("a page of its own")
    page = shown(place)
    assert all(name in page.texts for name in NAMES)
    assert page.open == []
    assert not {"script", "img", "iframe", "link"} & {*page.elements}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert place.page("index").read_text() == "a page of its own"


def test_it_is_drawn_the_same_again_and_links_what_has_a_page_by_now(place, batch):
    first = draw_home(place).read_bytes()
    assert draw_home(place).read_bytes() == first
    assert b'href="hostile.html"' not in first
    place.page("hostile").touch()
    assert b'href="hostile.html"' in draw_home(place).read_bytes()


@pytest.mark.parametrize("damage", ["report", "history", "champion", "models", "everything"])
def test_whatever_is_damaged_it_is_drawn_and_says_so(place, batch, damage):
    store = ModelStore(place.models)
    if damage == "report":
        place.report("hostile").write_bytes(b"x")
    elif damage == "history":
        store.log.path.write_bytes(b"x\n")
    elif damage == "champion":
        (store.folder / "champion").write_bytes(b"x")
    else:
        shutil.rmtree(place.models.parent if damage == "models" else place.folder)
    text = " ".join(shown(place).texts)
    said = {"report": "its report cannot be read", "everything": "No batch is labelled yet", "models": "Batches: 1;"}
    assert said.get(damage, "the versions of wine cannot be listed") in text


def test_many_batches_take_little_room(place, tmp_path):
    home = Home(tmp_path / "many")
    made_up(home, "night-00000", review=3)
    for number in range(1, 300):
        name = f"night-{number:05}"
        for path in (home.report, home.labels):
            shutil.copy(path("night-00000"), path(name))
    size = len(draw_home(home).read_bytes())
    one = len(draw_home(Home(tmp_path / "none")).read_bytes())
    assert (size - one) / 300 < 150  # bytes a batch, charts included: ten thousand are below 1.5 MB


def test_a_batch_labelled_in_earnest_is_listed(place, bottles_labelled):
    assert "bottles" in shown(place).texts


@pytest.fixture
def bottles_labelled(place, bottles):
    label(bottles, place)
