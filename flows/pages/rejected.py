"""The rejects of a batch: counted by column and rule, and a few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.published import open_published
from flows.pages.page import Section
from flows.state.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.places import Place
    from flows.state.report import Report

MOST: Final = 10  # kinds
EXAMPLES: Final = 5
LONGEST: Final = 200  # characters of a cell
WHOLE: Final = "the whole row"


def rejected_sections(path: Place, report: Report) -> Iterator[Section]:
    """What was rejected by column and rule, the most frequent first, and examples; nothing where nothing was."""
    counted = [line for line in report.lines if line["metric"] == "rejected_cells"]
    counted.sort(key=lambda line: -line["value"])
    if not counted:
        return
    rows = [_names(line["label"], line["other"]) | {"cells": f"{int(line['value']):,}"} for line in counted[:MOST]]
    rest = f"And {len(counted) - MOST:,} other kinds." if len(counted) > MOST else ""
    yield Section("Rejected, by column and rule", rows=rows, numbers=("cells",), note=rest)
    note = f"All are in data/rejects/{path.name}."
    yield Section("Rejected, the first cells", rows=_examples(path), numbers=("row",), note=note, kind="rows")


def _examples(path: Place) -> list[dict[str, Any]]:
    with open_published(path) as file:
        first = next(file.iter_batches(batch_size=EXAMPLES, columns=["row", "id", "column", "rule", "value"]), None)
    return [
        {"row": f"{line['row']:,}", **_names(line["column"], line["rule"]), "value": printable(line["value"], LONGEST)}
        for line in ([] if first is None else first.to_pylist())
    ]


def _names(column: str | None, rule: str) -> dict[str, str]:
    return {"column": printable(column or WHOLE, LONGEST), "rule": printable(rule, LONGEST)}
