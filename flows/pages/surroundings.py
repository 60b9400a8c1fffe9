"""Surroundings: what Matplotlib finds when it is imported; nothing of it may change or stop a chart."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.state.home import Home


def prepare(home: Home) -> None:
    """Have it keep its list of fonts in the home; to be called before a page's module is imported."""
    os.environ["MPLBACKEND"] = "svg"  # what Jupyter sets is known there alone, and refused
    os.environ.setdefault("MPLCONFIGDIR", str(home.fonts))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # a bad line of a matplotlibrc, a folder that is read-only
