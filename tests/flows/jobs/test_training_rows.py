from __future__ import annotations

import pandas as pd
import pytest

from models.store import ModelStore
from work import LINES, WINE, train, with_cell, write


@pytest.mark.parametrize(("place", "text"), [(5, "x"), (5, ""), (0, "4"), (0, "")])
def test_training_leaves_rows_out_that_do_not_meet_the_table(tmp_path, home, place, text):
    source = write(tmp_path / "wine.csv", *LINES[:100], with_cell(LINES[0], place, text), *LINES[100:])
    assert train(home, source).rows == 178


def test_training_leaves_ragged_lines_out(tmp_path, home):
    assert train(home, write(tmp_path / "wine.csv", *LINES, "1,2,3")).rows == 178


def test_training_leaves_rows_of_a_parquet_file_out_that_carry_no_truth(tmp_path, home):
    frame = pd.read_csv(WINE)
    frame["cultivar"] = frame["cultivar"].astype("Int64").mask(frame.index < 8)
    frame.to_parquet(tmp_path / "wine.parquet", index=False)
    assert train(home, tmp_path / "wine.parquet").rows == 170


def test_a_csv_and_a_parquet_file_of_the_same_rows_train_the_same_network(tmp_path, home, version):
    pd.read_csv(WINE).to_parquet(tmp_path / "wine.parquet", index=False)
    train(home, tmp_path / "wine.parquet")
    network = ModelStore(home.models).load().classifier.network
    assert all((a == b).all() for a, b in zip(network.weights, version.classifier.network.weights, strict=True))
