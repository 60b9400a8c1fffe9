"""Unusual rows: which measurements of a row are unusual and how, in a sentence for a person."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any, Final

from flows.state.training_table import CLASS, training_table
from nn.unusual import Usual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.store import Version
    from nn.unusual import Finding

MOST: Final = 4  # measurements that a sentence names
NOTHING: Final = "no measurement stands out"


@lru_cache(maxsize=4)
def load_usual(version: Version) -> Usual:
    """What the rows a version was trained on say is usual; ModelError where they are not kept with it."""
    table = training_table(version)
    return Usual.of(table.drop_columns(CLASS).to_pandas().to_numpy(), table[CLASS].to_numpy())


def unusual(row: Mapping[str, Any], version: Version) -> str:
    """Which measurements of a row are unusual against the rows a version was trained on, and how.

    Nothing in it depends on the label. A row whose measurements are not known has an empty sentence.
    """
    features, usual = version.classifier.features, load_usual(version)
    values = [row[name] for name in features]
    if None in values:
        return ""
    found = usual.findings(values)
    said = [_said(features[each.column], values[each.column], each, usual) for each in found[:MOST]]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return "; ".join([*said, *more]) or NOTHING


def _said(name: str, value: float, finding: Finding, usual: Usual) -> str:
    measured = f"{name} {figure(value)}"
    rows = usual.ordered[:, finding.column]
    match finding.kind:
        case "outside":
            where = "above" if finding.high else "below"
            return f"{measured}: {where} all {len(rows):,} training rows ({figure(rows[0])} to {figure(rows[-1])})"
        case "rare":
            where = "higher" if finding.high else "lower"
            return f"{measured}: {where} than {floor(100 * (1 - finding.share))} % of the training rows"
        case _:
            where = "higher" if finding.high else "lower"
            return f"{measured}: usual by itself, but {where} than the other measurements lead to expect"


def figure(value: float) -> str:
    """A measurement as a person reads it.

    >>> figure(1680.0), figure(14.23)
    ('1,680', '14.23')
    """
    return f"{value:,.6g}"
