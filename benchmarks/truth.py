"""Truth that comes later, tried on made batches: the same figures in any order, a drift learned, flipped truth refused.

python benchmarks/truth.py same 1000000    # rows
python benchmarks/truth.py drift
python benchmarks/truth.py flipped
python benchmarks/truth.py promises 1000    # batches
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
from scipy.stats import binom

from data.sources import Source
from data.spreadsheet import plain
from flows.jobs.deliver import Terms, deliver
from flows.jobs.judge import judge
from flows.jobs.picking import Asked
from flows.jobs.review import review
from flows.state.home import Home
from flows.state.judgement import broken_promises, judgement_of
from flows.state.report import Report
from flows.state.tellings import Tellings
from nn.conformal import LEVEL
from schemas.tables import get_table
from work import label, train

TABLE = get_table("wine")
WINE = pd.read_csv(TABLE.shipped)
FEATURES, NAMES = list(TABLE.features), np.array(TABLE.class_names)
TOLD = 0.6
SHARED = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_unseen", "log_loss")
SHIFT = 1.0  # of a standard deviation, to either side
DRAWN = 150
TRAINED, ROWS, NOISE, NOISIER = 600, 100, 1.2, 1.4  # noise: of the spread of a class


def made(rows, seed, shift=None, noise=0.2):
    """Bottles like the shipped ones, and their classes: each one of those, moved by a fifth of its spread."""
    rng = np.random.default_rng(seed)
    at = rng.integers(len(WINE), size=rows)
    spread = WINE.groupby("cultivar")[FEATURES].std().loc[WINE["cultivar"]].to_numpy()
    x = WINE[FEATURES].to_numpy()[at] + rng.normal(scale=noise, size=(rows, len(FEATURES))) * spread[at]
    x += 0 if shift is None else shift * WINE[FEATURES].std().to_numpy()
    low, high = np.array([TABLE.bounds[name] for name in FEATURES]).T
    frame = pd.DataFrame(np.clip(x, low + 1e-3, high), columns=FEATURES)
    return frame.assign(id=[f"B{each:07}" for each in range(rows)]), NAMES[WINE["cultivar"].to_numpy()[at] - 1]


def add(home, path, **terms):
    return deliver(Source.at(str(path)), home, Terms(**terms))


def judged(home, batch):
    judge(home, batch, Tellings.of(home))
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
    """What becomes of truth of which a share is flipped, of a batch like the training rows and of a noisier one."""
    for noise, share in itertools.product((0.2, NOISIER), (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            home = trained(root / "home")
            frame, truth = made(400, 5, noise=noise)
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
            print(f"noise {noise}, {share:.0%} flipped: {outcome} | trained all the same: {gate}")


def promises(batches):
    """Label sets and accuracy of many batches like the training rows: by all rows, by rows drawn, by rows reviewed."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder), Home.at(Path(folder) / "home")
        frame, truth = made(TRAINED, 1, noise=NOISE)
        frame.assign(truth=truth).drop(columns="id").to_csv(root / "training.csv", index=False)
        train(home, sources=(str(root / "training.csv"),))
        truths = {}
        for number in range(batches):
            name = f"night-{number:04}"
            frame, truths[name] = made(ROWS, 100 + number, noise=NOISE)
            frame.to_parquet(root / f"{name}.parquet")
            label(root / f"{name}.parquet", home)
        review(home, root / "sheet.csv", Asked((), 10 * batches, 0.5, blind=False))
        sheet = pd.read_csv(root / "sheet.csv", dtype=str, encoding="utf-8-sig")
        meant = zip(sheet["batch"].map(plain), sheet["row"], strict=True)
        sheet["truth"] = [truths[name][int(row)] for name, row in meant]
        sheet.to_csv(root / "filled.csv", index=False)
        add(home, root / "filled.csv")
        by_sheet = [judged(home, name) for name in truths]
        whole = pd.concat(
            [pd.DataFrame({"batch": name, "row": range(ROWS), "truth": found}) for name, found in truths.items()]
        )
        whole.to_parquet(root / "whole.parquet")
        add(home, root / "whole.parquet", max_left_out=1.0)
        by_all = [judged(home, name) for name in truths]
    accuracy = mean(by_all, "accuracy")
    for way in ("sampled", "reviewed"):
        found, rows = mean(by_sheet, f"accuracy_{way}"), count(by_sheet, f"accuracy_{way}")
        error = np.sqrt(accuracy * (1 - accuracy) / rows)
        off = (found - accuracy) / error
        print(f"accuracy of all {accuracy:.3%}; of {rows:,} {way} {found:.3%}: {off:+.1f} standard errors")
    rows = np.array([each.count("coverage") for each in by_all])
    covered = np.array([round(each.value("coverage") * each.count("coverage")) for each in by_all])
    for share in (LEVEL, covered.sum() / rows.sum()):
        low, high = binom.ppf([0.005, 0.995], rows[:, None], share).T
        inside, below = ((covered >= low) & (covered <= high)).mean(), (covered < low).sum()
        held = covered.sum() / rows.sum()
        print(
            f"truth in the set {held:.3%}; in the 99 % band of {share:.2%}: {inside:.1%} of batches, below it {below}"
        )
    broken = [text for each in by_all for text in broken_promises(each)]
    print(f"promises called broken in {batches:,} batches: {len(broken)}; {broken[:3]}")


def count(found, metric):
    return sum(each.count(metric) for each in found if any(line["metric"] == metric for line in each.lines))


def mean(found, metric):
    having = [each for each in found if any(line["metric"] == metric for line in each.lines)]
    return sum(each.value(metric) * each.count(metric) for each in having) / count(found, metric)


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    {"same": same, "drift": drift, "flipped": flipped, "promises": promises}[what](*map(int, more))
