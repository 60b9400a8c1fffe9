"""Every byte of every file of a small store flipped: `models verify` finds each.

python benchmarks/store_bytes.py
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from flows.jobs.training_rows import write_rows
from models.store import ModelStore
from models.verification import verify
from nn.classifier import Classifier
from nn.encoding import Standardizer
from nn.network import init_network

BITS = (0x01, 0x80)
FEATURES, CLASSES, SIZES = ("alcohol", "hue"), ("barolo", "barbera"), (2, 3, 2)


def make(folder):
    """A store of two versions, with a promotion of each and a rollback."""
    rng = np.random.default_rng(0)
    store = ModelStore(folder)
    for _ in range(2):
        standardizer = Standardizer(rng.normal(size=2), rng.uniform(1, 2, size=2))
        classifier = Classifier(FEATURES, CLASSES, standardizer, init_network(SIZES, rng, "glorot"))
        rows = write_rows(FEATURES, rng.normal(size=(4, 2)), np.arange(4) % 2)
        files = {"training.parquet": rows, "card.md": b"# Version\n"}
        store.promote(store.save(classifier, {}, files).number)
    store.rollback()
    return store


def flip(path, at, bit):
    """Flip a bit of a file in place; once more, and it is as it was."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ bit]))


def unseen(folder, name):
    """The places of a file whose flipped bits are not found, and how many were flipped."""
    with tempfile.TemporaryDirectory() as own:
        store = ModelStore(Path(shutil.copytree(folder, Path(own) / "wine")))
        path = store.folder / name
        missed = []
        for at in range(path.stat().st_size):
            for bit in BITS:
                flip(path, at, bit)
                missed += [] if verify(store) else [(at, bit)]
                flip(path, at, bit)
        sound = not verify(store)
        return name, path.stat().st_size * len(BITS), missed, sound


def files_of(folder):
    """Every file of a store by its name within, the large ones first."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path.relative_to(folder)) for path in sorted(found, key=lambda path: -path.stat().st_size)]


def main():
    """Flip, count, print; 1 where anything was not found."""
    with tempfile.TemporaryDirectory() as own:
        store = make(Path(own) / "wine")
        names = files_of(store.folder)
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            done = [*pool.map(unseen, [store.folder] * len(names), names)]
    total = Counter(flips=0, missed=0)
    for name, flips, missed, sound in sorted(done):
        total += Counter(flips=flips, missed=len(missed) + (not sound))
        print(f"{name:24} {flips:7,} flipped, {len(missed)} not found {missed[:5] if missed else ''}")
    print(f"{'all':24} {total['flips']:7,} flipped, {total['missed']} not found")
    return int(total["missed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
