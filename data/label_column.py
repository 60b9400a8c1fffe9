"""The label column: which of the columns left over carries the class, alone or one-hot.

A column is the label because its name says so, or because it stands where a label stands in a table whose names say
nothing. What stands in it can speak against that, never for it: the answers of a model, clusters, folds and flags look
like classes too.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from data.column_places import NEARLY_ALL
from data.label_names import is_identifier, label_rank
from data.one_hot import flags_of, one_hot_rows
from data.plausible import MOST
from data.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.column_names import Named
    from data.heads import Expected, Head

Label = tuple[int | None, tuple[int, ...], str]


def find_label(head: Head, expected: Expected, named: Named, left: Sequence[int]) -> Label:
    """The label's column, or its one-hot columns, among those left; and how it was found."""
    called = [(rank, place) for rank, place in named.labels if place in left]
    nameless = not named.speaking - _identifiers(head, expected)
    one_hot = _one_hot(head, expected, left, nameless=nameless)
    if not {place for _, place in called} <= {*one_hot}:
        return _called(head, expected, called)
    if one_hot:
        return None, one_hot, f"labels one-hot in columns {min(one_hot) + 1} to {max(one_hot) + 1}"
    if nameless:
        return _placed(head, expected, left)
    return None, (), _not_called(head, expected, left)


def _called(head: Head, expected: Expected, called: Sequence[tuple[int, int]]) -> Label:
    """Of the columns that are called the label the surest that holds classes, if those as sure do not contradict it."""
    holding = [each for each in called if not head.texts or _are_classes(head.column(each[1]), expected, MOST)]
    if not holding:
        return None, (), f"{head.names[called[0][1]]!r} holds no classes, so no truth"
    surest = min(rank for rank, _ in holding)
    place, *others = sorted(
        (place for rank, place in holding if rank == surest),
        key=lambda place: (Truth.of(head.column(place), expected).ambiguous, place),
    )
    for other in others:
        if _contradict(head.column(place), head.column(other), expected):
            both = f"{head.names[place]!r} and {head.names[other]!r}"
            return None, (), f"{both} are both called the label and hold different classes, so no truth"
    return place, (), f"label by name, {head.names[place]!r}"


def _placed(head: Head, expected: Expected, left: Sequence[int]) -> Label:
    """The label by its place, first or last or beside a row number there."""
    taken = [place for place in range(len(head.names)) if place not in left]
    ends = {0, len(head.names) - 1, min(taken) - 1, max(taken) + 1}
    likely = [each for each in left if each in ends and _looks_like_one(head.column(each), expected)]
    if not likely:
        return None, (), "no label"
    if any(_contradict(head.column(one), head.column(other), expected) for one, other in pairwise(likely)):
        return None, (), "several columns could be the label, so no truth"
    return likely[0], (), f"label by place, column {likely[0] + 1}"


def _not_called(head: Head, expected: Expected, left: Sequence[int]) -> str:
    like = [at for at in left if _looks_like_one(head.column(at), expected, whole=True)]
    if not like:
        return "no label"
    shown = ", ".join(repr(head.names[at]) if head.names[at] else f"column {at + 1}" for at in like)
    return f"no label by name ({shown} could hold classes; if so, call it {expected.label})"


def _identifiers(head: Head, expected: Expected) -> set[int]:
    return {at for at, name in enumerate(head.names) if is_identifier(name, expected)}


def _looks_like_one(texts: Sequence[str], expected: Expected, *, whole: bool = False) -> bool:
    """Whether nearly all that stands in a column are classes, on the ``whole`` all of them, and not row numbers."""
    counted = [str(number) for number in range(len(texts) + 1)]
    if texts in (counted[:-1], counted[1:]) or not _are_classes(texts, expected, NEARLY_ALL):
        return False
    truth = Truth.of(texts, expected)
    found = {index for text in set(texts) if (index := truth.index(text)) >= 0}
    return not whole or len(found) == len(expected.class_names)


def _one_hot(head: Head, expected: Expected, left: Sequence[int], *, nameless: bool) -> tuple[int, ...]:
    """Neighbouring columns, one for each class in the order of the classes, of which one says yes and the others no."""
    count = len(expected.class_names)
    for start in range(len(left) - count + 1):
        run = left[start : start + count]
        order = _class_order([head.names[place] for place in run], expected)
        if run[-1] - run[0] == count - 1 and (nameless or order):
            one = one_hot_rows(np.array([flags_of(head.column(place), head.numbers[:, place]) for place in run]))
            if len(one) and one.mean() >= NEARLY_ALL:
                return tuple(run[at] for at in order or range(count))
    return ()


def _class_order(names: Sequence[str], expected: Expected) -> tuple[int, ...]:
    """Which of the names is that of the first class, the second, ...; empty where they are no names of classes."""
    ends = [re.split(r"[\W_]+", name.strip())[-1] for name in names]
    indices = [expected.class_index(end) for end in ends]
    if sorted(indices) == [*range(len(names))]:
        return tuple(indices.index(at) for at in range(len(names)))
    stems = {re.sub(r"[\W_]*\d+$", "", name.strip()) for name in names}
    numbers = [int(found[0]) if (found := re.search(r"\d+$", name.strip())) else -1 for name in names]
    counted = sorted(numbers) in ([*range(len(names))], [*range(1, len(names) + 1)])
    if len(stems) == 1 and counted and _asks_for_the_class(stems.pop(), expected):
        return tuple(int(at) for at in np.argsort(numbers))
    return ()


def _asks_for_the_class(stem: str, expected: Expected) -> bool:
    """Whether `cultivar_1`, say, or `is_1`, by what stands before the number, asks whether it is class 1."""
    return label_rank(stem, expected) is not None or stem.casefold() == "is"


def _are_classes(texts: Sequence[str], expected: Expected, share: float) -> bool:
    """Whether at least this share of what stands in a column is a class: by name, letter, or number from 0 or 1."""
    filled = [text for text in texts if text]
    known = Truth.of(filled, expected)
    return bool(filled) and sum(map(known.may_be, filled)) >= share * len(filled)


def _contradict(one: Sequence[str], other: Sequence[str], expected: Expected) -> bool:
    """Whether two columns say different classes of any row of which both say one."""
    first, second = Truth.of(one, expected), Truth.of(other, expected)
    pairs = {(first.index(each), second.index(every)) for each, every in set(zip(one, other, strict=True))}
    return any(index != counterpart for index, counterpart in pairs if min(index, counterpart) >= 0)
