"""Damaged tables: refused in three parts, the second of them naming what the file looks like."""

from __future__ import annotations

import pytest

from data.diagnosis import diagnose
from data.heads import Head


def head_of(numbers):
    return Head(("",) * 13, numbers.astype(str).tolist(), numbers)


QUALITY = ["fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides", "free sulfur dioxide",
           "total sulfur dioxide", "density", "pH", "sulphates", "alcohol", "quality"]  # fmt: skip


DAMAGED = {
    "z-scored": (lambda x: (x - x.mean()) / x.std(), "z-scored"),
    "min-max scaled": (lambda x: (x - x.min()) / (x.max() - x.min()), "scaled to 0 - 1"),
    "min-max scaled about 0": (lambda x: 2 * (x - x.min()) / (x.max() - x.min()) - 1, "scaled to -1 - 1"),
    "16 bits": (lambda x: ((x - x.min()) / (x.max() - x.min()) * 65535).round(), "scaled to 0 - 65535"),
    "x10": (lambda x: x * 10, "decimal points look lost"),
    "x100": (lambda x: x * 100, "decimal points look lost"),
    "one column x10": (lambda x: x.assign(hue=x["hue"] * 100), "decimal points look lost in hue"),
    "leading dots": (lambda x: x.where(x >= 1, 0), "leading-dot decimals"),
    "shifted left": (lambda x: x.set_axis([*x.columns[1:], "more"], axis=1), "one column off"),
    "shifted right": (lambda x: x.set_axis(["more", *x.columns[:-1]], axis=1), "one column off"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_table_is_refused_by_what_it_looks_like(refused, measured, damage):
    change, words = DAMAGED[damage]
    assert words in refused(change(measured).to_csv(index=False))


@pytest.mark.parametrize("damage", [name for name in DAMAGED if "shifted" not in name and name != "leading dots"])
def test_a_damaged_table_without_a_header_is_refused_too(refused, measured, damage):
    change, _ = DAMAGED[damage]
    refused(change(measured).to_csv(index=False, header=False))


def test_wine_quality_is_another_table(refused):
    rows = [",".join(str(cell + row) for cell in range(12)) for row in range(30)]
    assert "wine quality" in refused("\n".join([",".join(QUALITY), *rows]))
    assert "wine quality" in refused("\n".join([";".join(QUALITY), *rows]).replace(",", ";"))


def test_a_table_that_is_merely_odd_is_diagnosed_by_its_worst_column(table, bottles):
    numbers = bottles.drop(columns="cultivar").to_numpy(dtype=float)
    numbers[:40, 6] = -1
    places = {name: at for at, name in enumerate(table.features)}
    assert diagnose(head_of(numbers), places, table) == "flavanoids is outside 0 - 10 in 22% of them"


def test_a_good_table_and_one_of_four_rows_look_like_nothing(table, bottles):
    numbers = bottles.drop(columns="cultivar").to_numpy(dtype=float)
    places = {name: at for at, name in enumerate(table.features)}
    assert diagnose(head_of(numbers), places, table) is None
    assert diagnose(head_of(numbers[:4] * 100), places, table) is None
