"""What a table that was inferred from a part of a file says of the other rows: honest ones, and a column times ten.

python benchmarks/inferred.py        # all tables, with each number column times ten in turn: some minutes
python benchmarks/inferred.py iris wine
"""

import sys
import tempfile
import tomllib
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

from data.separators import EMPTY
from data.sources import Source
from flows.jobs.infer import infer

TIMES, SHARE = 20, 0.7
SEED = 16


@cache
def shipped(name):
    """A table that comes with scikit-learn, as text."""
    return getattr(datasets, f"load_{name}")(as_frame=True).frame.astype(str)


@cache
def penguins(rows=344):
    """A made table like the penguins: words, numbers, a few missing cells, a number for each row, a year."""
    draw = np.random.default_rng(SEED)
    kind = draw.choice(3, rows, p=[0.44, 0.2, 0.36])
    bill = draw.normal(np.array([38.8, 48.8, 47.5])[kind], 3).round(1)
    mass = draw.normal(np.array([3700, 3733, 5076])[kind], 450).round(-1).astype(int)
    frame = pd.DataFrame(
        {
            "rowid": np.arange(1, rows + 1),
            "species": np.array(["Adelie", "Chinstrap", "Gentoo"])[kind],
            "island": draw.choice(["Biscoe", "Dream", "Torgersen"], rows, p=[0.49, 0.36, 0.15]),
            "bill_length_mm": bill,
            "body_mass_g": mass,
            "sex": draw.choice(["female", "male"], rows),
            "year": draw.choice([2007, 2008, 2009], rows),
        }
    ).astype(str)
    frame.loc[[3, 271], ["bill_length_mm", "body_mass_g"]] = "NA"
    frame.loc[draw.choice(rows, 11, replace=False), "sex"] = "NA"
    return frame


@cache
def adults(rows=2000):
    """A made table like the census income table: many words, some rare, `?` and empty cells, numbers mostly zero."""
    draw = np.random.default_rng(SEED)
    countries = ["United-States", "Mexico", "Philippines", *(f"Country {letter}" for letter in "ABCDEFGHIJKLMNOPQR")]
    share = np.array([0.9, 0.03, 0.01, *(0.06 * 0.6 ** np.arange(1, 19) / 1.5)])
    gain = np.where(draw.random(rows) < 0.08, draw.lognormal(8.5, 1, rows).astype(int), 0)
    frame = pd.DataFrame(
        {
            "age": draw.integers(17, 91, rows),
            "workclass": draw.choice(["Private", "Self-emp-inc", "State-gov", "?"], rows, p=[0.75, 0.08, 0.12, 0.05]),
            "fnlwgt": draw.lognormal(12, 0.5, rows).astype(int),
            "education": draw.choice(["HS-grad", "Bachelors", "Masters", "Preschool"], rows, p=[0.5, 0.3, 0.18, 0.02]),
            "education-num": draw.integers(1, 17, rows),
            "capital-gain": gain,
            "hours-per-week": draw.integers(1, 100, rows),
            "native-country": draw.choice(countries, rows, p=share / share.sum()),
            "occupation": draw.choice(["Sales", "Craft, repair", "Tech-support", ""], rows, p=[0.4, 0.3, 0.25, 0.05]),
            "income": draw.choice(["<=50K", ">50K"], rows, p=[0.76, 0.24]),
        }
    )
    return frame.astype(str)


TABLES = {name: partial(shipped, name) for name in ("iris", "wine", "breast_cancer", "digits")}
TABLES |= {"penguins": penguins, "adults": adults}


def inferred(frame, label=None):
    """What is inferred from a file of these rows, as a reader of TOML has it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        frame.to_csv(path, index=False)
        return tomllib.loads(infer(Source.at(str(path)), label).text)


def rejected(declared, frame):
    """Whether each row, (n,), would be turned away: judged from what is declared alone, without the program."""
    return np.logical_or.reduce([_rejected(each, frame) for each in declared["features"]])


def _rejected(feature, frame):
    cells = frame[feature.get("spellings", [feature["name"]])[0]].str.strip()
    missing = cells.str.casefold().isin(EMPTY)
    if "levels" in feature:
        known = cells.str.casefold().isin([level.casefold() for level in feature["levels"]])
        odd = ~known & (feature.get("unseen") != "level")
    else:
        odd = ~pd.to_numeric(cells.mask(missing)).between(feature["minimum"], feature["maximum"])
    return np.where(missing, "missing" not in feature, odd)


def parts(frame, seed):
    """Rows to infer a table from, and the others."""
    order = np.random.default_rng(seed).permutation(len(frame))
    size = int(SHARE * len(frame))
    return frame.iloc[order[:size]], frame.iloc[order[size:]]


def shares_rejected(frame, times=TIMES):
    """The label that was found and the share of held-out rows that would be rejected, each time; (times,)."""
    tables = [(inferred(one), other) for one, other in (parts(frame, seed) for seed in range(times))]
    return {table["label"]["name"] for table, _ in tables}, [rejected(*each).mean() for each in tables]


def shares_rejected_times_ten(frame):
    """The share of held-out rows that would be rejected with one number column times ten, for each; (columns,)."""
    one, other = parts(frame, 0)
    table = inferred(one)
    names = [each["name"] for each in table["features"] if "levels" not in each]
    return [rejected(table, other.assign(**{name: _times_ten(other[name])})).mean() for name in names]


def _times_ten(cells):
    numbers = pd.to_numeric(cells, errors="coerce") * 10
    return numbers.astype(str).where(numbers.notna(), cells)


if __name__ == "__main__":
    print("| table | label | rejected, mean | most | columns | times ten, mean | median | least |")
    print("|---|---|---|---|---|---|---|---|")
    for name in sys.argv[1:] or TABLES:
        rows = TABLES[name]()
        label, shares = shares_rejected(rows)
        ten = shares_rejected_times_ten(rows)
        print(
            f"| {name} | {', '.join(label)} | {np.mean(shares):.2%} | {max(shares):.2%} | {len(ten)} "
            f"| {np.mean(ten):.1%} | {np.median(ten):.1%} | {min(ten):.1%} |"
        )
