"""Cross-validated accuracy and log loss by the rule, beside scikit-learn's on the same folds of public tables.

python benchmarks/peers.py FOLDER                # all tables, as Markdown; see public_tables.py for what FOLDER holds
python benchmarks/peers.py FOLDER iris penguins
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import sys
import time
import warnings
from unittest.mock import patch

import numpy as np
from public_tables import load
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from nn import validation
from nn.encoding import one_hot
from nn.network import SMALLEST_PROBABILITY
from nn.rule import recipe_for
from nn.validation import cross_validate, make_folds

SEED = 0
FOLDS = {"adult": 5}
REPEATS = {"adult": 2}
SLOW = {("adult", "MLP"): 1, ("digits", "histogram gradient boosting"): 1}  # repeats of what takes minutes each
TABLES = ("wine", "iris", "penguins", "breast_cancer", "digits", "adult")
PEERS = {
    "MLP": lambda hidden, seed: MLPClassifier(hidden, activation="tanh", random_state=seed),
    "MLP, early stopping": lambda hidden, seed: MLPClassifier(
        hidden, activation="tanh", early_stopping=True, random_state=seed
    ),
    "logistic regression": lambda _, __: LogisticRegression(max_iter=1000),
    "histogram gradient boosting": lambda _, seed: HistGradientBoostingClassifier(random_state=seed),
}


def ours(_, table, folds, repeats):
    """(repeats, n, k) by the rule: numbers standardized fold by fold, levels left as they are."""
    recipe = recipe_for("default", table.extent)
    with patch.object(validation, "fit_standardizer", table.standardizer):
        y = one_hot(table.classes, table.extent.classes)
        return cross_validate(table.x, y, recipe, SEED, folds=folds, repeats=repeats).held_out


def theirs(peer, table, folds, repeats):
    """(repeats, n, k) by a peer on the same inputs and folds, which starts each repeat from a seed of its own."""
    hidden = recipe_for("default", table.extent).hidden
    held_out = np.empty((repeats, len(table.x), table.extent.classes))
    for fold in make_folds(table.classes, SEED, folds, repeats):
        standardizer = table.standardizer(table.x[fold.kept])
        z = standardizer.transform(table.x)
        fitted = PEERS[peer](hidden, fold.repeat).fit(z[fold.kept], table.classes[fold.kept])
        held_out[fold.repeat, fold.held] = fitted.predict_proba(z[fold.held])
    return held_out


def line(name, answers, table, folds, repeats):
    """A line of Markdown: means over repeats, the standard deviation between them, and the processor's seconds."""
    start = time.process_time()
    held_out = answers(name, table, folds, repeats)
    spent = time.process_time() - start
    right = (held_out.argmax(axis=2) == table.classes).mean(axis=1)
    likely = held_out[:, np.arange(len(table.x)), table.classes]
    loss = -np.log(np.maximum(likely, SMALLEST_PROBABILITY)).mean(axis=1)
    sd = [f"{each.std(ddof=1):.{digits}}" if repeats > 1 else "-" for each, digits in ((right, "2%"), (loss, "4f"))]
    figures = f"{right.mean():.2%} | {sd[0]} | {loss.mean():.4f} | {sd[1]} | {spent:.0f}"
    print(f"| {table.name} | {name} | {repeats} x {folds} | {figures} |", flush=True)


def main():
    folder, *names = sys.argv[1:]
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("| table | by | folds | accuracy | SD | log loss | SD | CPU s |\n|---|---|---|---|---|---|---|---|")
    for name in names or TABLES:
        table, folds, repeats = load(name, folder), FOLDS.get(name, 10), REPEATS.get(name, 5)
        hidden = ", ".join(map(str, recipe_for("default", table.extent).hidden))
        line(f"**ours** ({hidden})", ours, table, folds, repeats)
        for peer in PEERS:
            line(peer, theirs, table, folds, SLOW.get((name, peer), repeats))


if __name__ == "__main__":
    main()
