"""Labelling by other means, each in a process of its own: seconds and peak memory for one file.

Every rival turns away rows that are not finite or not within the bounds and writes what we write as far as it can.

python benchmarks/rivals.py ours HOME wines.parquet labels.parquet
"""

import functools
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb_sql import NAMES, OPEN, TABLE, exact, labels_sql
from tables import make

from flows.state.home import Home
from models.store import ModelStore
from work import label

CLASSES, IDS = np.array(TABLE.class_names), np.array(TABLE.class_ids)
LOW, HIGH = np.array([TABLE.bounds[name] for name in NAMES]).T
SETS = np.array(["|".join(CLASSES[[bool(number >> at & 1) for at in range(3)]]) for number in range(8)])
STEP = 131_072
BLOCK = 4096


def ours(version, source, target, home):
    batch = label(source, home, version.number, replace=True)
    shutil.move(batch.labels, target)


def within(x):
    low = np.where([name in OPEN for name in NAMES], x > LOW, x >= LOW)
    return np.isfinite(x).all(axis=1) & low.all(axis=1) & (x <= HIGH).all(axis=1)


def judged(version, x, probabilities):
    """The columns that rest on the probabilities and the rows (n, 13), row-major NumPy as one writes it."""
    conformal = version.classifier.conformal
    space = conformal.space
    index, largest = probabilities.argmax(axis=1), probabilities.max(axis=1)
    ordered = -np.sort(-probabilities, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    least = np.where(before <= conformal.sets.mass, ordered, 1.0).min(axis=1)
    sets = probabilities >= least[:, None]
    apart = (x @ exact(space.whitening) + exact(space.origin))[:, None, :] - exact(space.centers)
    distances = np.square(apart).sum(axis=2).min(axis=1)
    nearer = np.searchsorted(exact(conformal.usual), distances)
    typicality = (1 + len(conformal.usual) - nearer) / (1 + len(conformal.usual))
    shares = probabilities.astype(np.float32)
    return {
        "label": CLASSES[index],
        "label_id": IDS[index].astype(np.int32),
        "confidence": largest.astype(np.float32),
        **{f"p_{name}": shares[:, at] for at, name in enumerate(CLASSES)},
        "label_set": SETS[sets @ [1, 2, 4]],
        "typicality": typicality.astype(np.float32),
        "review": (sets.sum(axis=1) > 1) | (typicality <= conformal.alarm),
    }


def scikit(version):
    """Our network as a pipeline of scikit-learn."""
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network, standardizer = version.classifier.network, version.classifier.standardizer
    scaler, mlp = StandardScaler(), MLPClassifier(network.sizes[1:-1], activation="tanh")
    scaler.mean_, scaler.scale_ = exact(standardizer.mean), exact(standardizer.scale)
    mlp.coefs_, mlp.intercepts_ = [[*map(exact, each)] for each in (network.weights, network.biases)]
    scaler.n_features_in_ = len(NAMES)
    mlp.n_layers_, mlp.n_outputs_, mlp.out_activation_ = len(network.sizes), 3, "softmax"
    mlp.classes_, mlp.n_features_in_ = np.arange(3), len(NAMES)
    return make_pipeline(scaler, mlp)


def pandas_scikit(version, source, target, _):
    import pandas as pd

    frame = pd.read_parquet(source)
    frame = frame[within(frame[NAMES].to_numpy())]
    x = frame[NAMES].to_numpy()
    answers = judged(version, x, scikit(version).predict_proba(x))
    truth = frame["cultivar"].map(dict(zip(IDS.tolist(), CLASSES.tolist(), strict=True)))
    labels = pd.DataFrame({"row": frame.index.to_numpy(), **answers, "truth": truth.to_numpy()})
    labels.to_parquet(target, compression="zstd", index=False)


def onnx(version, source, target, home):
    import onnxruntime

    session = onnxruntime.InferenceSession(home.folder / "wine.onnx", providers=["CPUExecutionProvider"])
    writer, start = None, 0
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=STEP):
            x = np.stack([batch[name].to_numpy() for name in NAMES], axis=1).astype(float, copy=False)
            good = within(x)
            x, rows = x[good], start + np.flatnonzero(good)
            probabilities = session.run(["probabilities"], {"measurements": x})[0]
            truth = CLASSES[np.searchsorted(IDS, batch["cultivar"].to_numpy()[good])]
            labels = pa.table({"row": rows, **judged(version, x, probabilities), "truth": truth})
            writer = writer or pq.ParquetWriter(target, labels.schema, compression="zstd")
            writer.write_table(labels)
            start += len(good)
    writer.close()


def duckdb(version, source, target, _, *, typicality=True):
    import duckdb as database

    connection = database.connect(config={"threads": 2})
    query = labels_sql(version, source, typicality=typicality)
    connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")


def numpy_pass(version, x):
    """The network alone on rows in memory (13, n), block by block: class indices; no checks, no files."""
    network, standardizer = version.classifier.network, version.classifier.standardizer
    first = exact(network.weights[0]) / exact(standardizer.scale)[:, None]
    weights = [np.ascontiguousarray(exact(weight).T) for weight in (first, *network.weights[1:])]
    biases = [exact(bias) for bias in (network.biases[0] - exact(standardizer.mean) @ first, *network.biases[1:])]
    labels = np.empty(x.shape[1], dtype=np.int8)
    for start in range(0, x.shape[1], BLOCK):
        block = np.ascontiguousarray(x[:, start : start + BLOCK])
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            block = np.tanh(weight @ block + bias[:, None])
        powers = np.exp(weights[-1] @ block + biases[-1][:, None])
        labels[start : start + BLOCK] = (powers / powers.sum(axis=0)).argmax(axis=0)
    return labels


def read_only(_version, source, _target, _home):
    with pq.ParquetFile(source) as file:
        for _ in file.iter_batches(batch_size=STEP):
            pass


def csv_alone(_version, source, _target, _home):
    import pyarrow.csv

    for _ in pyarrow.csv.open_csv(source):
        pass


RIVALS = {
    "ours": ours,
    "pandas + scikit-learn": pandas_scikit,
    "pyarrow + onnxruntime": onnx,
    "DuckDB SQL": duckdb,
    "DuckDB SQL without typicality": functools.partial(duckdb, typicality=False),
    "read only": read_only,
    "open_csv alone": csv_alone,
}


def in_memory(version, source, target):
    table = pq.read_table(source, columns=NAMES)
    x = np.stack([table[name].to_numpy() for name in NAMES])
    start = time.perf_counter()
    labels = numpy_pass(version, x)
    seconds = time.perf_counter() - start
    pq.write_table(pa.table({"row": np.arange(len(labels)), "label_id": IDS[labels].astype(np.int32)}), target)
    return seconds


def main():
    name, folder, source, target = sys.argv[1], *map(Path, sys.argv[2:])
    home = Home.at(folder)
    version = ModelStore(home.models).load()
    if name == "NumPy in memory":
        seconds = worked = in_memory(version, source, target)
    else:
        small = make(1000, home.folder / f"warm{source.suffix}")  # what is imported and made once is not counted
        RIVALS[name](version, small, home.folder / "warm-labels.parquet", home)
        start, worked = time.perf_counter(), time.process_time()
        RIVALS[name](version, source, target, home)
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
    # What getrusage says is never less than its parent had when it was started.
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(json.dumps({"seconds": seconds, "processor": worked, "peak": peak}))


if __name__ == "__main__":
    main()
