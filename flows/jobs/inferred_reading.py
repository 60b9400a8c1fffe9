"""Inferred reading: whether a declaration holds, and the file it was inferred from is read by it as it was meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import SourceError
from data.sniffing import sniff
from flows.jobs.guard import check_inputs
from flows.jobs.refusals import TrainingError
from flows.state.encoding import encoding_of
from schemas.table_file import parse_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.profiles import Profile
    from data.sources import Source


def reading_doubts(source: Source, text: str, label: Profile) -> Iterator[str]:
    """What keeps a file from being read by the declaration that was inferred from it, in words; nothing where it is.

    Args:
        source: The file, of which the head is read.
        text: The declaration.
        label: The column that says the class.

    Raises:
        TableError: The declaration itself does not hold.

    """
    table = parse_table(text, f"{source}: what was inferred", Path())
    try:
        check_inputs(encoding_of(table.columns))
    except TrainingError as error:
        yield str(error)
    try:
        layout = sniff(source, table)
    except SourceError as error:
        yield f"the file is not read by this declaration: {str(error).removeprefix(f'{source}: ')}"
        return
    if layout.label != label.place:
        taken = "no column" if layout.label is None else f"{layout.name_of(layout.label)!r:.80}"
        yield f"by this declaration {taken} is taken for the label, and not {label.name!r:.80}: {layout.why}"
