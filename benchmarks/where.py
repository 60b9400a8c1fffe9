"""Where labelling's time goes, one thread: seconds per million rows of each part, the whole file through.

python benchmarks/where.py 2000000
"""

import functools
import os

os.environ["WINE_LABELS_THREADS"] = "1"

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tables import make

from data import sources
from data.parquet_file import ParquetFile
from data.reading import Unparsed
from data.staging import Stage
from flows.jobs import labeller, portion
from flows.jobs.labeller import Labeller
from flows.state.home import Home
from nn.classifier import Classifier
from nn.conformal import Conformal
from nn.drift import Reference
from schemas.checking import Checked
from work import label, train

ROUNDS = 3
PARTS = {
    "sha256 of the source": [(sources, "digest_of")],
    "parse": [(Unparsed, "chunk")],
    "check": [(labeller, "check_rows")],
    "matrix": [(Checked, "matrix")],
    "network": [(Classifier, "predict_proba")],
    "typicality": [(Conformal, "typicality")],
    "label sets": [(Conformal, "label_sets"), (labeller, "likeliest")],
    "drift": [(Reference, "spread")],
    "fingerprints": [(labeller, "fingerprint")],
    "truth": [(labeller, "class_indices"), (labeller, "judge"), (Reference, "seen")],
    "arrow table": [(Labeller, "_labels"), (Labeller, "_rejects")],
    "write": [(ParquetFile, "write"), (ParquetFile, "close")],
    "to the disk (fsync)": [(Stage, "publish")],
}


class Clock:
    """Adds up the seconds spent in functions that do not call one another."""

    def __init__(self):
        self.spent = Counter()

    def around(self, part, owner, name):
        """The calls of a function."""
        plain = getattr(owner, name)

        @functools.wraps(plain)
        def timed(*arguments, **named):
            start = time.perf_counter()
            try:
                return plain(*arguments, **named)
            finally:
                self.spent[part] += time.perf_counter() - start

        setattr(owner, name, timed)

    def between(self, part, owner, name):
        """The steps of an iterator that a function returns."""
        plain = getattr(owner, name)

        def timed(*arguments, **named):
            each = iter(plain(*arguments, **named))
            step = functools.partial(next, each, None)
            while (item := self.timed(part, step)) is not None:
                yield item

        setattr(owner, name, timed)

    def timed(self, part, call):
        """One call."""
        start = time.perf_counter()
        try:
            return call()
        finally:
            self.spent[part] += time.perf_counter() - start


def profile(home, source):
    """Seconds by part, the least of the rounds, and of the whole run under None."""
    clock, rounds = Clock(), []
    clock.between("read", portion, "unparsed_chunks")
    for part, places in PARTS.items():
        for owner, name in places:
            clock.around(part, owner, name)
    for _ in range(ROUNDS):
        clock.spent.clear()
        start = time.perf_counter()
        label(source, home, replace=True)
        whole = time.perf_counter() - start
        home.labels(source.stem).unlink()
        rounds.append({"read": clock.spent["read"]} | {part: clock.spent[part] for part in PARTS})
        rounds[-1] |= {"everything else": whole - sum(rounds[-1].values()), None: whole}
    return {part: min(spent[part] for spent in rounds) for part in rounds[0]}


def main():
    rows = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(folder)
        train(home)
        for part, seconds in profile(home, make(rows, Path(folder) / "wines.parquet")).items():
            print(f"{part or 'whole':24} {seconds / rows * 1e6:7.3f} s per million rows")


if __name__ == "__main__":
    main()
