"""The webhook: where notices are sent."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx

from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

WEBHOOK: Final = "WINE_LABELS_WEBHOOK"
PATIENCE: Final = httpx.Timeout(10.0, connect=5.0)  # seconds, for each step of the exchange
SCHEMES: Final = ("http", "https")
REMEDY: Final = "check the address and what answers there"


def post(text: str, details: dict[str, Any]) -> str | None:
    """Send a text to the webhook that WINE_LABELS_WEBHOOK names, if it names one; what went wrong, if anything did.

    The document is `{"text": ..., ...details}`, which Slack, Mattermost and their like take as it is. Of the address,
    which is a secret, nothing is said but the host.
    """
    address = os.environ.get(WEBHOOK)
    if not address:
        return None
    try:
        url = httpx.URL(address.strip())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in SCHEMES or not url.host:
        return f"{WEBHOOK}: the notice could not be sent; found no address in it; write one like https://HOST/PATH"
    if (found := _sent(url, {"text": text} | details)) is None:
        return None
    return printable(f"{WEBHOOK}: the notice could not be sent to {url.host}; found {found}; {REMEDY}")


def _sent(url: httpx.URL, document: dict[str, Any]) -> str | None:
    """What went wrong, if anything did; the word for it alone, for its message may repeat the address."""
    try:
        with _unlogged():
            answer = httpx.post(url, json=document, timeout=PATIENCE, follow_redirects=False)
    except Exception as error:  # noqa: BLE001  no run fails for want of a notice, whatever comes of the address
        return type(error).__name__
    return None if answer.is_success else f"the status {answer.status_code}"


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the library from writing the address down."""
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
