"""Unusual rows: which measurements of a row are unusual and how, in a sentence for a person."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, nan
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from flows.state.raw_rows import known
from flows.state.training_table import read_rows
from nn.unusual import Usual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.store import Version
    from nn.columns import Column
    from nn.unusual import Finding

MOST: Final = 4  # measurements that a sentence names
LONGEST: Final = 60  # characters of a level
NOTHING: Final = "no measurement stands out"


@lru_cache(maxsize=4)
def load_usual(version: Version) -> Usual:
    """What the rows a version was trained on say is usual; ModelError where they are not kept with it."""
    return Usual.of(*read_rows(version), version.classifier.encoding)


def unusual(row: Mapping[str, Any], version: Version) -> str:
    """Which measurements of a row are unusual against the rows a version was trained on, and how.

    Nothing in it depends on the label. Of a category the row has the text, of what is missing None. A row whose
    measurements are not known has an empty sentence.
    """
    features, usual = version.classifier.features, load_usual(version)
    values = [row[name] for name in features]
    numbers = [_number(*each) for each in zip(values, usual.columns, strict=True)]
    if not known(np.array([numbers]), version.classifier.encoding).all():
        return ""
    found = usual.findings(numbers)
    said = [_said(features[each.column], values[each.column], each, usual) for each in found[:MOST]]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return "; ".join([*said, *more]) or NOTHING


def _number(value: float | str | None, column: Column) -> float:
    """A value as in a matrix of raw rows."""
    if value is None:
        return nan
    if isinstance(value, str):
        return float(column.levels.index(value)) if value in column.levels else -1.0
    return value


def _said(name: str, value: float | str | None, finding: Finding, usual: Usual) -> str:
    if value is None:
        return f"{name} missing: {_had_by(finding.share, usual)}"
    where = "higher" if finding.high else "lower"
    measured = f"{name} {figure(value)}"
    match finding.kind:
        case "outside":
            rows = usual.ordered[finding.column]
            beyond = "above" if finding.high else "below"
            return f"{measured}: {beyond} all {len(rows):,} training rows ({figure(rows[0])} to {figure(rows[-1])})"
        case "rare":
            return f"{measured}: {where} than {floor(100 * (1 - finding.share))} % of the training rows"
        case "level":
            return f"{name} {value!r:.{LONGEST}}: {_had_by(finding.share, usual)}"
        case _:
            return f"{measured}: usual by itself, but {where} than the other measurements lead to expect"


def _had_by(share: float, usual: Usual) -> str:
    return f"in {ceil(100 * share)} % of the training rows" if share else f"in none of the {usual.rows:,} training rows"


def figure(value: float | str) -> str:
    """A measurement as a person reads it.

    >>> figure(1680.0), figure(14.23), figure("Dream")
    ('1,680', '14.23', 'Dream')
    """
    return value if isinstance(value, str) else f"{value:,.6g}"
