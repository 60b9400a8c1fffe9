"""How often damage to columns is found, and how often honest tables are suspected of it: the tables of docs/design.md.

`python benchmarks/consistency.py [SAMPLES]`, 2,000 honest samples unless told; minutes.
"""

import sys
from itertools import combinations

import numpy as np

from flows.jobs.training_rows import TrainingRows
from nn.consistency import OVERWHELMING, STRONG, find_damage, weigh_damage
from nn.joint import Joint
from nn.sample import Sample
from schemas.tables import get_table

TABLE = get_table("wine")
SHIPPED = TrainingRows.read(TABLE.shipped, TABLE)
X, CLASSES = SHIPPED.x, SHIPPED.classes
JOINT = Joint.of(X, CLASSES)
COUNT = X.shape[1]
LOW, HIGH = np.array([TABLE.bounds[name] for name in TABLE.features]).T


def orders(x):
    sample = Sample.of(np.arange(len(x)), x)
    return max(each.orders for each in weigh_damage(JOINT, sample, range(COUNT)))


def inside(x):
    """The rows that would be labelled."""
    return x[((x >= LOW) & (x <= HIGH)).all(axis=1)]


def swapped(x, i, j):
    other = x.copy()
    other[:, [i, j]] = x[:, [j, i]]
    return inside(other)


def by_itself(x, at, change):
    other = x.copy()
    other[:, at] = change(x[:, at])
    return other


def dragged(column):
    half = len(column) // 2
    return np.concatenate([column[:half], np.full(len(column) - half, column[half])])


def filled(column):
    half = len(column) // 2
    series = column[half] + 0.01 * column.std() * np.arange(len(column) - half)
    return np.concatenate([column[:half], series])


def lower(x, first, last, start):
    other = x.copy()
    other[start + 1 :, first : last + 1] = x[start:-1, first : last + 1]
    return other


def damaged(x, rng):
    """Every kind of damage to a table: its name and the damaged tables."""
    pairs = [(i, j) for i, j in combinations(range(COUNT), 2) if len(swapped(x, i, j)) >= 0.8 * len(x)]
    yield "two columns swapped", [swapped(x, i, j) for i, j in pairs]
    yield "a column sorted", [by_itself(x, at, np.sort) for at in range(COUNT)]
    yield "a column shuffled", [by_itself(x, at, rng.permutation) for at in range(COUNT)]
    yield "dragged down from the middle", [by_itself(x, at, dragged) for at in range(COUNT)]
    yield "filled with a series from the middle", [by_itself(x, at, filled) for at in range(COUNT)]
    blocks = [(i, j) for i in range(COUNT) for j in range(i, COUNT) if j - i < COUNT - 1]
    yield "a block a row too low, from the top", [lower(x, i, j, 0) for i, j in blocks]
    yield "a block a row too low, from the middle", [lower(x, i, j, len(x) // 2) for i, j in blocks]


def honest(rng):
    """An honest table, and what is odd about it."""
    rows = int(rng.choice([10, 18, 30, 50, 100, 178, 500, 1000]))
    only = int(rng.integers(-1, CLASSES.max() + 1))
    pool = X if only < 0 else X[only == CLASSES]
    x = pool[rng.integers(len(pool), size=rows)]
    kinds = {
        "as they are": lambda: x,
        "5 % noise": lambda: x * (1 + 0.05 * rng.standard_normal(x.shape)),
        "one decimal": lambda: x.round(1),
        "reads 5 % high": lambda: x * 1.05,
        "32 bits": lambda: x.astype(np.float32).astype(float),
    }
    name = str(rng.choice(list(kinds)))
    return ("one class, " if only >= 0 else "all classes, ") + name, kinds[name]()


def main():
    rng = np.random.default_rng(0)
    tables = {"178": X, "50": X[rng.choice(len(X), 50, replace=False)], "1,000": X[rng.integers(len(X), size=1000)]}
    print("| damage | rows | tables | refused | suspect | neither |\n|---|---|---|---|---|---|")
    for rows, x in tables.items():
        for name, made in damaged(x, rng):
            found = [find_damage(JOINT, Sample.of(np.arange(len(each)), each), range(COUNT)) for each in made]
            refused, noticed = sum(f is not None and f.overwhelming for f in found), sum(f is not None for f in found)
            print(f"| {name} | {rows} | {len(made)} | {refused} | {noticed - refused} | {len(made) - noticed} |")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    most: dict[str, list[float]] = {}
    for _ in range(count):
        name, x = honest(rng)
        most.setdefault(name, []).append(orders(x))
    print("\n| honest tables | tables | refused | suspect | most orders |\n|---|---|---|---|---|")
    for name, each in sorted(most.items()):
        values = np.array(each)
        suspect, refused = (values >= STRONG).sum(), (values >= OVERWHELMING).sum()
        print(f"| {name} | {len(values)} | {refused} | {suspect - refused} | {values.max():.1f} |")


main()
