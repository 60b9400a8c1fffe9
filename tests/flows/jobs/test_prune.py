import pytest

from flows.jobs.prune import prune
from models.store import ModelStore
from work import WINE, label


@pytest.fixture
def place(version, home):
    """A home with three versions, the last of which is champion."""
    store = ModelStore(home.models)
    for _ in range(3):
        store.promote(store.save(version.classifier, version.notes, version.files).number)
    return home


def test_versions_that_published_labels_name_stay_unless_told_to(place):
    label(WINE, place, ModelStore(place.models).load(1))
    done = prune(place, 1)
    assert (done.pruned, done.kept, done.named_by_labels, done.champion) == ([2], [1, 3], [1], 3)
    done = prune(place, 1, labelled=True)
    assert (done.pruned, done.kept, done.named_by_labels) == ([1], [3], [])


def test_a_dry_run_changes_nothing(place):
    before = ModelStore(place.models).history()
    done = prune(place, 1, dry_run=True)
    assert (done.pruned, done.kept, done.dry_run) == ([1, 2], [3], True)
    assert ModelStore(place.models).history() == before


def test_the_pages_of_pruned_versions_go_with_them(place):
    pages = [place.page(f"versions/wine-000{number}") for number in (1, 3)]
    pages[0].parent.mkdir(parents=True)
    for page in pages:
        page.touch()
    prune(place, 1)
    assert [page.exists() for page in pages] == [False, True]


def test_no_page_is_left_that_links_to_that_of_a_pruned_version(place):
    label(WINE, place, ModelStore(place.models).load(1))
    page = place.page("wine")
    page.parent.mkdir(parents=True)
    page.touch()
    prune(place, 1)
    assert page.exists()
    prune(place, 1, labelled=True)
    assert not page.exists()
