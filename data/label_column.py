"""The label column: which of the columns left over carries the class, alone or one-hot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.column_names import IDENTIFIER, normalize, says_nothing
from data.column_places import MOST, NEARLY_ALL
from data.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.heads import Expected, Head


def find_label(
    head: Head, expected: Expected, named: dict[str, int], left: list[int]
) -> tuple[int | None, tuple[int, ...], str]:
    """The label's column, or its one-hot columns, among those left; and how it was found."""
    place = named.get(expected.label)
    if place is not None and place in left and not head.texts:
        return place, (), f"label by name, {head.names[place]!r}"
    if place is not None and place in left:
        if _are_classes(head.column(place), expected, MOST):
            return place, (), f"label by name, {head.names[place]!r}"
        return None, (), f"{head.names[place]!r} holds no classes, so no truth"
    one_hot = _one_hot(head, expected, left)
    if one_hot:
        return None, one_hot, f"labels one-hot in columns {one_hot[0] + 1} to {one_hot[-1] + 1}"
    likely = [each for each in left if _may_be_label(head, each, expected)]
    if len(likely) == 1:
        return likely[0], (), f"label by place, column {likely[0] + 1}"
    return None, (), "no label" if not likely else "several columns could be the label, so no truth"


def _may_be_label(head: Head, place: int, expected: Expected) -> bool:
    """Whether a column that is not called so could be the label: classes that are neither ids nor another quantity."""
    texts, name = head.column(place), normalize(head.names[place])
    counted = [str(number) for number in range(len(texts) + 1)]
    if (
        not _are_classes(texts, expected, NEARLY_ALL)
        or IDENTIFIER.fullmatch(name)
        or texts in (counted[:-1], counted[1:])
    ):
        return False
    truth = Truth.of(set(texts), expected)
    found = {index for text in set(texts) if (index := truth.index(text)) >= 0}
    return says_nothing(head.names[place]) or len(found) == len(expected.class_names)


def _one_hot(head: Head, expected: Expected, left: list[int]) -> tuple[int, ...]:
    count = len(expected.class_names)
    for start in range(len(left) - count + 1):
        run = left[start : start + count]
        if run[-1] - run[0] == count - 1:
            cells = head.numbers[:, run]
            one = np.isin(cells, (0, 1)).all(axis=1) & (cells.sum(axis=1) == 1)
            if len(cells) and one.mean() >= NEARLY_ALL:
                return tuple(run)
    return ()


def _are_classes(texts: Sequence[str], expected: Expected, share: float) -> bool:
    """Whether at least this share of what stands in a column is a class: by name, letter, or number from 0 or 1."""
    filled = [text for text in texts if text]
    known = Truth.of(set(filled), expected)
    return bool(filled) and sum(known.may_be(text) for text in filled) >= share * len(filled)
