from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.results import labels_schema, rejects_schema, reports_schema

TEXT = pa.dictionary(pa.int32(), pa.string())
TIME = pa.timestamp("us", tz="UTC")
LABELS = [
    ("source", TEXT), ("row", pa.int64()), ("id", pa.string()), ("label", TEXT), ("label_id", pa.int32()),
    ("confidence", pa.float32()), ("p_barolo", pa.float32()), ("p_grignolino", pa.float32()),
    ("p_barbera", pa.float32()), ("label_set", TEXT), ("typicality", pa.float32()),
    ("review", pa.bool_()), ("truth", TEXT), ("model_version", pa.int32()),
]  # fmt: skip
REJECTS = [
    ("source", TEXT), ("row", pa.int64()), ("id", pa.string()), ("column", pa.string()), ("rule", pa.string()),
    ("value", pa.string()),
]  # fmt: skip
REPORTS = [
    ("batch", pa.string()), ("model_version", pa.int32()), ("metric", pa.string()), ("label", pa.string()),
    ("other", pa.string()), ("value", pa.float64()), ("count", pa.int64()), ("labelled_at", TIME),
]  # fmt: skip


def kinds(schema):
    return [(field.name, field.type) for field in schema]


def nullable(schema):
    return {field.name for field in schema if field.nullable}


def test_the_labels_are_of_the_types_promised(wine):
    assert kinds(labels_schema(wine)) == LABELS


def test_the_rejects_are_of_the_types_promised():
    assert kinds(rejects_schema()) == REJECTS


def test_the_reports_are_of_the_types_promised():
    assert kinds(reports_schema()) == REPORTS


def test_only_what_an_input_may_lack_is_nullable(wine):
    assert nullable(labels_schema(wine)) == {"id", "truth"}
    assert nullable(rejects_schema()) == {"id", "column"}
    assert nullable(reports_schema()) == {"label", "other", "value"}


@pytest.mark.parametrize("name", ["labels", "rejects", "reports"])
def test_every_column_says_what_it_is(wine, name):
    schema = {"labels": labels_schema(wine), "rejects": rejects_schema(), "reports": reports_schema()}[name]
    assert all(field.metadata[b"description"] for field in schema)
