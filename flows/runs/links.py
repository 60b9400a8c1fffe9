"""Links: the address of a page on other machines, where one is configured."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx

from data.places import relative

if TYPE_CHECKING:
    from data.places import Place
    from flows.state.home import Home

PAGES_URL: Final = "WINE_LABELS_PAGES_URL"
SCHEMES: Final = ("http", "https")
REMEDY: Final = "write one like https://HOST/PATH, under which data/pages is served"


def page_url(home: Home, page: Place) -> str | None:
    """The address of a page under the one that WINE_LABELS_PAGES_URL names; None where it names none."""
    address = _configured()
    if not address or _fault(address):
        return None
    base = str(httpx.URL(address)).rstrip("/")
    parts = relative(page, home.pages).parts
    return "/".join([base, *(quote(part, safe="") for part in parts)])


def url_problem() -> str | None:
    """What is wrong with the address that WINE_LABELS_PAGES_URL names, if anything is."""
    address = _configured()
    if not address or not (fault := _fault(address)):
        return None
    return f"{PAGES_URL}: pages are not linked; found {fault}; {REMEDY}"


def _configured() -> str:
    return os.environ.get(PAGES_URL, "").strip()


def _fault(address: str) -> str:
    """What keeps an address from being linked to; it is shown to everyone, so it may hold no login."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in SCHEMES or not url.host:
        return "no address in it"
    if url.userinfo:
        return "a login in it"
    return "a query or a fragment in it" if {"?", "#"} & {*address} else ""
