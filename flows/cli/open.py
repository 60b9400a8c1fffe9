"""The command `open`."""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING

from flows.cli.terminal import DONE, PLAIN, Common

if TYPE_CHECKING:
    from data.places import Place


def open_page(name: str | None = None, *, common: Common = PLAIN) -> int:
    """Draw the page over everything, or of a batch or a version, and open it in a browser.

    Args:
        name: A batch, or the number of a version; none: the page over everything.

    """
    from flows.pages.home_page import draw_home
    from flows.state.pages import readable

    named = _drawn(name, common) if name else None
    over_everything = draw_home(common.place)  # in any case: each page leads there
    page = readable(named or over_everything, common.place)
    common.show({"page": str(page)}, [f"{page}"])
    if sys.stdout.isatty():
        webbrowser.open(page.as_uri())
    return DONE


def _drawn(name: str, common: Common) -> Place:
    from flows.pages import surroundings

    surroundings.prepare(common.place)
    from flows.pages.batch_page import draw_batch  # these two take seconds to import
    from flows.pages.version_page import draw_version

    if name.isdecimal() and not common.place.labels(name).exists():
        return draw_version(common.store, int(name), common.place)
    return draw_batch(name, common.place)
