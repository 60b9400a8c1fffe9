from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.recipe import RECIPES
from nn.rule import MEASURED, Extent, folds_for, recipe_for

LARGEST = Extent(10**9, 10**5, 1000)
EXTENTS = st.builds(Extent, st.integers(4, 10**9), st.integers(1, 10**5), st.integers(2, 1000))
NUMBERS = ("learning_rate", "epochs", "weight_decay", "noise")


def test_the_table_it_was_measured_on_has_the_recipe_as_it_stands():
    assert recipe_for("default", MEASURED) == RECIPES["default"]
    assert folds_for(MEASURED, 48) == (10, 5)


def test_another_recipe_than_the_default_follows_no_table():
    assert recipe_for("article", LARGEST) == RECIPES["article"]


def test_hidden_layers_are_the_mean_of_what_is_below_and_the_classes():
    assert recipe_for("default", Extent(1797, 64, 10)).hidden == (37, 23)
    assert recipe_for("default", Extent(150, 4, 3)).hidden == (8, 5)
    assert recipe_for("default", Extent(2000, 200, 2)).hidden == (64, 33)


@pytest.mark.parametrize(
    ("larger", "number", "factor"),
    [
        (Extent(4 * 178, 13, 3), "epochs", 2),
        (Extent(4 * 178, 13, 3), "weight_decay", 1 / 4),
        (Extent(4 * 178, 13, 3), "noise", 1 / 2),
        (Extent(4 * 178, 13, 12), "noise", 1),
        (Extent(178, 4 * 13, 3), "learning_rate", 1 / 2),
        (Extent(178, 13, 12), "noise", 1),
    ],
)
def test_numbers_follow_rows_and_inputs_by_powers_of_two(larger, number, factor):
    at, base = getattr(recipe_for("default", larger), number), getattr(RECIPES["default"], number)
    assert at == pytest.approx(factor * base, rel=5e-3)


@given(EXTENTS)
def test_a_recipe_of_any_extent_can_be_trained_by(extent):
    recipe = recipe_for("default", extent)
    assert all(5 <= width <= 64 for width in recipe.hidden)
    assert all(type(value) is type(asdict(RECIPES["default"])[name]) for name, value in asdict(recipe).items())
    assert all(getattr(recipe, name) > 0 for name in NUMBERS)
    assert 30 <= -(-recipe.epochs // recipe.log_every) <= 60


@given(EXTENTS)
def test_a_few_rows_more_change_a_recipe_by_little(extent):
    before, after = (recipe_for("default", Extent(rows, extent.inputs, extent.classes)) for rows in (10**5, 101_000))
    for name in NUMBERS:
        assert getattr(after, name) == pytest.approx(getattr(before, name), rel=0.02)


@pytest.mark.parametrize(
    ("extent", "fewest", "expected"),
    [
        (MEASURED, 4, (4, 5)),
        (Extent(2000, 200, 2), 900, (10, 2)),
        (Extent(10**6, 13, 3), 10**5, (5, 1)),
        (Extent(10**6, 13, 3), 2, (2, 1)),
    ],
)
def test_a_larger_table_is_cut_into_fewer_folds_fewer_times(extent, fewest, expected):
    assert folds_for(extent, fewest) == expected
