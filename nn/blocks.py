"""Blocks: rows put through matrix products so that how a file is cut into chunks changes no bit of what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nn.arrays import Array, Rows

BLOCK: Final = 4096  # columns a matrix product sees at once; part of what decides the last bit of an answer


def by_blocks(x: Array, rows: Rows, outputs: int, work: Callable[[Array], Array]) -> Array:
    """Put rows x (n, d) through work, which turns d features of a block of columns into so many outputs: (outputs, n).

    A matrix product's last bit depends on a column's place in the matrix, so a row is always put at the place of a
    block that its number in the file decides, whatever rows come with it. ``rows`` are these numbers, ascending.
    """
    answers = np.empty((outputs, len(x)))
    block = np.zeros((x.shape[1], BLOCK))
    for start, end in _spans(rows):
        place = rows[start:end] % BLOCK
        at = slice(place[0], place[-1] + 1) if place[-1] - place[0] == end - start - 1 else place
        block[:, at] = x[start:end].T
        answers[:, start:end] = work(block)[:, at]
    return answers


def _spans(rows: Rows) -> Iterator[tuple[int, int]]:
    """Where the rows of each block start and end among the rows."""
    if len(rows):
        cuts = (np.flatnonzero(np.diff(rows // BLOCK)) + 1).tolist()
        yield from zip([0, *cuts], [*cuts, len(rows)], strict=True)
