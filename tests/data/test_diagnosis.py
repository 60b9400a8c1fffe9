"""Damaged tables: refused in three parts, the second of them naming what the file looks like."""

from __future__ import annotations

import numpy as np
import pytest

from data.diagnosis import diagnose
from data.heads import Head
from data.sniffing import sniff


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


IN_CELLS = {
    "units": ("alcohol", "{} %", "alcohol holds units beside the numbers, '14.23 %' for one"),
    "units without a blank": ("magnesium", "{}mg/l", "magnesium holds units beside the numbers, '127mg/l' for one"),
    "dates": ("malic_acid", "01. Apr", "malic_acid holds dates where numbers were"),
    "dates with a year": ("malic_acid", "Apr-71", "malic_acid holds dates where numbers were"),
    "whole dates": ("malic_acid", "2024-04-01", "malic_acid holds dates where numbers were"),
    "numbers of days": ("malic_acid", "25934", "malic_acid holds dates where numbers were, as a spreadsheet counts"),
    "words": ("hue", "pale", "hue holds text, 'pale' for one, in 100% of the rows"),
    "nothing": ("ash", "", "ash holds nothing, in 100% of the rows"),
    "marks": ("ash", "NA", "ash holds nothing, in 100% of the rows"),
}  # fmt: skip


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("kind", IN_CELLS)
def test_a_refusal_names_what_stands_in_the_cells(refused, bottles, kind, header):
    name, text, words = IN_CELLS[kind]
    message = refused(bottles.assign(**{name: bottles[name].map(text.format)}).to_csv(index=False, header=header))
    assert words in message
    assert "is outside" not in message


@pytest.mark.parametrize("kind", ["units", "dates", "whole dates", "numbers of days"])
def test_what_stands_in_many_cells_is_a_remark_where_the_table_is_read(text_file, table, bottles, kind):
    name, text, words = IN_CELLS[kind]
    texts = [text.format(cell) if at % 4 == 0 else cell for at, cell in enumerate(bottles[name])]
    (remark,) = sniff(text_file(bottles.assign(**{name: texts}).to_csv(index=False)), table).remarks
    assert words in remark


def test_a_blank_cell_is_not_outside_its_bounds(table, bottles):
    numbers = bottles.drop(columns="cultivar").to_numpy(dtype=float)
    numbers[:80, 6] = np.nan
    places = {name: at for at, name in enumerate(table.features)}
    assert diagnose(head_of(numbers), places, table) is None


CAUSES = {
    "names": (lambda x: x.set_axis([f"{'abcdefghijklm'[at]}x" for at in range(13)], axis=1), "names unknown: no"),
    "values": (lambda x: x.iloc[:, ::-1].set_axis([f"V{at}" for at in range(13)], axis=1), "values implausible"),
    "too few": (lambda x: x.iloc[:, :12].set_axis([f"V{at}" for at in range(12)], axis=1), "12 are too few for 13"),
    "swapped": (lambda x: x.assign(alcohol=x["magnesium"], magnesium=x["alcohol"]), "and magnesium look swapped"),
    "unit": (lambda x: x.assign(proline=x["proline"] / 1000), "another unit than usual, perhaps, in proline"),
    "said unit": (lambda x: x.assign(proline=x["proline"] / 1000).rename(columns={"proline": "Proline (g/l)"}),
                  "says g/l, where mg/l is usual"),
}  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES)
def test_a_refusal_names_the_cause(refused, measured, cause):
    change, words = CAUSES[cause]
    assert words in refused(change(measured).to_csv(index=False))
