"""What training costs beside others, one thread: prints JSON, microseconds or seconds by name, each in turn.

Processor time, so that others on the machine count little. What is promised of it goes to stderr, as ratios.

python benchmarks/fitting.py 3
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import importlib.util
import json
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from nn.batches import Member
from nn.encoding import Standardizer, fit_standardizer, one_hot
from nn.network import init_network
from nn.recipe import RECIPES
from nn.training import train_network, train_stack

SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"
ARTICLE = RECIPES["article"]
EPOCHS, STACK, MANY = 2000, 10, 1_000_000
PROMISED = [
    ("ours", "the article's loop"),
    ("ours, a stack of 10, each network", "ours"),
    ("ours, 1,000,000 rows", "its matrix products alone"),
]


def softmax(z):
    exp_scores = np.exp(z)
    return exp_scores / np.sum(exp_scores, axis=1, keepdims=True)


def article(x, y, epochs):
    """The loop as the article writes it, losses every hundredth epoch: the parameters in the end."""
    start = init_network((13, 5, 5, 3), ARTICLE.random(0), "article")
    (w1, w2, w3), (b1, b2, b3) = start.weights, start.biases
    for epoch in range(epochs):
        a1 = np.tanh(x.dot(w1) + b1)
        a2 = np.tanh(a1.dot(w2) + b2)
        a3 = softmax(a2.dot(w3) + b3)
        m = y.shape[0]
        dz3 = a3 - y
        dw3, db3 = 1 / m * (a2.T).dot(dz3), 1 / m * np.sum(dz3, axis=0)
        dz2 = np.multiply(dz3.dot(w3.T), 1 - np.power(a2, 2))
        dw2, db2 = 1 / m * np.dot(a1.T, dz2), 1 / m * np.sum(dz2, axis=0)
        dz1 = np.multiply(dz2.dot(w2.T), 1 - np.power(a1, 2))
        dw1, db1 = 1 / m * np.dot(x.T, dz1), 1 / m * np.sum(dz1, axis=0)
        w1, b1 = w1 - ARTICLE.learning_rate * dw1, b1 - ARTICLE.learning_rate * db1
        w2, b2 = w2 - ARTICLE.learning_rate * dw2, b2 - ARTICLE.learning_rate * db2
        w3, b3 = w3 - ARTICLE.learning_rate * dw3, b3 - ARTICLE.learning_rate * db3
        if epoch % 100 == 0:
            told = softmax(np.tanh(np.tanh(x.dot(w1) + b1).dot(w2) + b2).dot(w3) + b3)
            -np.sum(y * np.log(told)) / m, np.mean(told.argmax(axis=1) == y.argmax(axis=1))
    return w1, w2, w3


def scikit(x, classes, epochs, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        MLPClassifier(
            (5, 5), "tanh", solver="sgd", alpha=0, batch_size=rows, learning_rate_init=ARTICLE.learning_rate,
            max_iter=epochs, momentum=0, tol=0, n_iter_no_change=epochs + 1, random_state=0,
        ).fit(x, classes)  # fmt: skip


def stack(x, y, recipe):
    plain = Standardizer(np.zeros(13), np.ones(13))
    members = [Member(np.arange(len(x)), plain, recipe.random(seed)) for seed in range(STACK)]
    train_stack(x, y, members, recipe)


def torch_loop(x, classes, epochs):
    import torch

    torch.set_num_threads(1)
    x, classes = torch.tensor(x), torch.tensor(classes)
    layers = [torch.nn.Linear(13, 5), torch.nn.Tanh(), torch.nn.Linear(5, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3)]
    network = torch.nn.Sequential(*layers).double()
    optimizer = torch.optim.SGD(network.parameters(), ARTICLE.learning_rate)
    for _ in range(epochs):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x), classes).backward()
        optimizer.step()


def products(batches):
    """The matrix products of one epoch alone, ours in shape and order of bytes: three on, three slopes, two back."""
    columns = ARTICLE.batch_rows
    sizes = [(5, 14), (5, 6), (3, 6)]
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=size) for size in sizes]
    activations = [rng.normal(size=(size[1], columns)) for size in sizes]
    errors = [np.empty((size[0], columns)) for size in sizes]
    slopes = [np.empty(size) for size in sizes]
    for _ in range(batches):
        for weight, activation, error in zip(weights, activations, errors, strict=True):
            np.dot(weight, activation, out=error)
        for layer in (2, 1, 0):
            np.dot(errors[layer], activations[layer].T, out=slopes[layer])
            if layer:
                np.dot(weights[layer][:, :-1].T, errors[layer], out=errors[layer - 1])


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def ratios(rounds):
    """What is promised, a line each: the least, the middle and the greatest ratio of a round."""
    for one, other in PROMISED:
        found = sorted(each[one] / each[other] for each in rounds)
        spread = " - ".join(f"{found[at]:.2f}" for at in (0, len(found) // 2, -1))
        yield f"{one} / {other}: {spread}"


def main():
    table = np.genfromtxt(SHIPPED, delimiter=",", skip_header=1)
    classes = table[:, 0].astype(np.intp) - 1
    x, y = fit_standardizer(table[:, 1:]).transform(table[:, 1:]), one_hot(classes, 3)
    recipe, once = replace(ARTICLE, epochs=EPOCHS), replace(ARTICLE, epochs=1)
    for mine, theirs in zip(
        train_network(x, y, recipe, recipe.random(0))[0].weights, article(x, y, EPOCHS), strict=True
    ):
        assert np.allclose(mine, theirs, rtol=1e-6)
    rng = np.random.default_rng(0)
    picked = rng.integers(0, len(x), MANY)
    many, many_y, many_classes = x[picked] + rng.normal(0, 0.02, (MANY, 13)), y[picked], classes[picked]
    small = {
        "ours": lambda: train_network(x, y, recipe, recipe.random(0)),
        "the article's loop": lambda: article(x, y, EPOCHS),
        "scikit-learn MLPClassifier": lambda: scikit(x, classes, EPOCHS, len(x)),
        "ours, a stack of 10, each network": lambda: stack(x, y, recipe),
    }
    if importlib.util.find_spec("torch"):
        small["torch"] = lambda: torch_loop(x, classes, EPOCHS)
    large = {
        "ours, 1,000,000 rows": lambda: train_network(many, many_y, once, once.random(0)),
        "its matrix products alone": lambda: products(-(-MANY // ARTICLE.batch_rows)),
        "scikit-learn, 1,000,000 rows": lambda: scikit(many, many_classes, 1, ARTICLE.batch_rows),
    }
    rounds = []
    for _ in range(int(sys.argv[1])):
        taken = {name: seconds(call) / EPOCHS * 1e6 for name, call in small.items()}
        taken["ours, a stack of 10, each network"] /= STACK
        rounds.append(taken | {name: seconds(call) for name, call in large.items()})
    print(json.dumps(rounds))
    print(*ratios(rounds), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
