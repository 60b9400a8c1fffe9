"""Tables of numbers and categories with missing values: one of penguins, made up, and any at all."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from nn.classifier import Classifier
from nn.columns import Column
from nn.conformal import fit_conformal
from nn.encoding import Encoding
from nn.recipe import RECIPES
from nn.rounding import rounded
from nn.validation import cross_validate

FEATURES = ("bill", "island", "mass", "sex")
CLASSES = ("Adelie", "Chinstrap", "Gentoo")
ISLANDS, SEXES = ("Biscoe", "Dream", "Torgersen"), ("female", "male")
MEASURE = Column(missing=True)
ENCODING = Encoding((MEASURE, Column(ISLANDS, unseen=True), MEASURE, Column(SEXES, missing=True)))
QUICK = replace(RECIPES["default"], epochs=150)


def penguins(count, seed=0, missing=0.05):
    """Raw rows (n, 4) and their class indices (n,)."""
    rng = np.random.default_rng(seed)
    classes = rng.choice(3, count, p=[0.44, 0.2, 0.36])
    bill = rng.normal(np.array([38.8, 48.8, 47.5])[classes], 3)
    mass = rng.normal(np.array([3700, 3730, 5080])[classes], 450)
    island = np.where(classes == 0, rng.choice(3, count, p=[0.3, 0.37, 0.33]), np.where(classes == 1, 1, 0))
    x = np.column_stack([bill, island, mass, rng.integers(0, 2, count)])
    x[:, [0, 2, 3]] = np.where(rng.random((count, 3)) < missing, np.nan, x[:, [0, 2, 3]])
    return x, classes


def trained(x, classes, encoding=ENCODING, recipe=QUICK):
    """What cross-validation says of these rows, and the classifier it makes."""
    validated = cross_validate(x, np.eye(3)[classes], recipe, 0, encoding=encoding, folds=5)
    conformal = fit_conformal(x, classes, validated.held_out, validated.folds, encoding=encoding)
    parts = (FEATURES, CLASSES, validated.standardizer, validated.network, conformal, encoding)
    return validated, rounded(Classifier(*parts))


@cache
def classifier():
    """Of 300 penguins."""
    return trained(*penguins(300))[1]


@st.composite
def encodings(draw):
    """Encodings of up to five columns, of which one at least is not plain."""
    levels = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple)
    number = st.builds(Column, missing=st.booleans())
    category = st.builds(Column, levels, unseen=st.booleans(), missing=st.booleans())
    columns = draw(st.lists(number | category, min_size=1, max_size=4))
    return Encoding((*columns, draw(st.just(MEASURE) | category)))


@st.composite
def encoded(draw, least=1):
    """An encoding and rows (n, d) that it allows."""
    encoding, count = draw(encodings()), draw(st.integers(least, 12))
    return encoding, np.array([draw(_values(column, count)) for column in encoding.columns], dtype=float).T


def _values(column, count):
    none = [np.nan] * column.missing
    levels = st.sampled_from([*range(-column.unseen, len(column.levels)), *none])
    numbers = st.integers(-(10**6), 10**6).map(lambda each: each / 64)
    values = levels if column.levels else st.one_of(numbers, *map(st.just, none))
    return st.lists(values, min_size=count, max_size=count)
