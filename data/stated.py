"""Stated columns: what a person says of each, as one text and as a list; a name with a comma stands in quotes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def split_stated(text: str) -> tuple[str, ...] | None:
    """What is said of each column; None where nothing is said."""
    return tuple(next(csv.reader([text]))) if text else None


def join_stated(names: Iterable[str]) -> str:
    """The same as a text."""
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow([*names])
    return target.getvalue()
