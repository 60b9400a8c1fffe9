from __future__ import annotations

import importlib
import sys
from functools import partial

import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_iris

import schemas.tables
from flows.jobs.picking import Asked
from flows.jobs.review import review
from flows.pages.batch_page import draw_batch
from flows.state.home import Home
from models.store import ModelStore
from schemas.table import get_table
from work import label, train

label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


IRIS = '''
"""The iris table: four measurements of one flower, in centimetres, and its species."""

from __future__ import annotations

import pandera.pandas as pa

from schemas.table import Table


class Iris(pa.DataFrameModel):
    sepal_length: float = pa.Field(gt=0, le=15, title="Sepal length", description="length of a sepal")
    sepal_width: float = pa.Field(gt=0, le=10, title="Sepal width", description="width of a sepal")
    petal_length: float = pa.Field(gt=0, le=15, title="Petal length", description="length of a petal")
    petal_width: float = pa.Field(gt=0, le=10, title="Petal width", description="width of a petal")

    @pa.dataframe_check
    def sepal_is_longest(cls, flowers):
        return flowers["sepal_length"] >= flowers["petal_length"]


TABLE = Table(
    name="iris",
    model=Iris,
    label="species",
    classes={0: "setosa", 1: "versicolor", 2: "virginica"},
    spellings={
        "sepal_length": ("sepal length (cm)",),
        "sepal_width": ("sepal width (cm)",),
        "petal_length": ("petal length (cm)",),
        "petal_width": ("petal width (cm)",),
        "species": ("target",),
    },
)
'''
# The same table but for the order of its columns: petals first.
SWAPPED = IRIS.replace("sepal", "\0").replace("petal", "sepal").replace("\0", "petal").replace('"iris"', '"swapped"')


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """One new file is all it takes."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "iris.py").write_text(IRIS)
    (folder / "swapped.py").write_text(SWAPPED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schemas.tables, "__path__", [*schemas.tables.__path__, str(folder)])
        importlib.invalidate_caches()
        yield get_table("iris")
        for name in {"iris", "swapped"} & vars(schemas.tables).keys():
            del sys.modules[f"schemas.tables.{name}"], vars(schemas.tables)[name]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("flowers") / "iris.csv"
    load_iris(as_frame=True).frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def trained(declared, source, home):
    return train(home, source, table="iris")


@pytest.fixture(scope="module")
def batch(trained, source, home):
    version = ModelStore(home.models("iris")).load(trained.version)
    return label_anyway(source, home, version, table="iris")


def test_a_declared_table_is_trained_on(trained, home):
    assert (trained.rows, trained.promoted) == (150, True)
    assert trained.cv_accuracy > 0.9
    assert ModelStore(home.models("iris")).champion() == 1


def test_its_versions_stand_apart_from_those_of_wine(trained, home):
    assert ModelStore(home.models("wine")).versions() == []


def test_its_rows_are_labelled_and_judged(batch):
    assert (batch.status, batch.rows, batch.labelled, batch.rejected) == ("labelled", 150, 150, 0)
    assert batch.truth == {"0": 50, "1": 50, "2": 50}
    assert batch.accuracy > 0.95


def test_its_labels_have_the_columns_of_its_classes(batch):
    labels = pq.read_table(batch.labels)
    assert [name for name in labels.column_names if name.startswith("p_")] == [
        "p_setosa",
        "p_versicolor",
        "p_virginica",
    ]
    assert set(labels["label"].to_pylist()) == {"setosa", "versicolor", "virginica"}
    assert set(labels["label_id"].to_pylist()) == {0, 1, 2}


def test_its_rejects_speak_of_its_own_columns_and_bounds(trained, source, home, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*source.read_text().splitlines()[:3], "5.1,3.5,99,0,0", "5.1,x,1.4,0.2,0"]))
    version = ModelStore(home.models("iris")).load()
    label_anyway(bad, home, version, table="iris")
    assert [tuple(line.values())[1:] for line in pq.read_table(home.rejects("bad")).to_pylist()] == [
        (2, None, "petal_length", "<= 15", "99"),
        (2, None, "petal_width", "> 0", "0"),
        (2, None, None, "sepal_is_longest", ""),
        (3, None, "sepal_width", "not a number", "x"),
    ]


def test_a_rule_across_columns_rejects_the_row_and_names_no_column(trained, source, home, tmp_path):
    bad = tmp_path / "long.csv"
    bad.write_text("\n".join([*source.read_text().splitlines()[:3], "1.4,3.5,5.1,0.2,0", "x,3.5,1.4,0.2,0"]))
    batch = label_anyway(bad, home, ModelStore(home.models("iris")).load(), table="iris")
    assert (batch.rows, batch.labelled, batch.rejected) == (4, 2, 2)
    assert [tuple(line.values())[1:] for line in pq.read_table(home.rejects("long")).to_pylist()] == [
        (2, None, None, "sepal_is_longest", ""),
        (3, None, "sepal_length", "not a number", "x"),
    ]
    counted = pq.read_table(home.report("long"), filters=[("metric", "=", "rejected_cells")]).to_pylist()
    assert {(line["label"], line["other"]) for line in counted} >= {(None, "sepal_is_longest")}


def test_its_rows_are_reviewed_and_its_batch_has_a_page(batch, home, tmp_path):
    written = review(home, tmp_path / "sheet.csv", Asked([batch.batch], table="iris", rows=9, at_random=1))
    header, first, *_ = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (written.rows, "petal_width" in header, first.startswith("iris,")) == (9, True, True)
    page = draw_batch(batch.batch, home).read_text()
    assert page.count('aria-label="petal_length: drift') == 1


def test_its_labels_say_which_table_they_are_of(batch):
    assert pq.read_metadata(batch.labels).metadata[b"wine_labels.table"] == b"iris"


@pytest.mark.parametrize("table", ["wine", "swapped"])
def test_a_version_is_not_put_to_rows_of_another_table(declared, trained, source, home, table, tmp_path):
    other = get_table(table)
    middle = ",".join(str(sum(bounds) / 2) for bounds in other.bounds.values())
    (tmp_path / "a.csv").write_text(",".join(other.features) + f"\n{middle}\n")
    with pytest.raises(ValueError, match="features"):
        label_anyway(tmp_path / "a.csv", home, ModelStore(home.models("iris")).load(), table=table)
    assert not home.labels("a").exists()
