"""Truth columns: which column of a truth file says what, by its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from data.column_names import by_name, normalize
from data.errors import ColumnError
from data.label_names import is_identifier, label_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.heads import Expected

NAMED: Final = {
    "batch": {"batch", "batchname"},
    "row": {"row", "rownumber"},
    "by": {"by", "reviewer", "toldby", "labelledby"},
    "note": {"note", "notes", "comment", "comments", "remark", "remarks"},
    "how": {"how"},
    "input": {"input", "sourcesha256"},
}
"""What the columns beside the truth and the id are called, as `normalize` leaves it."""
OURS: Final = frozenset({"how", "confidence", "labelset", "typicality", "modelversion"})
"""Names beside which a column called `label` is what a model says: they stand in our sheets and labels."""


@dataclass(frozen=True)
class TruthColumns:
    """The places of a truth file's columns by what they say: `truth`, and of the others those that are there.

    ``features`` are the places of the measurements.
    """

    places: Mapping[str, int]
    features: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_row(self) -> bool:
        """Whether batch and row say which row is meant."""
        return {"batch", "row"} <= self.places.keys()


def truth_columns(names: Sequence[str], expected: Expected, *, named: bool = False) -> TruthColumns | None:
    """The columns of a truth file; None where these names are none of one.

    It has a column called the truth, and `id` or both `batch` and `row`; of a batch that is ``named`` elsewhere `row`
    alone will do. ColumnError where two are called the truth.
    """
    plain = [normalize(name) for name in names]
    places = {what: plain.index(name) for what, called in NAMED.items() for name in plain if name in called}
    ids = [at for at, name in enumerate(names) if is_identifier(name, expected) and at not in places.values()]
    if ids:
        places["id"] = next((at for at in ids if plain[at] == "id"), ids[0])
    said = [name if plain[at] != "label" or OURS.isdisjoint(plain) else "" for at, name in enumerate(names)]
    truth = _truth(said, expected)
    by_row = {"row"} if named else {"batch", "row"}
    if truth is None or not ("id" in places or by_row <= places.keys()):
        return None
    return TruthColumns(places | {"truth": truth}, _features(names, expected))


def tells_truth(names: Sequence[str], expected: Expected) -> bool:
    """Whether columns of these names are those of a truth file and not of a table to be labelled."""
    try:
        found = truth_columns(names, expected)
    except ColumnError:
        return False
    return found is not None and (found.by_row or len(found.features) < len(expected.features))


def _truth(names: Sequence[str], expected: Expected) -> int | None:
    ranks = [(rank, at) for at, name in enumerate(names) if (rank := label_rank(name, expected)) is not None]
    surest = [at for rank, at in sorted(ranks) if rank == min(ranks)[0]]
    if len(surest) > 1:
        both = " and ".join(repr(names[at]) for at in surest)
        message = f"{len(surest)} columns are called the truth; found {both}; keep one, called truth"
        raise ColumnError(message)
    return surest[0] if surest else None


def _features(names: Sequence[str], expected: Expected) -> Mapping[str, int]:
    try:
        return by_name(names, expected).features
    except ColumnError:
        return {}
