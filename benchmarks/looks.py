"""What is looked at after a kill: files, batches, versions and what a run leaves behind."""

import hashlib
import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.state.ledger import published
from models.entries import champions, registered
from models.store import ModelStore
from models.verification import verify
from schemas.record import Record

ROOT = Path(__file__).parent.parent


def torn(path):
    """1 for a file that is there and cannot be read to its end, or does not say what it was made from."""
    try:
        pq.read_table(path, page_checksum_verification=True)
    except FileNotFoundError:
        return 0
    except (OSError, pa.ArrowException):
        return 1
    return int(Record.read(path) is None)


def results_of(home, batch):
    return home.labels(batch), home.rejects(batch), home.report(batch)


def look_at_labels(home, batch, whole=None):
    """What a reader of the labels finds wrong; ``whole`` holds the sha256 of what they may be, byte for byte."""
    labels = home.labels(batch)
    found = Counter({"torn files": sum(map(torn, results_of(home, batch)))})
    if found["torn files"] or not labels.exists():
        return found
    rows = pq.read_table(labels, columns=["row", "model_version"])
    record = Record.read(labels)
    strange = rows.num_rows != record.labelled or rows["model_version"].unique().to_pylist() != [record.model_version]
    found["torn files"] += strange or (whole is not None and digest(labels) not in whole)
    found["duplicated rows"] = rows.num_rows - len(rows["row"].unique())
    return found


def look_at_batch(home, batch, rows):
    """Whether labels, rejects and report agree, and every row of the source is in one of them, once."""
    found = look_at_labels(home, batch)
    record = published(home, batch)
    if record is None:
        return found + Counter({"lost batches": 1})
    labelled = pq.read_table(home.labels(batch), columns=["row"])["row"].to_numpy()
    rejected = np.unique(pq.read_table(home.rejects(batch), columns=["row"])["row"].to_numpy())
    both = np.sort(np.concatenate([labelled, rejected]))
    told = (record.rows, record.labelled, record.rejected) == (rows, len(labelled), len(rejected))
    found["lost batches"] += not (told and np.array_equal(np.unique(both), np.arange(rows)))
    found["duplicated rows"] += len(both) - len(np.unique(both))
    return found


def left_behind(home):
    """How many files and folders are where a run keeps what it is at."""
    folders = [home.staging, home.runs]
    work = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return Counter({"staging left behind": len(work) + len([*home.models.glob(".*")])})


def look_at_store(home, known):
    """What is wrong with the versions: those known before and those registered must load, the history must hold."""
    store = ModelStore(home.models)
    entries = store.history()
    expected = registered(entries)
    faults = verify(store)
    broken = {fault.split(":")[0] for fault in faults}
    lost = sum(
        f"version {each}" in broken or expected.get(each) != sha256 for each, sha256 in (expected | known).items()
    )
    return Counter({"versions lost": lost, "history faults": len(faults)})


def look_at_champion(home):
    """The champion must be what the history says, and of the newest version it must say what became of it."""
    store = ModelStore(home.models)
    entries = store.history()
    decided = {entry["version"] for entry in entries if entry["event"] != "registered"}
    wrong = (store.champion() != champions(entries)[-1]) + (store.versions()[-1] not in decided)
    return Counter({"history faults": wrong})


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def environment(**more):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WINE_LABELS_")}
    return plain | {"PYTHONPATH": str(ROOT)} | more


def checked(look, *arguments):
    try:
        return look(*arguments)
    except Exception as error:  # noqa: BLE001  whatever it is, the run that was to follow did not end well
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return Counter({"runs not completed": 1})


def tell(where, faults, said):
    if +faults:
        print(f"{where}: {dict(+faults)} {said[-300:]}", file=sys.stderr, flush=True)
