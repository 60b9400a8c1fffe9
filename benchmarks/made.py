"""A made input: its bytes, and what is known of its rows from the hand that wrote them, never from a reader."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"
CLASSES = {"1": "barolo", "2": "grignolino", "3": "barbera"}
LABEL = "cultivar"

with SHIPPED.open(newline="") as file:
    NAMES, *BOTTLES = csv.reader(file)
FEATURES = NAMES[1:]


@dataclass(frozen=True)
class Row:
    """One row as it was written: the texts its id may have (none: it has no id), its measurements, its class."""

    ids: tuple[str | None, ...]
    cells: tuple[str, ...]
    truth: str | None = None
    damaged: bool = False
    """Its id or a measurement was damaged: it must be rejected, whatever else is read."""


@dataclass(frozen=True)
class Made:
    """An input.

    ``rows`` are all of its rows, in order. Where only its text is known (a damaged file), each row that is read must be
    a row of it. ``fate`` is "labelled" for what every reader should read, "refused" for what nobody should.
    """

    content: bytes
    rows: tuple[Row, ...] | None = None
    text: str | None = None
    fate: str = "either"
    note: str = ""


def bottles(rng: random.Random, fewest: int = 10, most: int = 40) -> list[list[str]]:
    """Some of the shipped rows as texts, the class first; of each class one at least, or numbers would be ambiguous."""
    ones = [rng.choice([bottle for bottle in BOTTLES if bottle[0] == each]) for each in CLASSES]
    rows = [list(bottle) for bottle in [*ones, *rng.choices(BOTTLES, k=rng.randint(fewest, most) - len(ones))]]
    rng.shuffle(rows)
    return rows


def row(bottle: list[str], *ids: str | None, damaged: bool = False, truth: bool = True) -> Row:
    """A bottle as a row of these ids, with its class or without."""
    return Row(ids or (None,), tuple(bottle[1:]), CLASSES[bottle[0]] if truth else None, damaged)
