"""Versions trained, and a million rows labelled, as on several kinds of processor: how often they are not the same.

python benchmarks/processors.py 50 20  # seeds of the recipe default, and of article, which takes four times as long
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RECIPES = ("default", "article")
PARTS = 2  # processes at once
OLD = {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}  # what NumPy takes AVX2 by
KINDS = {
    "as it is": {},
    "Haswell, NumPy without AVX2": {"OPENBLAS_CORETYPE": "Haswell"} | OLD,
    "Sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"} | OLD,
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"} | OLD,
    "Prescott": {"OPENBLAS_CORETYPE": "Prescott"} | OLD,
    "Nehalem, a C library without FMA": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
    },
}


def versions(part, parts, counts, table):
    """The sha256 of `model.json` by recipe and seed, and of the labels of a table by the first seed."""
    from flows.jobs import train
    from flows.state.home import Home
    from models.store import ModelStore
    from work import label
    from work import train as made

    train.repeats = lambda *_: True  # a process of its own for every version, which shows nothing here
    found = {}
    for recipe, count in zip(RECIPES, counts, strict=True):
        for seed in range(part, count, parts):
            with tempfile.TemporaryDirectory() as folder:
                home = Home.at(folder)
                found[f"{recipe} {seed}"] = made(home, seed=seed, recipe=recipe).sha256
                if seed == 0:
                    labels = Path(label(table, home, ModelStore(home.models).load().number).labels)
                    found[f"labels by {recipe}"] = hashlib.sha256(labels.read_bytes()).hexdigest()
    return found


def started(kind, part, counts, table):
    words = [sys.executable, __file__, "part", *map(str, (part, *counts, table))]
    return subprocess.Popen(words, env=os.environ | KINDS[kind], stdout=subprocess.PIPE, text=True)


def main():
    if sys.argv[1] == "part":
        part, *counts = map(int, sys.argv[2:5])
        print(json.dumps(versions(part, PARTS, counts, Path(sys.argv[5]))))
        return
    from tables import make

    counts = [*map(int, sys.argv[1:3])]
    with tempfile.TemporaryDirectory() as folder:
        table = make(1_000_000, Path(folder) / "wines.parquet")
        found = {}
        for kind in KINDS:
            parts = [started(kind, part, counts, table) for part in range(PARTS)]
            found[kind] = {name: value for part in parts for name, value in json.loads(part.communicate()[0]).items()}
            same = sum(found[kind][name] == value for name, value in found["as it is"].items())
            print(f"{kind:34} {same} of {len(found[kind])} the same as here", flush=True)
    odd = [name for name in found["as it is"] if len({each[name] for each in found.values()}) > 1]
    print(f"not the same everywhere: {', '.join(odd) or 'none'}")


if __name__ == "__main__":
    main()
