"""The encoding of labels: row groups encoded apart by threads and joined, beside one writer that encodes all in turn.

python benchmarks/encoding.py 10000000

Each way in a fresh process, in turn, three rounds: seconds, processor seconds, peak memory; the bytes are compared.
"""

import functools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from hashlib import file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.parquet_file import ROW_GROUP, ParquetFile, _options
from schemas.results import labels_schema
from schemas.tables import get_table

SCHEMA = labels_schema(get_table("wine"))
REPEATING = ["typicality"]
PIECES = 8
ROUNDS = 3


def labels(start, rows=ROW_GROUP):
    """Rows as they are labelled, made of a few thousand different ones."""
    rng = np.random.default_rng(start % PIECES)
    shares = rng.dirichlet([0.2, 0.2, 0.2], rows).astype(np.float32)
    codes = pa.array(shares.argmax(axis=1), pa.int32())
    names = pa.array(["barolo", "grignolino", "barbera"])
    values = {
        "source": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["wines.parquet"])),
        "row": pa.array(np.arange(start, start + rows)),
        "id": pa.nulls(rows, pa.string()),
        "label": pa.DictionaryArray.from_arrays(codes, names),
        "label_id": pa.array(shares.argmax(axis=1).astype(np.int32)),
        "confidence": pa.array(shares.max(axis=1)),
        **{f"p_{name}": pa.array(share) for name, share in zip(names.to_pylist(), shares.T, strict=True)},
        "label_set": pa.DictionaryArray.from_arrays(codes, names),
        "typicality": pa.array((rng.integers(0, 179, rows) / 179).astype(np.float32)),
        "review": pa.array(rng.random(rows) < 0.02),
        "truth": pa.DictionaryArray.from_arrays(codes, names),
        "model_version": pa.array(np.ones(rows, np.int32)),
    }
    return pa.table(values, schema=SCHEMA)


def by_one_writer(place, tables):
    with pq.ParquetWriter(place, SCHEMA, **_options(SCHEMA, REPEATING)) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=ROW_GROUP)


def joined(place, tables):
    with ParquetFile(place, SCHEMA, REPEATING) as file:
        for table in tables:
            file.write(table)
        file.close()


def measured(way, rows, place):
    """In this process: what it takes, all tables made before."""
    made = functools.cache(labels)
    tables = [made(start) for start in range(0, PIECES * ROW_GROUP, ROW_GROUP)]
    before, used = time.perf_counter(), time.process_time()
    globals()[way](place, (tables[number % PIECES] for number in range(rows // ROW_GROUP)))
    spent = {"seconds": time.perf_counter() - before, "processor": time.process_time() - used}
    return spent | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def run(way, rows, place, count):
    words = [sys.executable, __file__, str(rows), way, place]
    known = os.environ | {"WINE_LABELS_THREADS": str(count)}
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, env=known)
    with Path(place).open("rb") as file:
        return json.loads(done.stdout), file_digest(file, "sha256").hexdigest()


def main():
    rows = int(sys.argv[1])
    if len(sys.argv) > 2:
        print(json.dumps(measured(sys.argv[2], rows, Path(sys.argv[3]))))
        return
    ways = {"one writer": ("by_one_writer", 1)} | {f"{count} threads": ("joined", count) for count in (1, 2)}
    found = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for name, (way, count) in ways.items():
                found[name].append(run(way, rows, f"{folder}/labels", count))
    assert len({digest for runs in found.values() for _, digest in runs}) == 1
    for name, runs in found.items():
        took = [statistics.median(each[what] for each, _ in runs) for what in ("seconds", "processor", "peak")]
        pairs = zip(found["one writer"], runs, strict=True)
        ratio = statistics.median(one["seconds"] / each["seconds"] for (one, _), (each, _) in pairs)
        print("{:12} {:6.2f} s {:6.2f} CPU s {:6.0f} MB, one writer / this {:.2f}".format(name, *took, ratio))


if __name__ == "__main__":
    main()
