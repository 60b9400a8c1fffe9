"""Infer: from a file alone the declaration of its table, to be read by a person and used as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.copies import told_by
from data.profiles import MOST_INPUTS
from data.profiling import profile
from flows.jobs.counts import counted
from flows.jobs.inferred_classes import class_parts
from flows.jobs.inferred_features import feature_part
from flows.jobs.inferred_label import Label, find_label
from flows.jobs.inferred_names import table_name
from flows.jobs.inferred_reading import reading_doubts
from flows.jobs.inferred_roles import Roles, find_roles
from schemas.errors import TableError
from schemas.toml_text import UNSURE, Part, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.profiles import Profile
    from data.profiling import Profiled
    from data.sources import Source
    from schemas.toml_text import Value

OFTEN: Final = 0.5  # different texts a row, at most: where they mostly differ each of them says everything
EDIT: Final = "Edit what is wrong, above all where it is unsure. Bounds are what was found, widened by half its range."


@dataclass(frozen=True)
class Declaration:
    """A table's file as text, and what in it could well be otherwise, each under the name of what it is of."""

    text: str
    unsure: tuple[str, ...]


def infer(source: Source, label: str | None = None) -> Declaration:
    """The declaration of the table that a file holds.

    Args:
        source: The file; it is read twice.
        label: The column that says the class; None for the likeliest.

    Raises:
        SourceError: The file cannot be read.
        TableError: Nothing in it can be a label or a feature.

    """
    found = profile(source)
    if not found.rows:
        message = f"{source}: no table can be inferred; found no row; give a file with rows"
        raise TableError(message)
    chosen = _label(source, found, label)
    copies = told_by(source, found.layout, chosen.profile.place, _comparable(found, chosen.profile))
    roles = find_roles(found, chosen.profile, copies)
    if not roles.features:
        message = f"{source}: no column is left to learn from; found {_left_out(found, chosen)}"
        raise TableError(f"{message}; give a file with measurements, or another --label")
    top, *others = _parts(source, found, chosen, roles, copies)
    doubts = reading_doubts(source, write([top, *others]), chosen.profile)
    parts = [replace(top, unsure=(*doubts, *top.unsure)), *others]
    return Declaration(write(parts), tuple(_unsure(parts)))


def _left_out(found: Profiled, label: Label) -> str:
    others = ", ".join(
        f"{column.name!r:.80} ({column.kind})" for column in found.columns if column is not label.profile
    )
    return f"the label {label.profile.name!r:.80} and beside it {others[:200] or 'nothing'}"


def _label(source: Source, found: Profiled, stated: str | None) -> Label:
    try:
        return find_label(found.columns, stated)
    except TableError as error:
        message = f"{source}: {error}"
        raise TableError(message) from None


def _comparable(found: Profiled, label: Profile) -> list[int]:
    """The columns that may say by themselves what the label says: of few texts, each of which occurs often."""
    return [
        column.place
        for column in found.columns
        if column is not label and 2 <= column.distinct <= MOST_INPUTS and column.variety <= OFTEN  # noqa: PLR2004
    ]


def _parts(source: Source, found: Profiled, label: Label, roles: Roles, copies: Mapping[int, float]) -> Iterator[Part]:
    yield _top(source, found, roles)
    if roles.identifier is not None:
        yield Part("[id]", (("spellings", [roles.identifier.name]),), ("the column that names rows",))
    yield from class_parts(label, named=found.has_names)
    taken = {column.name.casefold() for column in found.columns}
    for column in roles.features:
        part = feature_part(column, taken, copies.get(column.place, 0))
        taken.add(str(part.entries[0][1]).casefold())
        yield part


def _top(source: Source, found: Profiled, roles: Roles) -> Part:
    name = table_name(source.batch)
    read = f"Inferred from {source.file}: {found.rows:,} rows of {len(found.columns):,} columns, {found.layout.why}"
    notes = [read.removesuffix("; nothing is known of its columns")]
    notes += [EDIT]
    named = [(name, "ignored", reason) for name, reason in roles.ignored.items()]
    nameless = [(name, "left out, without a name", reason) for name, reason in roles.nameless.items()]
    notes += [f"{what}: {name}: {why}" for name, what, why in (*named, *nameless) if not why.startswith(UNSURE)]
    lines = f"{counted(found.malformed, 'line')} could not be read as rows, and nothing was inferred from them"
    unread = [lines] if found.malformed else []
    title = re.sub("[_-]", " ", name).capitalize()
    entries: list[tuple[str, Value]] = [("format", 1), ("name", name), ("title", title)]
    entries += [("ignored", [*roles.ignored])] if roles.ignored else []
    return Part("", tuple(entries), tuple(notes), (*unread, *roles.unsure))


def _unsure(parts: list[Part]) -> Iterator[str]:
    for part in parts:
        named = dict(part.entries).get("name", "") if part.header else ""
        of = f"{part.header.strip('[]')} {named}: " if part.header else ""
        yield from (f"{of}{each}" for each in part.unsure)
