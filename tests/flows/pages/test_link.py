from urllib.parse import unquote, urljoin, urlsplit

import pytest

from flows.pages.link import Link, Links
from flows.state.home import Home
from hostile import HOSTILE, Parsed

BASE = "http://host/pages/"
NAMES = ("may", "index", 'a "b" <i>&amp;', "50%#é?x=1", "javascript:alert(1)", "..", "a b", "é" * 120, HOSTILE[:8])


@pytest.fixture
def place(tmp_path):
    """A home with the pages of these batches and of a version."""
    home = Home(tmp_path)
    for page in (home.home_page, *map(home.page, [*NAMES, "versions/wine-0001"])):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
    return home


def followed(home, link, *, on):
    """The file that a link leads to, as a browser takes it."""
    ((name, address),) = Parsed(link.__html__()).attributes
    assert name == "href"
    url = urlsplit(urljoin(f"{BASE}{on.relative_to(home.pages)}", address))
    assert (url.netloc, url.query, url.fragment) == ("host", "", "")
    return home.pages / unquote(url.path).removeprefix("/pages/")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("on", ["index.html", "may.html", "versions/wine-0001.html"])
def test_a_link_leads_to_the_page_of_a_batch_whatever_its_name(place, name, on):
    on = place.pages / on
    link = Links(place, on).batch(name)
    assert followed(place, link, on=on) == place.page(name)
    assert name in "".join(Parsed(link.__html__()).texts)
    assert Parsed(link.__html__()).elements == ["a"]


@pytest.mark.parametrize("on", ["index.html", "may.html", "versions/wine-0001.html"])
def test_a_link_leads_to_the_page_of_a_version_and_to_that_over_everything(place, on):
    on = place.pages / on
    links = Links(place, on)
    assert followed(place, links.version("wine", 1), on=on) == place.page("versions/wine-0001")
    assert followed(place, links.home(), on=on) == place.home_page


def test_what_has_no_page_is_named_and_not_linked(place):
    links = Links(place, place.home_page)
    for link in (links.batch(f"{HOSTILE}2"), links.version("wine", 2), Link("no")):
        assert Parsed(link.__html__()).elements == []
    assert Parsed(links.batch(HOSTILE).__html__()).texts == [HOSTILE]
