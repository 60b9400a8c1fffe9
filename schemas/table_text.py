"""A table's declaration as text, for one that a module makes: what it says in TOML, and where its rules are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.table import FORMAT
from schemas.toml_text import Part, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.feature import Feature
    from schemas.table import Table
    from schemas.toml_text import Value


def text_of(table: Table, rules: str = "") -> str:
    """The declaration of a table in TOML; ``rules`` is the ``module:OBJECT`` that has what needs code."""
    return write(_parts(table, rules))


def _parts(table: Table, rules: str) -> Iterator[Part]:
    shipped = str(table.shipped) if table.shipped else ""
    yield Part("", _said(
        format=FORMAT, name=table.name, title=table.title, row=table.row, shipped=shipped, rules=rules,
        least_accuracy=table.least_accuracy, refuse_suspect=table.refuse_suspect, ignored=table.ignored,
    ))  # fmt: skip
    if table.id_spellings:
        yield Part("[id]", _said(spellings=table.id_spellings))
    yield Part("[label]", _said(name=table.label, common=table.common_label, spellings=table.label_spellings))
    for number, name in sorted(table.classes.items()):
        spellings = table.class_spellings.get(name, ())
        yield Part("[[classes]]", (("id", number), *_said(name=name, spellings=spellings)))
    yield from map(_feature, table.columns)
    for name, columns in table.lookalikes.items():
        yield Part("[[lookalikes]]", _said(name=name, columns=columns))


def _feature(feature: Feature) -> Part:
    bounds = {name: getattr(feature, name) for name in ("minimum", "maximum", "above", "below")}
    said = _said(
        name=feature.name, title=feature.title, description=feature.description, unit=feature.unit or "",
        usual_unit=feature.usual_unit or "", spellings=feature.spellings, levels=feature.levels,
        level_spellings=dict(feature.level_spellings),
    )  # fmt: skip
    stated = tuple((name, bound) for name, bound in bounds.items() if bound is not None)
    policies = {"missing": feature.missing, "unseen": feature.unseen}
    return Part(
        "[[features]]", (*said, *stated, *((name, each) for name, each in policies.items() if each != "reject"))
    )


def _said(**values: Value) -> tuple[tuple[str, Value], ...]:
    """What is said, without what is empty."""
    return tuple((name, value) for name, value in values.items() if value)
