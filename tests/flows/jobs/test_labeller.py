from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.state.home import Home
from models.errors import ModelError
from work import FEATURES, HEADER, LINES, TABLE, WINE, cells, label, with_cell, write

label_anyway = partial(label, max_rejects=1)  # what is tried here are files of few rows, most of them bad


JUNK = ["", "x", "1.5x", "1,5", "inf", "-inf", "NaN", "-1", "1e9", "\uff11\uff12", "0x10", '"']


def test_a_label_is_the_likeliest_class(home, version):
    label_anyway(WINE, home, version)
    for line in pq.read_table(home.labels("wine")).to_pylist():
        shares = [line[f"p_{name}"] for name in TABLE.class_names]
        assert line["confidence"] == max(shares) == line[f"p_{line['label']}"]
        assert TABLE.classes[line["label_id"]] == line["label"]
        assert sum(shares) == pytest.approx(1, abs=1e-6)


def test_the_labels_are_those_the_classifier_gives(home, version):
    label_anyway(WINE, home, version)
    shares = version.classifier.predict_proba(pd.read_csv(WINE)[list(FEATURES)].to_numpy(dtype=float))
    found = pq.read_table(home.labels("wine")).select([f"p_{name}" for name in TABLE.class_names]).to_pandas()
    assert (found.to_numpy() == shares.astype("float32")).all()


def test_ids_are_carried_into_labels_and_rejects(tmp_path, home, version):
    lines = [f"b{row},{line}" for row, line in enumerate([LINES[0], with_cell(LINES[1], 5, "x"), LINES[2]])]
    label_anyway(write(tmp_path / "a.csv", *lines, header=f"id,{HEADER}"), home, version)
    assert cells(home.labels("a"), "row", "id") == [(0, "b0"), (2, "b2")]
    assert cells(home.rejects("a"), "row", "id") == [(1, "b1")]


def test_what_was_turned_away_is_told_with_row_column_rule_and_text(tmp_path, home, version):
    lines = [with_cell(LINES[0], 5, "1.5x"), LINES[1], "1,2,3", with_cell(with_cell(LINES[2], 1, "99"), 13, "")]
    label_anyway(write(tmp_path / "a.csv", *lines), home, version)
    assert cells(home.rejects("a"), "source", "row", "column", "rule", "value") == [
        ("a.csv", 0, "magnesium", "not a number", "1.5x"),
        ("a.csv", 2, None, ANY, "1,2,3"),
        ("a.csv", 3, "alcohol", "<= 25", "99"),
        ("a.csv", 3, "proline", "missing", ""),
    ]


def test_without_truth_nothing_is_judged(tmp_path, home, version):
    unlabelled = [line.partition(",")[2] for line in LINES]
    batch = label_anyway(write(tmp_path / "a.csv", *unlabelled, header=HEADER.partition(",")[2]), home, version)
    assert (batch.labelled, batch.truth, batch.accuracy) == (178, None, None)
    assert pq.read_table(home.labels("a"))["truth"].null_count == 178


def test_a_truth_that_is_no_class_is_null_and_told_in_the_report(tmp_path, home, version):
    lines = [with_cell(LINES[0], 0, "9"), with_cell(LINES[1], 0, "A"), *LINES[2:]]
    batch = label_anyway(write(tmp_path / "a.csv", *lines), home, version)
    assert cells(home.labels("a"), "truth")[:3] == [(None,), ("barolo",), ("barolo",)]
    assert ("unknown_truth", "9", 1) in cells(home.report("a"), "metric", "other", "value")
    assert batch.truth == {"1": 58, "2": 71, "3": 48}


@pytest.mark.parametrize("rows", [3, 1000])
def test_a_row_whose_truth_is_another_word_is_rejected_with_it(tmp_path, home, version, rows):
    lines = [f"{at},{line}" for at, line in enumerate([*LINES, with_cell(LINES[0], 0, "Average"), LINES[1]])]
    batch = label_anyway(write(tmp_path / "a.csv", *lines, header=f"id,{HEADER}"), home, version, chunk_rows=rows)
    assert (batch.rows, batch.labelled, batch.rejected) == (180, 179, 1)
    assert cells(home.rejects("a"), "row", "id", "column", "rule", "value") == [
        (178, "178", "cultivar", "truth: not a class", "Average")
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_truth_that_is_not_there_is_null_and_no_unknown_class(tmp_path, home, version, kind):
    frame = pd.read_csv(WINE).astype({"cultivar": "Int64"})
    frame.loc[3, "cultivar"] = None
    (frame.to_csv if kind == "csv" else frame.to_parquet)(tmp_path / f"a.{kind}", index=False)
    label_anyway(tmp_path / f"a.{kind}", home, version)
    assert pq.read_table(home.labels("a"))["truth"].null_count == 1
    assert "unknown_truth" not in {metric for (metric,) in cells(home.report("a"), "metric")}


@settings(max_examples=12, deadline=None)
@given(
    damaged=st.dictionaries(
        st.tuples(st.integers(0, 29), st.sampled_from(FEATURES)), st.sampled_from(JUNK), max_size=8
    ),
    ragged=st.sets(st.integers(0, 29), max_size=3),
    rows=st.sampled_from([3, 10, 1000]),
)
def test_every_row_is_labelled_or_rejected_with_each_cell_that_failed(tmp_path_factory, version, damaged, ragged, rows):
    folder = tmp_path_factory.mktemp("damaged")
    lines = LINES[:30]
    for (row, name), text in damaged.items():
        lines[row] = with_cell(lines[row], 1 + FEATURES.index(name), text)
    for row in ragged:
        lines[row] = "1,2,3"
    due = {(row, name, text) for (row, name), text in damaged.items() if row not in ragged}
    due |= {(row, None, "1,2,3") for row in ragged}
    batch = label_anyway(write(folder / "a.csv", *lines), Home(folder), version, chunk_rows=rows)
    turned_away = {row for row, _, _ in due}
    assert set(cells(folder / "data" / "rejects" / "a.parquet", "row", "column", "value")) == due
    assert (batch.rows, batch.labelled, batch.rejected) == (30, 30 - len(turned_away), len(turned_away))
    labelled = [row for (row,) in cells(folder / "data" / "labels" / "a.parquet", "row")]
    assert labelled == [row for row in range(30) if row not in turned_away]


def test_a_bottle_among_others_is_labelled_as_it_is_alone_but_for_its_place(tmp_path, home, version):
    label_anyway(WINE, home, version)
    label_anyway(write(tmp_path / "one.csv", LINES[100]), home, version)
    [alone] = cells(home.labels("one"), "label", "p_grignolino")
    label, share = cells(home.labels("wine"), "label", "p_grignolino")[100]
    assert alone == (label, pytest.approx(share, rel=1e-6))


@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(14)))
def test_columns_in_any_order_get_the_same_labels(tmp_path_factory, cellar, version, order):
    folder = tmp_path_factory.mktemp("permuted")
    permuted = [",".join(line.split(",")[place] for place in order) for line in (HEADER, *LINES)]
    label_anyway(write(folder / "wine.csv", *permuted[1:], header=permuted[0]), Home(folder), version)
    label_anyway(WINE, cellar, version)
    found = pq.read_table(Home(folder).labels("wine"))
    assert found.equals(pq.read_table(cellar.labels("wine")), check_metadata=False)


def test_csv_and_parquet_get_the_same_labels(tmp_path, home, version):
    pd.read_csv(WINE).to_parquet(tmp_path / "p.parquet", index=False)
    label_anyway(tmp_path / "p.parquet", home, version)
    label_anyway(WINE, home, version)
    tables = [pq.read_table(home.labels(batch)).drop_columns("source") for batch in ("p", "wine")]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("weight", "finding"),
    [(float("nan"), "p_*: expected a sum of 1"), (float("inf"), "p_*: expected a sum of 1")],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_answers_that_break_the_contract_are_never_published(home, version, weight, finding):
    network = version.classifier.network
    weights = (*network.weights[:-1], np.full_like(network.weights[-1], weight))
    broken = replace(version.classifier, network=replace(network, weights=weights))
    with pytest.raises(ModelError, match=rf"^version {version.number} breaks the contract; {re.escape(finding)}"):
        label_anyway(WINE, home, replace(version, classifier=broken))
    assert not home.labels("wine").exists()


def test_a_long_cell_is_shortened_where_it_is_kept(tmp_path, home, version):
    label_anyway(write(tmp_path / "a.csv", with_cell(LINES[0], 5, "x" * 5000), *LINES[1:20]), home, version)
    assert cells(home.rejects("a"), "value") == [("x" * 1000 + "…",)]
