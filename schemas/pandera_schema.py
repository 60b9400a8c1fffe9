"""A pandera schema of a table, and a table of a pandera model, for rules that need code."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandera.pandas as pa

from schemas.declaration import check_schema, is_number, levels_of
from schemas.errors import TableError
from schemas.feature import Feature
from schemas.rules import is_bound
from schemas.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BOUNDS = {
    "minimum": ("greater_than_or_equal_to", "min_value"),
    "above": ("greater_than", "min_value"),
    "maximum": ("less_than_or_equal_to", "max_value"),
    "below": ("less_than", "max_value"),
}
"""What a bound of a feature is called in pandera: its check, and the check's statistic."""


@lru_cache(maxsize=8)
def schema_of(table: Table) -> pa.DataFrameSchema:
    """The features of a table as pandera knows them: numbers by their bounds, categories by their levels.

    Beside these stand the checks of its rules; TableError where a rule is about what is no feature.
    """
    rules = table.rules() if table.rules else pa.DataFrameSchema()
    if others := [name for name in rules.columns if name not in table.features]:
        message = (
            f"table {table.name}: rules of what is no feature; found {others[0]!r:.80}; declare it, or remove them"
        )
        raise TableError(message)
    columns = {
        feature.name: _column(feature, [check for check in _checks_of(rules, feature.name) if not is_bound(check)])
        for feature in table.columns
    }
    return pa.DataFrameSchema(columns, checks=rules.checks)


def _checks_of(rules: pa.DataFrameSchema, name: str) -> list[pa.Check]:
    return [*rules.columns[name].checks] if name in rules.columns else []


def _column(feature: Feature, others: Sequence[pa.Check]) -> pa.Column:
    notes: dict[str, Any] = {"title": feature.title, "description": feature.description}
    notes["metadata"] = {"unit": feature.unit}
    nullable = feature.missing != "reject"
    if feature.is_category:
        checks = [] if feature.unseen == "level" else [pa.Check.isin(feature.levels)]
        more = [check for check in others if check.name != "isin"]
        return pa.Column(str, [*checks, *more], nullable=nullable, **notes)
    return pa.Column(float, [*_checks(feature), *others], nullable=nullable, **notes)


def _checks(feature: Feature) -> Iterator[pa.Check]:
    for name, (check, statistic) in BOUNDS.items():
        if (bound := getattr(feature, name)) is not None:
            yield getattr(pa.Check, check)(**{statistic: bound})


def table_of(
    model: type[pa.DataFrameModel], *, name: str, label: str, classes: Mapping[int, str], **more: Any
) -> Table:
    """A table of a pandera model: its columns are the features, its checks are asked of every row.

    ``spellings`` says how people spell the features and the label; the other words are those of a `Table`. TableError
    where the model asks for what a row cannot answer by itself.
    """
    schema, spellings = model.to_schema(), dict(more.pop("spellings", {}))
    columns = tuple(_feature(column, spellings.get(name, ())) for name, column in schema.columns.items())
    check_schema(name, schema, columns)
    return Table(
        name, columns, label, classes, label_spellings=tuple(spellings.get(label, ())), rules=lambda: schema, **more
    )


def _feature(column: pa.Column, spellings: tuple[str, ...]) -> Feature:
    stated = {check.name: check.statistics for check in column.checks if is_bound(check)}
    bounds = {name: stated[check][each] for name, (check, each) in BOUNDS.items() if check in stated}
    levels = () if is_number(column) else levels_of(column)
    lenient = "level" if levels else "mean"
    return Feature(
        name=str(column.name),
        title=column.title or "",
        description=column.description or "",
        unit=(column.metadata or {}).get("unit"),
        spellings=tuple(spellings),
        levels=levels,
        missing=lenient if column.nullable else "reject",  # type: ignore[arg-type]
        **({} if levels else bounds),
    )
