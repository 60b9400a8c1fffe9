"""Truth that comes later, tried on made batches: the same figures in any order, a drift learned, flipped truth refused.

python benchmarks/truth.py same 1000000    # rows
python benchmarks/truth.py drift
python benchmarks/truth.py flipped
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import hashlib
import itertools
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data.sources import Source
from flows.jobs.deliver import Terms, deliver
from flows.jobs.judge import judge
from flows.state.home import Home
from flows.state.judgement import judgement_of
from flows.state.report import Report
from flows.state.tellings import Tellings
from schemas.table import get_table
from work import label, train

TABLE = get_table("wine")
WINE = pd.read_csv(TABLE.shipped)
FEATURES, NAMES = list(TABLE.features), np.array(TABLE.class_names)
TOLD = 0.6
SHARED = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_unseen", "log_loss")
SHIFT = 1.0  # of a standard deviation, to either side
DRAWN = 150


def made(rows, seed, shift=None):
    """Bottles like the shipped ones, and their classes: each one of those, moved by a fifth of its spread."""
    rng = np.random.default_rng(seed)
    at = rng.integers(len(WINE), size=rows)
    spread = WINE.groupby("cultivar")[FEATURES].std().loc[WINE["cultivar"]].to_numpy()
    x = WINE[FEATURES].to_numpy()[at] + rng.normal(scale=0.2, size=(rows, len(FEATURES))) * spread[at]
    x += 0 if shift is None else shift * WINE[FEATURES].std().to_numpy()
    low, high = np.array([TABLE.bounds[name] for name in FEATURES]).T
    frame = pd.DataFrame(np.clip(x, low + 1e-3, high), columns=FEATURES)
    return frame.assign(id=[f"B{each:07}" for each in range(rows)]), NAMES[WINE["cultivar"].to_numpy()[at] - 1]


def add(home, path, **terms):
    return deliver(Source.at(str(path)), home, TABLE, Terms(**terms))


def judged(home, batch):
    judge(home, batch, Tellings.of(home), TABLE)
    return judgement_of(home, batch)


def digests(home, batch):
    files = (home.labels(batch), home.rejects(batch), home.report(batch))
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def trained(folder):
    home = Home.at(folder)
    train(home)
    return home


def same(rows):
    """Truth of 60 % of a batch in three deliveries in every order, beside the batch labelled with that truth in it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = trained(root / "home")
        frame, truth = made(rows, 1)
        told = np.random.default_rng(2).random(rows) < TOLD
        with_truth = frame.assign(truth=np.where(told, truth, None))
        frame.to_parquet(root / "plain.parquet")
        with_truth.to_parquet(root / "full.parquet")
        label(root / "plain.parquet", home)
        label(root / "full.parquet", home)
        before = digests(home, "plain")
        at = np.flatnonzero(told)
        parts = np.array_split(np.random.default_rng(3).permutation(at), 3)
        by_id = pd.DataFrame({"id": frame["id"], "truth": truth})
        by_row = pd.DataFrame({"batch": "plain", "row": np.arange(rows), "truth": truth})
        by_id.iloc[parts[0]].assign(batch="plain").to_csv(root / "a.csv", index=False)
        by_row.iloc[parts[1]].to_csv(root / "b.csv", index=False, sep=";")
        by_id.iloc[parts[2]].assign(batch="plain").to_parquet(root / "c.parquet")
        expected = Report.read(home.report("full"))
        for order in itertools.permutations(("a.csv", "b.csv", "c.parquet")):
            shutil.rmtree(home.truth("").parent, ignore_errors=True)
            shutil.rmtree(home.judged("").parent, ignore_errors=True)
            start = time.perf_counter()
            added = [add(home, root / name) for name in order]
            middle = time.perf_counter()
            found = judged(home, "plain")
            end = time.perf_counter()
            once = home.judged("plain").read_bytes()
            again = [add(home, root / name).status for name in order]
            judged(home, "plain")
            differing = [name for name in SHARED if not close(found.value(name), expected.value(name))]
            if found.confusion() != expected.confusion():
                differing.append("confusion")
            print(
                f"{' '.join(order):28} told {sum(each.told for each in added):,}, differing: {differing or 'none'}, "
                f"files untouched: {digests(home, 'plain') == before}, again: {set(again)}, "
                f"judged untouched: {home.judged('plain').read_bytes() == once}, "
                f"{middle - start:.1f} s to add, {end - middle:.1f} s to judge"
            )


def close(one, other):
    return one == other or (one is not None and other is not None and abs(one - other) <= 1e-12 * abs(other))


def drift():
    """Accuracy on rows that nobody was told of, before and after learning from the truth of some drawn at random."""
    for seed in range(5):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            home = trained(root / "home")
            shift = SHIFT * np.random.default_rng(seed).choice([-1.0, 1.0], len(FEATURES))
            frame, truth = made(3000, seed, shift)
            frame.to_csv(root / "drifted.csv", index=False)
            batch = label(root / "drifted.csv", home, accept_suspect=True, max_rejects=1)
            labels = pq.read_table(home.labels("drifted")).to_pandas()
            drawn = np.random.default_rng(seed + 10).choice(labels["row"], DRAWN, replace=False)
            sheet = pd.DataFrame({"batch": "drifted", "row": drawn, "truth": truth[drawn], "how": "sampled"})
            sheet.to_csv(root / "sheet.csv", index=False)
            done = add(home, root / "sheet.csv")
            found = judged(home, "drifted")
            new = train(home, truth=True)
            untouched = ~labels["row"].isin(drawn).to_numpy()
            right = (labels["label"].to_numpy() == truth[labels["row"]])[untouched].mean()
            label(root / "drifted.csv", home, new.version, accept_suspect=True, max_rejects=1, replace=True)
            after = pq.read_table(home.labels("drifted")).to_pandas()
            better = (after["label"].to_numpy() == truth[after["row"]])[~after["row"].isin(drawn).to_numpy()].mean()
            print(
                f"shift {seed}: untouched rows {right:.1%} -> {better:.1%}; sampled said {found.value('accuracy'):.1%} "
                f"({found.value('accuracy_low'):.1%} to {found.value('accuracy_high'):.1%}), expected "
                f"{found.value('expected_accuracy'):.1%}; promoted {new.promoted}: {new.reason}; "
                f"suspect {batch.suspect}; {done.warnings}"
            )


def flipped():
    """What becomes of truth of which a share is flipped to another class."""
    for share in (0.0, 0.05, 0.1, 0.2, 0.3, 0.5):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            home = trained(root / "home")
            frame, truth = made(400, 5)
            frame.to_csv(root / "batch.csv", index=False)
            label(root / "batch.csv", home)
            rng = np.random.default_rng(6)
            places = np.searchsorted(np.sort(NAMES), truth)
            flips = rng.random(len(truth)) < share
            wrong = np.sort(NAMES)[(places + rng.integers(1, 3, len(truth))) % 3]
            pd.DataFrame({"id": frame["id"], "truth": np.where(flips, wrong, truth)}).to_csv(
                root / "told.csv", index=False
            )
            try:
                outcome = f"added; {list(add(home, root / 'told.csv').warnings)}"
            except ValueError as error:
                outcome = f"refused: {str(error).split('; ')[1]}"
                add(home, root / "told.csv", trust_labels=True)
            try:
                new = train(home, truth=True)
                gate = f"promoted {new.promoted}: {new.reason}"
            except ValueError as error:
                gate = f"refused: {error}"
            print(f"{share:.0%} flipped: {outcome} | trained all the same: {gate}")


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    {"same": same, "drift": drift, "flipped": flipped}[what](*map(int, more))
