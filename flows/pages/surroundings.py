"""Surroundings: what Matplotlib finds when it is imported; nothing of it may change or stop a chart."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from data.errors import SourceError
from flows.state.printable import printable

if TYPE_CHECKING:
    from flows.state.home import Home


def prepare(home: Home) -> None:
    """Import it, with its list of fonts in the home; to be called before a page's module is imported.

    SourceError where it cannot read its settings.
    """
    os.environ["MPLBACKEND"] = "svg"  # what Jupyter sets is known there alone, and refused
    os.environ.setdefault("MPLCONFIGDIR", str(home.fonts))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # a bad line of a matplotlibrc, a folder that is read-only
    try:
        import matplotlib as mpl  # noqa: F401  for what it reads
    except (OSError, ValueError) as error:  # of a matplotlibrc that is not UTF-8, say
        message = f"matplotlibrc: settings that Matplotlib cannot read; found {error}; repair or remove the file"
        raise SourceError(printable(message)) from error
