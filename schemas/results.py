"""Results: the Arrow schemas of what is published, the contract with everyone who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from schemas.label_set import is_escaped, join_names

if TYPE_CHECKING:
    from schemas.feature import Feature
    from schemas.table import Table

SCHEMA_VERSION: Final = 1
TEXT: Final = pa.dictionary(pa.int32(), pa.string())  # one type in every file: readers of folders trip over two
INSTANT: Final = pa.timestamp("us", tz="UTC")


SET: Final = "the classes it may be at the model's level of confidence, joined by |"
ESCAPED: Final = "; a | or \\ within a name has a \\ before it"


def _field(
    name: str, kind: pa.DataType, meaning: str, example: str, unit: str = "", *, nullable: bool = False
) -> pa.Field:
    notes = {"description": meaning, "unit": unit, "example": example}
    return pa.field(name, kind, nullable=nullable, metadata={key: value for key, value in notes.items() if value})


def labels_schema(table: Table) -> pa.Schema:
    """One row for each row labelled, in the order of the input."""
    first, *others = table.class_names
    each = [(first, "0.93"), *((name, "0.04") for name in others)]
    return pa.schema(
        [
            _field("source", TEXT, "name of the input file", "october.csv"),
            _field("row", pa.int64(), "number of the row in the input, the first row of data being 0", "17", "rows"),
            _field("id", pa.string(), "the row's id in the input, where it has one", "B-0017", nullable=True),
            _field("label", TEXT, "the class the model says", first),
            _field("label_id", pa.int32(), "the id of that class", str(next(iter(table.classes)))),
            _field("confidence", pa.float32(), "the probability the model gives to that class", "0.93", "0 to 1"),
            *(_field(f"p_{name}", pa.float32(), f"the probability of {name}", share, "0 to 1") for name, share in each),
            _field("label_set", TEXT, f"{SET}{ESCAPED if is_escaped(table.class_names) else ''}", join_names([first])),
            _field(
                "typicality", pa.float32(), "share of rows like the training rows at least as unusual", "0.61", "0 to 1"
            ),
            _field("review", pa.bool_(), "whether a person should look: several labels, or an unusual row", "false"),
            _field("truth", TEXT, "the class the input itself says, where it says one", first, nullable=True),
            _field("model_version", pa.int32(), "the version of the model that said so", "3"),
        ]
    )


def rejects_schema() -> pa.Schema:
    """One row for each row, column and rule that failed."""
    return pa.schema(
        [
            _field("source", TEXT, "name of the input file", "october.csv"),
            _field("row", pa.int64(), "number of the row in the input, the first row of data being 0", "18", "rows"),
            _field("id", pa.string(), "the row's id in the input, where it has one", "B-0018", nullable=True),
            _field("column", pa.string(), "the column that failed; null where the whole row did", "hue", nullable=True),
            _field("rule", pa.string(), "the rule that was not met", "<= 3"),
            _field("value", pa.string(), "the value as it stood, its first 1,000 characters", "104"),
        ]
    )


def reports_schema() -> pa.Schema:
    """One row for each figure of a batch, in long form."""
    return _figures_schema(_field("labelled_at", INSTANT, "when the batch was labelled", "2026-11-23 04:30", "UTC"))


def judged_schema() -> pa.Schema:
    """One row for each figure of a batch held against its truth, in long form."""
    meaning = "when the newest truth it is drawn from was told, or the batch labelled"
    return _figures_schema(_field("judged_at", INSTANT, meaning, "2026-11-25 04:30", "UTC"))


def truth_schema(table: Table) -> pa.Schema:
    """One row for each row of a batch whose truth a delivery tells."""
    return pa.schema(
        [
            _field("batch", TEXT, "name of the batch", "october"),
            _field("row", pa.int64(), "number of the row in the batch's input", "17", "rows"),
            _field("id", pa.string(), "the row's id in the input, where it has one", "B-0017", nullable=True),
            _field("truth", TEXT, "the class the row is told to be", next(iter(table.class_names))),
            _field("by", pa.string(), "who says so, where the delivery says it", "Anna", nullable=True),
            _field("note", pa.string(), "what else is said of the row", "label torn", nullable=True),
            _field("how", TEXT, "told, reviewed (picked for review) or sampled (drawn at random)", "reviewed"),
            _field("source_sha256", TEXT, "sha256 of the input whose row it is", "9f86d081884c7d65"),
            *(_measurement(feature) for feature in table.columns),
            _field("told_at", INSTANT, "when the delivery was added", "2026-11-25 09:10", "UTC"),
        ]
    )


def _measurement(feature: Feature) -> pa.Field:
    if feature.is_category:
        return _field(feature.name, TEXT, "as the input says; empty for no level", feature.levels[0], nullable=True)
    return _field(feature.name, pa.float64(), "as the input says", "1.5", nullable=True)


def _figures_schema(when: pa.Field) -> pa.Schema:
    return pa.schema(
        [
            _field("batch", pa.string(), "name of the batch", "october"),
            _field("model_version", pa.int32(), "the version of the model that labelled it", "3"),
            _field("metric", pa.string(), "what was counted or measured", "drift"),
            _field("label", pa.string(), "the class or column it is about", "hue", nullable=True),
            _field("other", pa.string(), "a second class, or a text", "small", nullable=True),
            _field("value", pa.float64(), "the figure; null where there was nothing to judge", "0.04", nullable=True),
            _field("count", pa.int64(), "how many rows it is drawn from", "178", "rows"),
            when,
        ]
    )
