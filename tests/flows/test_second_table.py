from __future__ import annotations

from functools import partial

import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_iris

from flows.jobs.picking import Asked
from flows.jobs.review import review
from flows.pages.batch_page import draw_batch
from flows.state.home import Home
from models.errors import ModelError
from models.store import ModelStore
from work import label, train

label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


IRIS = """
format = 1
name = "iris"
row = "flower"
rules = "flower_rules:Iris"

[label]
name = "species"
spellings = ["target"]
"""
IRIS += "".join(
    f"""
[[classes]]
id = {number}
name = "{name}"
"""
    for number, name in enumerate(("setosa", "versicolor", "virginica"))
)
IRIS += "".join(
    f"""
[[features]]
name = "{part}_{side}"
unit = "cm"
spellings = ["{part} {side} (cm)"]
above = 0
maximum = {most}
"""
    for part, side, most in (
        ("sepal", "length", 15), ("sepal", "width", 10), ("petal", "length", 15), ("petal", "width", 10)
    )
)  # fmt: skip
RULES = """
import pandera.pandas as pa


class Iris(pa.DataFrameModel):
    @pa.dataframe_check
    def sepal_is_longest(cls, flowers):
        return flowers["sepal_length"] >= flowers["petal_length"]
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("flowers") / "iris.csv"
    load_iris(as_frame=True).frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose table is declared in it, with rules of a module."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "table.toml").write_text(IRIS)
    (folder / "flower_rules.py").write_text(RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield Home(folder)


@pytest.fixture(scope="module")
def trained(source, home):
    return train(home, source)


@pytest.fixture(scope="module")
def batch(trained, source, home):
    return label_anyway(source, home, ModelStore(home.models).load(trained.version))


def test_a_declared_table_is_trained_on(trained, home):
    assert (trained.rows, trained.promoted) == (150, True)
    assert trained.cv_accuracy > 0.9
    assert ModelStore(home.models).champion() == 1


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
    label_anyway(bad, home)
    assert [tuple(line.values())[1:] for line in pq.read_table(home.rejects("bad")).to_pylist()] == [
        (2, None, "petal_length", "<= 15", "99"),
        (2, None, "petal_width", "> 0", "0"),
        (2, None, None, "sepal_is_longest", ""),
        (3, None, "sepal_width", "not a number", "x"),
    ]


def test_a_rule_across_columns_rejects_the_row_and_names_no_column(trained, source, home, tmp_path):
    bad = tmp_path / "long.csv"
    bad.write_text("\n".join([*source.read_text().splitlines()[:3], "1.4,3.5,5.1,0.2,0", "x,3.5,1.4,0.2,0"]))
    batch = label_anyway(bad, home)
    assert (batch.rows, batch.labelled, batch.rejected) == (4, 2, 2)
    assert [tuple(line.values())[1:] for line in pq.read_table(home.rejects("long")).to_pylist()] == [
        (2, None, None, "sepal_is_longest", ""),
        (3, None, "sepal_length", "not a number", "x"),
    ]
    counted = pq.read_table(home.report("long"), filters=[("metric", "=", "rejected_cells")]).to_pylist()
    assert {(line["label"], line["other"]) for line in counted} >= {(None, "sepal_is_longest")}


def test_its_rows_are_reviewed_and_its_batch_has_a_page(batch, home, tmp_path):
    written = review(home, tmp_path / "sheet.csv", Asked([batch.batch], rows=9, at_random=1))
    header, first, *_ = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (written.rows, "petal_width" in header, first.startswith("iris,")) == (9, True, True)
    page = draw_batch(batch.batch, home).read_text()
    assert page.count('aria-label="petal_length: drift') == 1


def test_its_labels_say_which_table_they_are_of(batch):
    assert pq.read_metadata(batch.labels).metadata[b"wine_labels.table"] == b"iris"


def test_a_version_carries_its_table_and_labels_by_it_whatever_is_declared_since(batch, source, home, tmp_path):
    before = (home.labels(batch.batch).read_bytes(), home.folder.joinpath("table.toml").read_text())
    assert ModelStore(home.models).load().files["table.toml"].decode() == before[1]
    try:
        (home.folder / "table.toml").write_text(before[1].replace("maximum = 15", "maximum = 6"))
        label_anyway(source, home, replace=True)
        assert home.labels(batch.batch).read_bytes() == before[0]
    finally:
        (home.folder / "table.toml").write_text(before[1])


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ('"petal_width"', '"petal_breadth"', "features 'petal_width', declared 'petal_breadth'"),
        ('"virginica"', '"canina"', "classes '2 virginica', declared '2 canina'"),
    ],
)
def test_a_version_of_another_table_is_refused_by_name_of_what_differs(trained, source, home, one, other, words):
    before = home.folder.joinpath("table.toml").read_text()
    version = ModelStore(home.models).load()
    try:
        (home.folder / "table.toml").write_text(before.replace(one, other))
        with pytest.raises(ModelError, match=words):
            label_anyway(source, home, version)
    finally:
        (home.folder / "table.toml").write_text(before)
