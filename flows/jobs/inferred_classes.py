"""Inferred classes: the label and its classes as the parts of a table's file that declare them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flows.jobs.counts import counted
from flows.jobs.inferred_names import label_name
from schemas.toml_text import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.jobs.inferred_label import Label
    from schemas.toml_text import Value

FEWEST: Final = 2
MOST_SHOWN: Final = 200  # characters
LARGEST_ID: Final = (1 << 31) - 1
ONCE: Final = "occur once, so they are left out: slips of the pen, or too rare to be learned, which takes two rows"
UNNAMED: Final = "the file has no header: its columns are known by their places alone, so name them in a header"


def class_parts(label: Label, *, named: bool) -> Iterator[Part]:
    """The label and its classes; ``named`` says whether the file's columns have names."""
    column, unsure = label.profile, [*label.unsure]
    if column.missing:
        unsure.append(f"{column.missing:,} of {column.rows:,} rows have no class; training rejects them")
    unsure += [] if named else [UNNAMED]
    often = {text: count for text, count in column.levels.items() if count > 1}
    kept = often if len(often) >= FEWEST else {**column.levels}
    if once := [text for text in column.levels if text not in kept]:
        unsure.append(f"{', '.join(map(repr, once))[:MOST_SHOWN]} {ONCE}")
    name = label_name(column.name)
    entries: list[tuple[str, Value]] = [("name", name)]
    entries += [] if name == column.name else [("spellings", [column.name])]
    yield Part("[label]", tuple(entries), (f"chosen {label.why}",), tuple(unsure))
    for (text, count), number in zip(kept.items(), class_ids([*kept]), strict=True):
        yield Part("[[classes]]", (("id", number), ("name", text)), beside={"name": counted(count, "row")})


def class_ids(names: Sequence[str]) -> list[int]:
    """The ids of classes: what they are called, where these are whole numbers of which none is negative, else 0, 1, ...

    >>> class_ids(["1", "2", "3"]), class_ids(["no", "yes"]), class_ids(["-1", "1"])
    ([1, 2, 3], [0, 1], [0, 1])
    """
    numbers = [int(name) if re.fullmatch(r"[0-9]{1,10}", name) else -1 for name in names]
    as_called = all(0 <= number <= LARGEST_ID for number in numbers) and len({*numbers}) == len(numbers)
    return numbers if as_called else [*range(len(names))]
