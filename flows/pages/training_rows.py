"""The training rows of a version as its page shows them: the ranges of numbers, the levels of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.pages.page import Section
from flows.state.training_table import CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURES: Final = ("min", "mean", "max", "missing", "rows")
MOST_LEVELS: Final = 12  # of a category that are named, the most frequent first


def training_rows(rows: pa.Table) -> Iterator[Section]:
    """A section for the numbers, and one for the categories where there are any."""
    columns = {name: rows[name] for name in rows.column_names if name != CLASS}
    numbers = {name: column for name, column in columns.items() if pa.types.is_floating(column.type)}
    yield Section("The training rows", rows=[_range(*each) for each in numbers.items()], numbers=FIGURES)
    levels = [line for name in columns.keys() - numbers.keys() for line in _levels(name, columns[name])]
    if levels:
        yield Section("The levels of the training rows", rows=levels, numbers=FIGURES)


def _range(name: str, column: pa.ChunkedArray) -> dict[str, Any]:
    missing = {"missing": f"{column.null_count:,}"} if column.null_count else {}
    return {
        "measurement": name,
        "min": _figure(pc.min(column)),
        "mean": _figure(pc.mean(column), 4),
        "max": _figure(pc.max(column)),
        **missing,
    }


def _levels(name: str, column: pa.ChunkedArray) -> list[dict[str, Any]]:
    counted = sorted(column.value_counts().to_pylist(), key=lambda each: -each["counts"])
    said = [(each["values"], f"{each['counts']:,}") for each in counted]
    lines = [
        {"measurement": name, "level": "missing" if level is None else level or "none of the levels", "rows": count}
        for level, count in said[:MOST_LEVELS]
    ]
    left = {"measurement": name, "level": f"{len(said) - MOST_LEVELS} others", "rows": ""}
    return [*lines, left] if len(said) > MOST_LEVELS else lines


def _figure(value: pa.Scalar, digits: int = 6) -> str:
    found = value.as_py()
    return "-" if found is None else f"{found:.{digits}g}"
