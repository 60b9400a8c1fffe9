"""The command `open`."""

from __future__ import annotations

import sys
import webbrowser

from flows.cli.terminal import DONE, PLAIN, Common, Table


def open_page(name: str, *, table: Table = "wine", common: Common = PLAIN) -> int:
    """Draw the page of a batch or a version, and open it in the browser.

    Args:
        name: A batch, or the number of a version.

    """
    from flows.pages import surroundings

    surroundings.prepare(common.place)
    from flows.pages.batch_page import draw_batch  # these two take seconds to import
    from flows.pages.version_page import draw_version

    if name.isdecimal() and not common.place.labels(name).exists():
        page = draw_version(common.store(table), int(name), common.place)
    else:
        page = draw_batch(name, common.place)
    common.show({"page": str(page)}, [f"{page}"])
    if sys.stdout.isatty():
        webbrowser.open(page.as_uri())
    return DONE
