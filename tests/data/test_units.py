from __future__ import annotations

import pytest

from data.units import same_scale, split_unit, sure_unit


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Alcohol (% vol)", ("Alcohol", "% vol")), ("Alcohol [vol %]", ("Alcohol", "vol %")), ("Hue (-)", ("Hue", "-")),
        ("Alcohol, % vol.", ("Alcohol", "% vol.")), ("alcohol_pct", ("alcohol", "pct")), ("Alcohol%", ("Alcohol", "%")),
        ("proline_mg_l", ("proline", "mg_l")), ("Mg (mg/l)", ("Mg", "mg/l")), ("Prolin in mg/l", ("Prolin", "mg/l")),
        ("Phenols (mg GAE/l)", ("Phenols", "mg GAE/l")), ("Ash (mg/100 ml)", ("Ash", "mg/100 ml")),
    ],
)  # fmt: skip
def test_a_name_is_parted_from_its_unit(name, parts):
    assert split_unit(name) == parts


@pytest.mark.parametrize("name", ["Mg", "mg/l", "od280/od315", "Phenols (total)", "hue", "", "%", "Color", "class"])
def test_a_name_without_a_unit_is_whole(name):
    assert split_unit(name) == (name, "")


@pytest.mark.parametrize(
    ("unit", "usual", "same"),
    [
        ("mg/l", "mg/l", True), ("g/l", "mg/l", False), ("mg L⁻¹", "mg/l", True), ("ppm", "mg/l", True),
        ("mg/100ml", "mg/dl", True), ("g/hl", "mg/l", False), ("mg/ml", "g/l", True), ("μg/ml", "mg/l", True),
        ("mmol/l", "mg/l", False), ("mval/l", "meq/l", True), ("vol %", "% vol", True), ("‰", "%", False),
        ("g/l", "% vol", False), ("AU", "mg/l", True), ("mg", "mg/l", True),
    ],
)  # fmt: skip
def test_two_units_are_of_one_scale_or_not(unit, usual, same):
    assert same_scale(unit, usual) is same


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("length (g)", "g"), ("depth [m]", "m"), ("bill_length_mm", "mm"), ("width cm", "cm"), ("mass_kg", "kg"),
        ("alcohol_pct", "pct"), ("Alcohol%", "%"), ("proline_mg_l", "mg_l"), ("reading_m", ""), ("body_mass_g", ""),
        ("x m", ""), ("traded_vol", ""), ("bureau_au", ""), ("Mg", ""),
    ],
)  # fmt: skip
def test_a_unit_is_sure_in_brackets_or_where_its_letters_are_nothing_else(name, unit):
    assert sure_unit(name) == unit
