import httpx
import pytest

from flows.runs.links import page_url, url_problem
from flows.state.home import Home

NAMES = ("a", "Versions 1", 'x"<script>', "50%#é?", "index", "é" * 100)


@pytest.fixture
def at(monkeypatch):
    """An address under which pages are served."""
    return lambda address: monkeypatch.setenv("WINE_LABELS_PAGES_URL", address)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("address", ["https://wine.example/pages", "http://wine.example:8080/pages/ "])
def test_a_page_has_an_address_under_the_one_that_is_configured(tmp_path, at, address, name):
    at(address)
    home = Home(tmp_path)
    url = httpx.URL(page_url(home, home.page(name)))
    assert (url.host, url.query, url.fragment) == ("wine.example", b"", "")
    assert url.path == f"/pages/{home.page(name).name}"
    assert page_url(home, home.page("versions/wine-0001")).endswith("/pages/versions/wine-0001.html")


@pytest.mark.parametrize("address", ["", "  ", None])
def test_without_one_a_page_has_no_address(tmp_path, monkeypatch, address):
    if address is not None:
        monkeypatch.setenv("WINE_LABELS_PAGES_URL", address)
    assert page_url(Home(tmp_path), Home(tmp_path).page("a")) is None
    assert url_problem() is None


WRONG = {
    "file:///srv/pages": "no address in it",
    "wine.example/pages": "no address in it",
    "https:///pages": "no address in it",
    "http://host:port/": "no address in it",
    "http://[::1/": "no address in it",
    "https://anna:S3CRET@wine.example/": "a login in it",
    "https://wine.example/?S3CRET": "a query or a fragment in it",
    "https://wine.example/?": "a query or a fragment in it",
    "https://wine.example/#S3CRET": "a query or a fragment in it",
}


@pytest.mark.parametrize("address", WRONG)
def test_what_is_no_such_address_links_nothing_and_is_one_warning(tmp_path, at, address):
    at(address)
    assert page_url(Home(tmp_path), Home(tmp_path).page("a")) is None
    problem = url_problem()
    assert problem.startswith(f"WINE_LABELS_PAGES_URL: pages are not linked; found {WRONG[address]}; write one like")
    assert "S3CRET" not in problem
