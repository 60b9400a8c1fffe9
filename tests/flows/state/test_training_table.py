import io
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.jobs.training_rows import write_rows
from flows.state.home import Home
from flows.state.training_table import FILE, training_table
from models.errors import ModelError
from models.store import ModelStore
from schemas.tables import get_table

FEATURES = get_table("wine").features


@pytest.fixture(scope="module")
def version(trained_home):
    return ModelStore(Home.at(trained_home).models).load()


def parquet(table):
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()


def rows(classes=(0, 1, 2), features=FEATURES):
    return write_rows(features, np.ones((len(classes), len(features))), np.array(classes))


def test_the_table_has_the_features_in_order_and_the_classes(version):
    table = training_table(version)
    assert table.column_names == [*FEATURES, "class_index"]
    assert table.num_rows == 178


SPOILED = {
    "no Parquet": (b"x" * 100, "cannot be read; found "),
    "cut off": (rows()[:-20], "cannot be read; found "),
    "a page spoiled": (rows()[:8] + bytes(60) + rows()[68:], "cannot be read; found |is not of its features|without a"),
    "no rows": (rows(()), "is not of its features; found 0 rows of "),
    "other names": (rows(features=FEATURES[::-1]), "is not of its features; found 3 rows of proline"),
    "no class": (rows((0, 3)), "has rows without a class or value; found {0, 3}"),
    "other types": (parquet(pa.table({name: ["x"] for name in FEATURES})), "is not of its features; found 1 rows of "),
}


@pytest.mark.parametrize(("content", "words"), SPOILED.values(), ids=SPOILED)
def test_any_other_file_is_a_refusal_in_a_line(version, content, words):
    with pytest.raises(ModelError, match=f"^version 1: {FILE} ({words})") as caught:
        training_table(replace(version, files={FILE: content}))
    assert "\n" not in str(caught.value)


def test_a_version_without_it_is_a_refusal_in_a_line(version):
    with pytest.raises(ModelError, match=f"^version 1: {FILE} is missing; found no file; the version is damaged"):
        training_table(replace(version, files={}))
