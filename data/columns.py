"""Columns: which column of a table is which, by what they are called and by what stands in them.

Names come first: as they are declared, then as people spell them, then nearly so. Where names say nothing, places do:
the features in their order, with a label first or last and perhaps a row name before; but only if nearly every row
meets the plausible bounds in exactly one such arrangement. Names that the values contradict are an error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from data.column_names import Named, by_name
from data.column_places import MOST_EXTRAS, NEARLY_ALL, between, likeliest_places
from data.diagnosis import diagnose, odd_cells, without_numbers
from data.errors import ColumnError
from data.heads import Columns, Expected, Head
from data.label_column import find_label
from data.label_names import is_identifier
from data.plausible import MOST, share_within
from data.truth_columns import tells_truth

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_ROWS: Final = 10  # fewer prove nothing


def resolve(head: Head, expected: Expected) -> Columns:
    """Which column is which; ColumnError where that is not clear, or the values contradict the names."""
    named = by_name(head.names, expected)
    missing = [name for name in expected.features if name not in named.features]
    if not missing:
        why = "by name" + (f" ({', '.join(named.loose)})" if named.loose else "")
        return _finish(head, expected, {name: named.features[name] for name in expected.features}, named, why)
    filled = between(head, expected, named)
    if filled:
        taken = ", ".join(f"{head.names[place]!r} taken for {name}" for name, place in filled.items())
        everything = {**named.features, **filled}
        places = {name: everything[name] for name in expected.features}
        told = replace(named, remarks=(*named.remarks, f"by their place {taken}"))
        return _finish(head, expected, places, told, "by name, and by place")
    return _by_place(head, expected, named, missing)


def state(head: Head, expected: Expected, stated: Sequence[str]) -> Columns:
    """The columns as a person states them, a meaning for each in the order of the file: a feature, truth, id or -."""
    meanings = [meaning.strip() for meaning in stated]
    allowed = {*expected.features, "truth", "id", "-"}
    if len(meanings) != len(head.names) or not allowed.issuperset(meanings):
        message = (
            f"--columns needs one of {', '.join(sorted(allowed))} for each of {len(head.names)} columns; "
            f"found {len(meanings)}: {', '.join(meanings)}; give a meaning to every column, - to those of no use"
        )
        raise ColumnError(message)
    repeated = [meaning for meaning in meanings if meaning != "-" and meanings.count(meaning) > 1]
    missing = [name for name in expected.features if name not in meanings]
    if repeated or missing:
        message = f"--columns must name every feature once; found {', '.join(repeated) or 'none'} twice; add {missing}"
        raise ColumnError(message)
    places = {name: meanings.index(name) for name in expected.features}
    label, identifier = (meanings.index(each) if each in meanings else None for each in ("truth", "id"))
    return Columns(places, label, (), identifier, "as stated by --columns")


def _by_place(head: Head, expected: Expected, named: Named, missing: list[str]) -> Columns:
    width, features = len(head.names), expected.features
    offsets = _offsets(head, expected, named)
    unexplained = len(named.speaking - named.places)
    if len(offsets) == 1 and unexplained <= width - len(features):
        places = {name: offsets[0] + order for order, name in enumerate(features)}
        return _finish(head, expected, places, named, f"by place, from column {offsets[0] + 1} on")
    if len(offsets) > 1:
        message = f"the columns could be {len(offsets)} things; found no names to tell them apart; add a header line"
        raise ColumnError(message)
    raise ColumnError(_not_found(head, expected, named, missing, fits=bool(offsets)))


def _offsets(head: Head, expected: Expected, named: Named) -> list[int]:
    """The columns from which on the features could stand in their order, as far as values and known names allow."""
    width, features = len(head.names), expected.features
    labels = {place for _, place in named.labels}
    return [
        offset
        for offset in range(max(0, width - len(features) + 1))
        if width - len(features) <= MOST_EXTRAS + len(expected.class_names)
        and all(named.features[name] == offset + order for order, name in enumerate(features) if name in named.features)
        and labels.isdisjoint(range(offset, offset + len(features)))
        and share_within(head, {name: offset + order for order, name in enumerate(features)}, expected) >= NEARLY_ALL
    ]


def _not_found(head: Head, expected: Expected, named: Named, missing: list[str], *, fits: bool) -> str:
    shown = ", ".join(repr(name) for name in head.names[:20] if name) or f"{len(head.names)} columns without names"
    if tells_truth(head.names, expected):
        return f"truth of rows labelled elsewhere, no table to label; found {shown}; use `wine-labels truth add`"
    looks = diagnose(head, named.features or likeliest_places(head, expected), expected)
    if len(missing) < len(expected.features):
        what = f"columns missing: {', '.join(missing)}"
    elif len(head.names) < len(expected.features):
        what = f"columns missing: {len(head.names)} are too few for {len(expected.features)} features"
    elif fits:
        what = "names unknown: no column is known by its name, though the values would fit the features' order"
    elif named.speaking - named.places:
        what = "names unknown: no column is known by its name, and the values are not plausible in the features' order"
    else:
        what = (
            "values implausible: without names columns go by place, and they are not plausible in the features' order"
        )
    found = f"found {shown}; {looks}" if looks else f"found {shown}"
    return f"{what}; {found}; add or rename columns, or say which is which with --columns"


def _finish(head: Head, expected: Expected, places: dict[str, int], named: Named, why: str) -> Columns:
    """Hold the values against the decision, then find the label and the id among the columns left."""
    remarks = named.remarks
    if len(head.numbers) >= FEWEST_ROWS:
        _check_values(head, expected, places, remarks)
        remarks += tuple(filter(None, [odd_cells(head, places, expected)]))
    left = [place for place in range(len(head.names)) if place not in places.values()]
    label, one_hot, how = find_label(head, expected, named, left)
    identifier = next((place for place in left if place != label and is_identifier(head.names[place], expected)), None)
    return Columns(places, label, one_hot, identifier, "; ".join([f"features {why}", how, *remarks]), remarks)


def _check_values(head: Head, expected: Expected, places: dict[str, int], remarks: Sequence[str]) -> None:
    """ColumnError where most rows cannot be those of the table: a column without numbers, or implausible ones."""
    of = f"of the first {len(head.numbers)} rows"
    if lacking := without_numbers(head, places, expected):
        looks = odd_cells(head, places, expected) or lacking
        message = f"most {of} have no number in a column that needs one; {looks}; check the file"
        raise ColumnError(message)
    share = share_within(head, places, expected)
    if share < MOST:
        looks = " and ".join([diagnose(head, places, expected) or "the values contradict the names", *remarks])
        what = "outside the plausible bounds" if not expected.categories else "outside the plausible bounds and levels"
        message = f"{1 - share:.0%} {of} are {what}; {looks}; check the file"
        raise ColumnError(message)
