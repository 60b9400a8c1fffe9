"""Suspicion: what contradicts itself in a table, as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flows.jobs.counts import counted
from flows.state.training_table import read_rows
from nn.agreement import other_reading
from nn.consistency import find_damage, seeming_kinds
from nn.joint import Joint
from nn.measures import Measures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy as np

    from data.truth import Truth
    from models.store import Version
    from nn.consistency import Damage, Kind
    from nn.sample import Sample

MOST_COLUMNS: Final = 40  # the time it takes grows with the cube of their number: of 64 it is 20 seconds


@lru_cache(maxsize=4)
def load_joint(version: Version) -> Joint | None:
    """What goes with what in the rows a version was trained on; None where they are too few, or too wide, to know."""
    measures = _measures(version)
    return Joint.known(*read_rows(version), measures) if len(measures.columns) <= MOST_COLUMNS else None


def suspicion(rows: Sample, version: Version, order: Sequence[int]) -> Damage | None:
    """What rows look like whose columns, in this order in their file, do not go together as a version knows them."""
    joint, measures = load_joint(version), _measures(version)
    if joint is None:
        return None
    asked = (joint, measures.sample(rows), measures.order(order))
    # What sound rows seem to have takes long to find out, and is asked where there is something to pass over.
    found = find_damage(*asked) and find_damage(*asked, passed_over=_seeming(version))
    return found and replace(found, columns=measures.places(found.columns))


@lru_cache(maxsize=4)
def _seeming(version: Version) -> frozenset[Kind]:
    joint = load_joint(version)
    return seeming_kinds(joint) if joint else frozenset()


def _measures(version: Version) -> Measures:
    return Measures.of(version.classifier.encoding, len(version.classifier.features))


def damage_in_words(damage: Damage, features: Sequence[str]) -> str:
    """What a table looks like and how sure that is, in one sentence."""
    names = [features[at] for at in damage.columns]
    sure = f"10^{damage.orders:.0f} times likelier so"
    rows = counted(damage.rows, "row")
    match damage.kind:
        case "swapped":
            changed = "swapped" if len(names) == 2 else "exchanged"  # noqa: PLR2004
            return f"{_listed(names)} look {changed}: {rows} are {sure}"
        case "apart":
            what = "sorted, shuffled or filled in by itself"
            return f"{names[0]} does not go with the other columns and looks {what}: {rows} are {sure}"
        case "repeated":
            return f"{names[0]} has one value in {damage.share:.0%} of {rows} and looks filled in: they are {sure}"
        case _:
            verb = "looks" if len(names) == 1 else "look"
            return f"{_listed(names)} {verb} one row {damage.kind}: {rows} are {sure}"


def contradiction(counts: np.ndarray[Any, Any], truth: Truth, classes: Sequence[str]) -> str | None:
    """What labels look like that contradict the model, given rows by stated and said class (k, k); None if they fit."""
    called = other_reading(counts)
    if called is None:
        return None
    texts = [truth.text_of(each) for each in called if each >= 0]
    names = [name for name, each in zip(classes, called, strict=True) if each >= 0]
    kind = "permuted" if len(set(texts)) == len(texts) else "grouped otherwise"
    return f"labels look {kind}: {', '.join(texts)} here are {', '.join(names)}"


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
