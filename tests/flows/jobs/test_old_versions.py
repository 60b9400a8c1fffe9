"""Versions that earlier releases saved: they load and label as they did."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from work import HEADER, WINE, champion, label, train, write

FORMAT_1 = Path(__file__).parents[2] / "golden" / "format_1"
EXACT = ["row", "label", "label_id", "label_set", "review", "truth", "model_version"]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Bottles mixed of two, many of them doubtful."""
    table = np.genfromtxt(WINE, delimiter=",", skip_header=1)
    rows = np.concatenate([(1 - share) * table + share * table[::-1] for share in (0.4, 0.5)])
    lines = [",".join(map(repr, row[1:].tolist())) for row in rows]
    return write(tmp_path_factory.mktemp("mixed") / "mixed.csv", *lines, header=HEADER.partition(",")[2])


@pytest.fixture
def old(home):
    """A home with a version that was saved when label sets were by threshold."""
    folder = home.models
    shutil.copytree(FORMAT_1 / "version", folder / "0001")
    (folder / "champion").write_text("1\n")
    return home


def test_an_old_version_labels_as_it_did(old, mixed):
    label(mixed, old, accept_suspect=True)
    found, expected = (pq.read_table(path) for path in (old.labels("mixed"), FORMAT_1 / "labels.parquet"))
    assert found.schema.equals(expected.schema, check_metadata=True)
    assert found.select(EXACT) == expected.select(EXACT)
    for name in ("confidence", "typicality", "p_barolo", "p_grignolino", "p_barbera"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5, atol=1e-7)


def test_a_version_trained_now_beside_an_old_one_gives_doubtful_rows_several_labels(old, mixed):
    train(old, again=True)
    label(mixed, old, champion(old.folder), accept_suspect=True)
    rows = pq.read_table(old.labels("mixed")).to_pylist()
    assert {row["model_version"] for row in rows} == {2}
    assert all("|" in row["label_set"] and row["review"] for row in rows if row["confidence"] < 0.9)
    assert any("|" in row["label_set"] for row in rows)
