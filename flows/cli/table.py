"""The commands of `wine-labels table`: what a table is, declared in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cyclopts import App

from data.errors import SourceError
from flows.cli.grid import Grid
from flows.cli.terminal import DONE, PLAIN, Common, print_document
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.table_check import TableCheck
    from schemas.table import Table

table = App(name="table", help="A table of one's own, declared in one file.", version_flags=())


@table.command
def infer(file: str, *, label: str | None = None, common: Common = PLAIN) -> int:
    """Print what declares the table that a file holds: `wine-labels table infer my.csv > table.toml`.

    Args:
        file: Text or Parquet, with rows whose class is known.
        label: The column that says the class; else the likeliest, and why.

    """
    from data.sources import find, opened  # these take a second to import
    from flows.jobs.infer import infer as infer_from

    names = find([file])
    if len(names) > 1:
        message = f"{file}: a table is inferred from one file; found {len(names)}, {names[0]} first; name one of them"
        raise SourceError(message)
    with opened(names[0], common.place.staging) as source:
        found = infer_from(source, label)
    if common.json:
        print_document({"table": found.text, "unsure": found.unsure})
    elif not common.quiet:
        print(found.text, end="")  # as it is: what is cut short or escaped once more declares another table
    return DONE


@table.command
def check(declaration: str, file: str | None = None, *, common: Common = PLAIN) -> int:
    """Say whether a table's file holds and, of a file of rows, what of it would be rejected, and why.

    Args:
        declaration: The table's file, or module:OBJECT.
        file: Text or Parquet.

    """
    from data.sources import opened
    from flows.jobs.table_check import check_whole
    from schemas.tables import table_of_reference

    declared = table_of_reference(declaration)
    check_whole(declared)
    if file is None:
        common.show({"table": _facts(declared)}, _lines(declared))
        return DONE
    from flows.jobs.table_check import check_table

    with opened(file, common.place.staging) as source:
        found = check_table(declared, source)
    common.show(found, _found(found))
    return DONE


@table.command
def show(*, common: Common = PLAIN) -> int:
    """Print the table of this home as it is declared, with --json what it says in short."""
    declared = common.place.table
    if common.json:
        print_document({"table": _facts(declared)})
    elif not common.quiet:
        print(declared.text, end="")
    return DONE


def _facts(declared: Table) -> dict[str, Any]:
    return {
        "name": declared.name,
        "sha256": declared.sha256,
        "label": declared.label,
        "classes": {str(number): name for number, name in declared.classes.items()},
        "numbers": list(declared.numbers),
        "categories": {name: list(feature.levels) for name, feature in declared.categories.items()},
        "shipped": str(declared.shipped) if declared.shipped else None,
    }


def _lines(declared: Table) -> Iterator[str]:
    features = f"{counted(len(declared.numbers), 'number')}, {len(declared.categories):,} by levels"
    classes = f"{declared.label} is one of {len(declared.classes):,}: {', '.join(declared.class_names)}"
    yield f"{declared.name}: {counted(len(declared.features), 'feature')} ({features}); {classes}"


def _found(found: TableCheck) -> Iterator[str | Grid]:
    yield f"{found.source}: {counted(found.rows, 'row')}, {found.rejected:,} of them rejected; {found.layout}"
    if found.reasons:
        rows = [(each.column or "a whole row", each.rule, f"{each.rows:,}", each.example) for each in found.reasons]
        yield Grid({"column": "left", "rule": "left", "rows": "right", "such as": "left"}, rows)
    said = ", ".join(f"{name} {count:,}" for name, count in found.classes.items())
    yield f"classes: {said or 'none said'}"
    if found.unknown_classes:
        yield f"no classes: {', '.join(f'{text!r} {count:,}' for text, count in found.unknown_classes.items())}"
