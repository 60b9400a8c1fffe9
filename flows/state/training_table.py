"""The training table: the rows a version was trained on, as they are kept with it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import damaged

if TYPE_CHECKING:
    from models.store import Version

FILE: Final = "training.parquet"
CLASS: Final = "class_index"


def training_table(version: Version) -> pa.Table:
    """The features of a version in order, and the class index of each row; its hash was checked when it was loaded.

    ModelError where it is not that table.
    """
    classifier = version.classifier
    expected = pa.schema([*((name, pa.float64()) for name in classifier.features), (CLASS, pa.int32())])
    if FILE not in version.files:
        raise damaged(f"version {version.number}: {FILE} is missing; found {', '.join(version.files) or 'no file'}")
    try:
        table = pq.read_table(io.BytesIO(version.files[FILE]))
    except (pa.ArrowException, OSError, ValueError) as error:
        found = " ".join(str(error).split())[:160]
        raise damaged(f"version {version.number}: {FILE} cannot be read; found {found}") from error
    if not table.schema.equals(expected) or not table.num_rows:
        raise damaged(f"version {version.number}: {FILE} is not of its features; found {_shown(table)}")
    classes = set(table[CLASS].unique().to_pylist())
    if not classes <= {*range(len(classifier.classes))} or any(column.null_count for column in table.columns):
        raise damaged(f"version {version.number}: {FILE} has rows without a class or value; found {classes!s:.80}")
    return table


def _shown(table: pa.Table) -> str:
    return f"{table.num_rows} rows of {', '.join(table.column_names)}"[:160]
