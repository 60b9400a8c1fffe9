"""The command `review`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from flows.cli.terminal import DONE, PLAIN, Common, path_to_write
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.jobs.review import Sheet


def review(
    *batch: str,
    output: Annotated[str, Parameter(alias="-o")],
    rows: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 50,
    at_random: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.2,
    blind: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Write a sheet of the rows that a person should look at, most telling first, to be filled in.

    Args:
        batch: The batches; all there are unless named.
        output: The sheet to write: a .csv, or a .xlsx.
        rows: How many rows at most.
        at_random: The share of them that is drawn at random from all rows, by which accuracy is judged.
        blind: Leave out what the model says: people copy what they see.

    """
    from flows.jobs.picking import Asked  # these two take a second to import
    from flows.jobs.review import review as write

    sheet = write(common.place, path_to_write(output), Asked(batch, rows, at_random, blind))
    common.show(sheet, _lines(sheet))
    return DONE


def _lines(sheet: Sheet) -> Iterator[str]:
    batches = f"batch {sheet.batches[0]}" if len(sheet.batches) == 1 else f"{len(sheet.batches):,} batches"
    yield f"{sheet.sheet}: {counted(sheet.rows, 'row')} of {batches}, {sheet.sampled:,} of them drawn at random"
    yield f"  up for review, their truth not told: {sheet.up_for_review:,}"
    for text in sheet.warnings:
        yield f"  left blank where it would be said: {text}"
    yield f"  fill in `truth`, then: wine-labels truth add {sheet.sheet}"
