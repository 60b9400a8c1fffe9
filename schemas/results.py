"""Results: the Arrow schemas of labels, rejects and reports, the contract with everyone who reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from schemas._table import Table

SCHEMA_VERSION: Final = 1
TEXT: Final = pa.dictionary(pa.int32(), pa.string())  # one type in every file: readers of folders trip over two


def _field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": meaning})


def labels_schema(table: Table) -> pa.Schema:
    """One row for each row labelled, in the order of the input."""
    return pa.schema(
        [
            _field("source", TEXT, "name of the input file"),
            _field("row", pa.int64(), "number of the row in the input, the first row of data being 0"),
            _field("id", pa.string(), "the row's id in the input, where it has one", nullable=True),
            _field("label", TEXT, "the class the model says"),
            _field("label_id", pa.int32(), "the id of that class"),
            _field("confidence", pa.float32(), "the probability the model gives to that class"),
            *(_field(f"p_{name}", pa.float32(), f"the probability of {name}") for name in table.class_names),
            _field("label_set", TEXT, "the classes it may be at the model's level of confidence, joined by |"),
            _field("typicality", pa.float32(), "share of rows like the training rows that are at least as unusual"),
            _field("review", pa.bool_(), "whether a person should look: several labels may be, or the row is unusual"),
            _field("truth", TEXT, "the class the input itself says, where it says one", nullable=True),
            _field("model_version", pa.int32(), "the version of the model that said so"),
        ]
    )


def rejects_schema() -> pa.Schema:
    """One row for each row, column and rule that failed."""
    return pa.schema(
        [
            _field("source", TEXT, "name of the input file"),
            _field("row", pa.int64(), "number of the row in the input, the first row of data being 0"),
            _field("id", pa.string(), "the row's id in the input, where it has one", nullable=True),
            _field("column", pa.string(), "the column that failed; null where the whole row did", nullable=True),
            _field("rule", pa.string(), "the rule that was not met"),
            _field("value", pa.string(), "the value as it stood"),
        ]
    )


def reports_schema() -> pa.Schema:
    """One row for each figure of a batch, in long form."""
    return pa.schema(
        [
            _field("batch", pa.string(), "name of the batch"),
            _field("model_version", pa.int32(), "the version of the model that labelled it"),
            _field("metric", pa.string(), "what was counted or measured"),
            _field("label", pa.string(), "the class or column it is about", nullable=True),
            _field("other", pa.string(), "a second class, or a text", nullable=True),
            _field("value", pa.float64(), "the figure; null where there was nothing to judge", nullable=True),
            _field("count", pa.int64(), "how many rows it is drawn from"),
            _field("labelled_at", pa.timestamp("us", tz="UTC"), "when the batch was labelled"),
        ]
    )
