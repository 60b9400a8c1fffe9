"""Results: the Arrow schemas of labels, rejects and reports, the contract with everyone who reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from schemas.table import Table

SCHEMA_VERSION: Final = 1
TEXT: Final = pa.dictionary(pa.int32(), pa.string())  # one type in every file: readers of folders trip over two


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
            _field("label_set", TEXT, "the classes it may be at the model's level of confidence, joined by |", first),
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
    return pa.schema(
        [
            _field("batch", pa.string(), "name of the batch", "october"),
            _field("model_version", pa.int32(), "the version of the model that labelled it", "3"),
            _field("metric", pa.string(), "what was counted or measured", "drift"),
            _field("label", pa.string(), "the class or column it is about", "hue", nullable=True),
            _field("other", pa.string(), "a second class, or a text", "small", nullable=True),
            _field("value", pa.float64(), "the figure; null where there was nothing to judge", "0.04", nullable=True),
            _field("count", pa.int64(), "how many rows it is drawn from", "178", "rows"),
            _field(
                "labelled_at", pa.timestamp("us", tz="UTC"), "when the batch was labelled", "2026-11-23 04:30", "UTC"
            ),
        ]
    )
