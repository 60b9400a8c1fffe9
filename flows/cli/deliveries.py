"""Deliveries of truth, at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.jobs.counts import counted
from flows.jobs.delivered import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.jobs.delivered import Delivered

MOST_NAMED: Final = 5


def delivery_lines(done: Sequence[Delivered]) -> Iterator[str]:
    """Deliveries: what each tells, and what was left out and why."""
    for each in done:
        if each.status == "refused":
            continue
        where = ", ".join(each.batches[:MOST_NAMED]) + (" and others" if len(each.batches) > MOST_NAMED else "")
        again = "; delivered before, nothing was written" if each.status == "unchanged" else ""
        yield f"{each.source}: truth of {counted(each.told, 'row')} of {where}{again}"
        yield from (f"  left out: {text}" for text in filter(None, [in_words(each.left_out)]))
        yield from (f"  look at: {text}" for text in each.warnings)
