"""What label sets and review say, by confidence: sets by threshold, as they were, and by mass, as they are.

python benchmarks/label_sets.py 5   # times that the rows are held out, a tenth at a time
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn.conformal import LEVEL, fit_conformal
from nn.label_sets import ByThreshold
from nn.network import predict_proba
from nn.recipe import RECIPES
from nn.validation import cross_validate, make_folds

TABLE = np.genfromtxt(Path(__file__).parent.parent / "data" / "raw" / "wine.csv", delimiter=",", skip_header=1)
X, CLASSES = TABLE[:, 1:], TABLE[:, 0].astype(np.intp) - 1
EDGES = (0, 0.6, 0.8, 0.95, 0.99, 1.01)
NOISE, COPIES = 0.8, 562
FOLDS, REPEATS = 10, 5


@dataclass(frozen=True)
class Fitted:
    """A version of rows x (n, d), as `wine-labels train` makes it, and the threshold it would have had."""

    validated: object
    conformal: object
    threshold: ByThreshold

    @classmethod
    def on(cls, x, classes, seed=0):
        """The version of these rows."""
        validated = cross_validate(x, np.eye(3)[classes], RECIPES["default"], seed, folds=FOLDS, repeats=REPEATS)
        scores = np.sort(1 - validated.held_out[:, np.arange(len(x)), classes].ravel())
        rank = int(np.ceil((len(x) + 1) * LEVEL)) * REPEATS
        conformal = fit_conformal(x, classes, validated.held_out, validated.folds)
        return cls(validated, conformal, ByThreshold(scores[rank - 1]))

    def judged(self, x, classes):
        """Confidence, right, and before and after: set size, whether it holds the truth, review; (n, 8)."""
        answers = predict_proba(self.validated.network, self.validated.standardizer.transform(x))
        unusual = self.conformal.typicality(x) <= self.conformal.alarm
        columns = [answers.max(axis=1), answers.argmax(axis=1) == classes]
        for sets in (self.threshold(answers), self.conformal.label_sets(answers)):
            size = sets.sum(axis=1)
            columns += [size, sets[np.arange(len(x)), classes], (size > 1) | unusual]
        return np.stack(columns, axis=1).astype(float)


def noisy(x, seed):
    return x + np.random.default_rng(seed).normal(scale=NOISE, size=x.shape) * X.std(axis=0)


def held_out(x, times):
    parts = [
        Fitted.on(x[fold.kept], CLASSES[fold.kept], fold.repeat).judged(x[fold.held], CLASSES[fold.held])
        for fold in make_folds(CLASSES, 0, FOLDS, times)
    ]
    return np.concatenate(parts)


def table(name, judged):
    print(f"\n**{name}**, {len(judged):,} rows\n")
    print("| confidence | rows | right | labels in the set | truth in the set | to review |")
    print("|---|---|---|---|---|---|")
    bins = [*zip(EDGES, EDGES[1:], strict=False), (0, EDGES[-1])]
    for low, high in bins:
        some = judged[(judged[:, 0] >= low) & (judged[:, 0] < high)]
        title = "all" if (low, high) == bins[-1] else f"{low:g} - {min(high, 1):g}"
        share = len(some) / len(judged)
        if not len(some):
            print(f"| {title} | {share:.1%} | - | - | - | - |")
            continue
        _, right, size, holds, look, size_now, holds_now, look_now = some.mean(axis=0)
        print(
            f"| {title} | {share:.1%} | {right:.1%} | {size:.2f} → {size_now:.2f} "
            f"| {holds:.1%} → {holds_now:.1%} | {look:.1%} → {look_now:.1%} |"
        )


def main():
    times = int(sys.argv[1])
    shipped = Fitted.on(X, CLASSES)
    rows = np.tile(np.arange(len(X)), COPIES)
    table("The shipped table, held out", held_out(X, times))
    table(
        f"Copies with noise of {NOISE} SD, labelled by the shipped table's version",
        shipped.judged(noisy(X[rows], 1), CLASSES[rows]),
    )
    table(
        f"A copy with noise of {NOISE} SD, held out: trained on rows like it",
        np.concatenate([held_out(noisy(X, seed), 1) for seed in range(times)]),
    )
    print(f"\nmass {shipped.conformal.sets.mass:.4f}, threshold {shipped.threshold.threshold:.4f}")


if __name__ == "__main__":
    main()
