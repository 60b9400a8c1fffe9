"""Held-out accuracy, log loss and calibration beside scikit-learn's on the same folds, and what training costs.

python benchmarks/accuracy.py 10 2   # 10x10 folds, 2 of the 10 repeats for `article` and the MLPs, which are slow
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from nn.encoding import fit_standardizer, one_hot
from nn.network import SMALLEST_PROBABILITY
from nn.recipe import RECIPES
from nn.training import train_network
from nn.validation import cross_validate, stratified_folds

SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"
FOLDS, SEED, BINS = 10, 0, 10
PEERS = {
    "sklearn MLPClassifier (8, 5) tanh": lambda: MLPClassifier(
        (8, 5), activation="tanh", max_iter=1000, random_state=SEED
    ),
    "sklearn MLPClassifier, its defaults": lambda: MLPClassifier(max_iter=1000, random_state=SEED),
    "sklearn SVC rbf, sigmoid-calibrated": lambda: CalibratedClassifierCV(SVC(), ensemble=False),
    "sklearn LogisticRegression": lambda: LogisticRegression(max_iter=1000),
    "sklearn RandomForestClassifier": lambda: RandomForestClassifier(random_state=SEED),
    "sklearn LinearDiscriminantAnalysis": LinearDiscriminantAnalysis,
}


def peer_answers(make, x, classes, repeats):
    """(repeats, n, k), each fold answered by a pipeline fitted on the others: the folds `cross_validate` draws."""
    held_out = np.empty((repeats, len(x), len(np.unique(classes))))
    for repeat in range(repeats):
        fold = stratified_folds(classes, FOLDS, np.random.default_rng((SEED, repeat)))
        for each in range(FOLDS):
            held = fold == each
            fitted = make_pipeline(StandardScaler(), make()).fit(x[~held], classes[~held])
            held_out[repeat, held] = fitted.predict_proba(x[held])
    return held_out


def calibration_error(probabilities, truth):
    """Expected calibration error of the label told, over bins of equal width."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.bincount(place, sure, BINS) - np.bincount(place, right, BINS)
    return np.abs(gaps).sum() / len(truth)


def report(name, held_out, classes):
    by_repeat = (held_out.argmax(axis=2) == classes).mean(axis=1) * 100
    answers, truth = held_out.reshape(-1, held_out.shape[2]), np.tile(classes, len(held_out))
    loss = -np.log(np.maximum(answers[np.arange(len(truth)), truth], SMALLEST_PROBABILITY)).mean()
    spread = by_repeat.std(ddof=1) if len(by_repeat) > 1 else float("nan")
    calibration = calibration_error(answers, truth) * 100
    line = f"{by_repeat.mean():6.2f} %  {spread:5.2f}  {loss:8.4f}  {calibration:5.2f} %"
    print(f"{name:36} {len(held_out):3}x{FOLDS}  {line}", flush=True)


def seconds(call, times):
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main():
    repeats, few = map(int, sys.argv[1:3])
    warnings.simplefilter("ignore", ConvergenceWarning)
    table = np.genfromtxt(SHIPPED, delimiter=",", skip_header=1)
    x, classes = table[:, 1:], table[:, 0].astype(np.intp) - 1
    y = one_hot(classes, 3)
    print(f"{'':36} {'folds':>6}  {'accuracy':>8}  {'SD':>5}  {'log loss':>8}  calibration error")
    for name, count in (("article", few), ("default", repeats)):
        report(name, cross_validate(x, y, RECIPES[name], SEED, folds=FOLDS, repeats=count).held_out, classes)
    for name, make in PEERS.items():
        report(name, peer_answers(make, x, classes, repeats), classes)
    recipe, z = RECIPES["default"], fit_standardizer(x).transform(x)
    mlp = PEERS["sklearn MLPClassifier (8, 5) tanh"]
    print("\nSD is over repeats; median seconds of 3, one thread; the MLP of scikit-learn once:")
    for name, call in {
        "default, 10 folds and the final network": lambda: cross_validate(x, y, recipe, SEED, folds=FOLDS),
        "default, one plain fit": lambda: train_network(z, y, recipe, recipe.random(SEED)),
        "sklearn MLPClassifier (8, 5), 10 folds": lambda: peer_answers(mlp, x, classes, 1),
    }.items():
        print(f"{name:40} {seconds(call, 1 if 'MLP' in name else 3):6.3f} s")


if __name__ == "__main__":
    main()
