"""To check a table against a file: what of it would be rejected, and why, before anything is trained or labelled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.reading import read_chunks
from data.truth import class_indices, no_rows
from flows.jobs.guard import check_inputs
from flows.jobs.label import layout_of
from flows.state.encoding import encoding_of
from schemas.checking import check_rows
from schemas.errors import TableError
from schemas.pandera_schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.sources import Readable
    from schemas.table import Table


@dataclass(frozen=True)
class Reason:
    """A column and rule, null where the whole row is meant, how many rows fail it, and one value that does."""

    column: str | None
    rule: str
    rows: int
    example: str


@dataclass(frozen=True)
class TableCheck:
    """How a file meets a table: its rows, those rejected and why, and how often it says which class."""

    table: str
    source: str
    rows: int
    rejected: int
    reasons: Sequence[Reason]
    classes: Mapping[str, int]
    unknown_classes: Mapping[str, int]
    layout: str


def check_whole(table: Table) -> None:
    """TableError where what a table names beside itself is not there: its rules, and rows of its own.

    TrainingError where it becomes more inputs than a network may have.
    """
    schema_of(table)
    check_inputs(encoding_of(table.columns))
    if table.shipped is not None and not table.shipped.is_file():
        message = f"{table.name}: no rows of its own where it says; found no file {table.shipped}; correct `shipped`"
        raise TableError(message)


def check_table(table: Table, source: Readable) -> TableCheck:
    """Hold all rows of a file against a table; SourceError where it is refused whole."""
    layout = layout_of(source, table)
    counts: Counter[tuple[str | None, str]] = Counter()
    examples: dict[tuple[str | None, str], str] = {}
    classes: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    rows = rejected = 0
    for chunk in read_chunks(source, layout):
        others = no_rows(chunk.frame, layout.truth)
        checked = check_rows(table, chunk.frame, no_rows=others, as_it_stood=chunk.as_it_stood)
        failed = [*zip(*(checked.rejects[name] for name in ("column", "rule", "value")), strict=True)]
        failed += [(None, rule, text) for _, rule, text in chunk.malformed]
        for column, rule, value in failed:
            counts[column, rule] += 1
            examples.setdefault((column, rule), str(value))
        rows += chunk.rows
        rejected += checked.rejects["row"].nunique() + len(chunk.malformed)
        indices, others_found = class_indices(chunk.frame, layout.truth)
        classes.update(table.class_names[at] for at in indices.tolist() if at >= 0)
        unknown += others_found
    reasons = [Reason(*key, count, examples[key]) for key, count in counts.most_common()]
    return TableCheck(
        table.name, str(source), rows, rejected, reasons, dict(classes), dict(unknown.most_common(9)), layout.why
    )
