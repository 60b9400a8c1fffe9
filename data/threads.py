"""The pipeline: chunks read ahead, worked on by threads, and handed on in their order, a bounded number at a time."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Item = TypeVar("Item")
Made = TypeVar("Made")

THREADS: Final = "WINE_LABELS_THREADS"
END: Final[Any] = object()
MOST: Final = 8  # more threads wait for the one that writes


def threads() -> int:
    """How many threads work: WINE_LABELS_THREADS, else as many as there are processors for this process."""
    named = os.environ.get(THREADS, "")
    return max(1, int(named)) if named.isdecimal() else min(MOST, len(os.sched_getaffinity(0)))


def in_order(work: Callable[[Item], Made], items: Iterator[Item], count: int | None = None) -> Iterator[Made]:
    """What work makes of each item, in the items' order, whatever the threads; an error of any of them ends it.

    One thread draws the next item, so many others work on those drawn, the caller's has what is done: no more are
    worked on at once. With a count of one, all is done in the caller's thread. The first error in the items' order is
    the one that is raised, whichever thread meets one first.
    """
    workers = threads() if count is None else count
    if workers == 1:
        yield from map(work, items)
        return
    under_way: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(1) as reading, ThreadPoolExecutor(workers) as working:
        drawn = reading.submit(next, items, END)
        while drawn.exception() is None and (item := drawn.result()) is not END:
            drawn = reading.submit(next, items, END)
            under_way.append(working.submit(work, item))
            if len(under_way) > workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
        drawn.result()
