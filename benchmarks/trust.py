"""How far label sets and typicality keep what they promise: simulated splits, strangers, swaps and noise.

python benchmarks/trust.py 1000
"""

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from nn.conformal import LEVEL, fit_conformal
from nn.network import predict_proba
from nn.recipe import RECIPES
from nn.validation import cross_validate
from schemas.tables import get_table

TABLE = np.genfromtxt(Path(__file__).parent.parent / "data" / "raw" / "wine.csv", delimiter=",", skip_header=1)
X, CLASSES = TABLE[:, 1:], TABLE[:, 0].astype(int) - 1


def fit(x, classes, seed):
    validated = cross_validate(x, np.eye(classes.max() + 1)[classes], RECIPES["default"], seed)
    return validated, fit_conformal(x, classes, validated.held_out, validated.folds)


def reviewed(validated, conformal, x):
    sets = conformal.label_sets(predict_proba(validated.network, validated.standardizer.transform(x)))
    unusual = conformal.typicality(x) <= conformal.alarm
    return sets, unusual, (sets.sum(axis=1) > 1) | unusual


def splits(count):
    covered = unusual = review = rows = 0
    for seed in range(count):
        order = np.random.default_rng(seed).permutation(len(X))
        kept, held = order[:128], order[128:]
        sets, odd, look = reviewed(*fit(X[kept], CLASSES[kept], seed), X[held])
        covered += sets[np.arange(len(held)), CLASSES[held]].sum()
        unusual, review, rows = unusual + odd.sum(), review + look.sum(), rows + len(held)
    band = binom.ppf([0.005, 0.995], rows, LEVEL) / rows
    print(
        f"{count} splits of 128 and 50 rows: the set holds the truth in {covered / rows:.2%} "
        f"({LEVEL:.0%}: {band.round(4)}),"
    )
    print(f"  unusual {unusual / rows:.2%}, to review {review / rows:.2%} of rows like those in training")


def strangers():
    for left_out, name in enumerate(get_table("wine").class_names):
        known = left_out != CLASSES
        fitted = fit(X[known], np.unique(CLASSES[known], return_inverse=True)[1], 0)
        print(f"trained without {name}: {reviewed(*fitted, X[~known])[2].mean():.0%} of its bottles to review")


def swaps_and_noise():
    fitted, bounds = fit(X, CLASSES, 0), np.array(list(get_table("wine").bounds.values()))
    shares = []
    for pair in combinations(range(X.shape[1]), 2):
        x = X.copy()
        x[:, pair] = x[:, pair[::-1]]
        inside = ((x >= bounds[:, 0]) & (x <= bounds[:, 1])).all(axis=1)
        if inside.mean() > 0.9:
            shares.append(reviewed(*fitted, x[inside])[2].mean())
    low, middle, high = np.quantile(shares, [0, 0.5, 1])
    print(f"two columns swapped within the bounds, {len(shares)} pairs: {low:.0%} - {high:.0%}, median {middle:.0%}")
    noisy = X * (1 + np.random.default_rng(0).normal(0, 0.1, X.shape))
    print(f"10 % noise on every cell: {reviewed(*fitted, noisy)[2].mean():.0%} to review")


if __name__ == "__main__":
    with threadpool_limits(1):
        strangers()
        swaps_and_noise()
        splits(int(sys.argv[1]))
