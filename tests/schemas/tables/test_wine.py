from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import data
from schemas.checking import check_rows
from schemas.pandera_schema import schema_of

PLAUSIBLE = {
    "alcohol": (">=", 5, 25), "malic_acid": (">", 0, 10), "ash": (">=", 0.5, 5), "alcalinity_of_ash": (">=", 5, 50),
    "magnesium": (">=", 30, 300), "total_phenols": (">", 0, 10), "flavanoids": (">", 0, 10),
    "nonflavanoid_phenols": (">", 0, 2), "proanthocyanins": (">", 0, 10), "color_intensity": (">", 0, 20),
    "hue": (">=", 0.1, 3), "od280_od315": (">=", 0.5, 6), "proline": (">=", 50, 3000),
}  # fmt: skip


def test_the_features_stand_in_the_order_of_the_source(wine):
    assert wine.features == tuple(PLAUSIBLE)


def test_the_classes_are_the_three_cultivars(wine):
    assert wine.classes == {1: "barolo", 2: "grignolino", 3: "barbera"}
    assert wine.class_names == ("barolo", "grignolino", "barbera")
    assert wine.class_ids == (1, 2, 3)


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_every_feature_has_a_title_and_a_description(wine, name):
    column = schema_of(wine).columns[name]
    assert column.title
    assert column.description


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_every_feature_says_its_unit_or_that_none_is_documented(wine, name):
    assert "unit" in schema_of(wine).columns[name].metadata


def test_the_bounds_are_the_plausible_ones(wine):
    assert wine.bounds == {name: (lowest, highest) for name, (_, lowest, highest) in PLAUSIBLE.items()}


@pytest.mark.parametrize(("name", "expected"), PLAUSIBLE.items(), ids=PLAUSIBLE)
def test_a_value_on_a_bound_passes_and_the_next_one_does_not(wine, bottles, name, expected):
    sign, lowest, highest = expected
    inside = lowest if sign == ">=" else np.nextafter(lowest, np.inf)
    bottles.loc[:3, name] = [inside, np.nextafter(inside, -np.inf), highest, np.nextafter(highest, np.inf)]
    rejects = check_rows(wine, bottles).rejects[["row", "column", "rule"]]
    assert rejects.to_numpy().tolist() == [[1, name, f"{sign} {lowest}"], [3, name, f"<= {highest}"]]


def test_the_bounds_reject_no_shipped_row(wine):
    frame = pd.read_csv(Path(data.__path__[0]) / "raw" / "wine.csv").astype(float)
    checked = check_rows(wine, frame)
    assert (len(checked.valid), len(checked.rejects)) == (178, 0)


def test_the_shipped_table_holds_the_values_that_scikit_learn_ships(wine, shipped):
    frame = pd.read_csv(Path(data.__path__[0]) / "raw" / "wine.csv")
    np.testing.assert_allclose(frame[list(wine.features)].to_numpy(), shipped.to_numpy(), rtol=0, atol=0.005)


DAMAGE = {
    "shifted by a column": lambda frame: frame.shift(1, axis=1).fillna(1.0),
    "z-scored": lambda frame: (frame - frame.mean()) / frame.std(ddof=0),
    "min-max scaled": lambda frame: (frame - frame.min()) / (frame.max() - frame.min()),
    "without decimal points": lambda frame: frame.map(lambda value: float(f"{value:g}".replace(".", ""))),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_the_bounds_reject_every_row_of_a_damaged_copy(wine, bottles, damage):
    assert len(check_rows(wine, DAMAGE[damage](bottles)).valid) == 0


@pytest.mark.parametrize(
    ("index", "texts"),
    [(0, ["barolo", " Barolo ", "BAROLO", "A", "クラスA"]), (1, ["Grignolino", "b"]), (2, ["Barbera", "C", "クラスC"])],
)
def test_a_class_is_known_by_name_and_spelling(wine, index, texts):
    assert {wine.class_index(text) for text in texts} == {index}


@pytest.mark.parametrize("text", ["", "4", "-1", "1.5", "nebbiolo", "nan", "D"])
def test_what_is_no_class_has_no_place(wine, text):
    assert wine.class_index(text) == -1
