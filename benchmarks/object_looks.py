"""What is looked at of a home on object storage, by clients that are not the ones which are tortured."""

import hashlib
import io
import json
from collections import Counter

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from object_work import drawn, make, results_of, store_of

from data.addresses import split_address
from flows.state.home import Home
from models.entries import champions
from models.verification import verify

FAULTS = (
    "torn objects", "wrong batches", "versions lost", "versions doubled", "promotions lost", "promotions doubled",
    "history faults", "champion faults", "runs not completed", "left after a day",
)  # fmt: skip
PAUSE = 0.1  # seconds
CROWNING = ("promoted", "rolled back")


class Bucket:
    """The bucket of an address, by boto3."""

    def __init__(self, address):
        root, self._prefix = split_address(address)
        self._client, self._name = boto3.client("s3"), root.partition("://")[2]

    def get(self, key):
        """All bytes of an object in one answer; None where there is none."""
        try:
            return self._client.get_object(Bucket=self._name, Key=str(key).partition(f"{self._name}/")[2])[
                "Body"
            ].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def uploads(self):
        """How many uploads were begun and neither completed nor given up."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._name, Prefix=self._prefix)
        return sum(len(page.get("Uploads", ())) for page in pages)

    def keys(self, key):
        """All keys below a place."""
        prefix = f"{str(key).partition(f'{self._name}/')[2]}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
        return [each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", ())]


def turn_of(content):
    """The turn that made one of a batch's files; None for a torn one, 0 where there is none."""
    if content is None:
        return 0
    try:
        table = pq.read_table(io.BytesIO(content), page_checksum_verification=True)
        return int(table.schema.metadata[b"turn"])
    except (OSError, pa.ArrowException, TypeError, KeyError, ValueError):
        return None


def look_at_history(content):
    """The entries of a history, and how many of its lines are none or do not follow the one before."""
    entries, faults, before = [], 0, "0" * 64
    for line in (content or b"").splitlines(keepends=True):
        try:
            entries.append(json.loads(line))
            faults += entries[-1]["before"] != before or not line.endswith(b"\n")
        except (ValueError, KeyError):
            faults += 1
        before = hashlib.sha256(line).hexdigest()
    return entries, faults


def look_at_champion(pointer, entries):
    """The line of the history that the champion's file names, and whether it names another version than that line."""
    if pointer is None:
        return 0, 0
    number, sequence = map(int, pointer.split())
    named = entries[:sequence]
    wrong = len(named) < sequence or named[-1]["event"] not in CROWNING or champions(named)[-1] != number
    return sequence, int(wrong)


def look_at_store(home, jobs=None, reasons=None):
    """What is wrong with a store at rest: by the jobs that saved its versions, and the reasons of promotions there."""
    bucket, store = Bucket(str(home.folder)), store_of(home)
    entries, faults = look_at_history(bucket.get(home.models / "history.jsonl"))
    sequence, wrong = look_at_champion(bucket.get(home.models / "champion"), entries)
    last = max((line for line, entry in enumerate(entries, start=1) if entry["event"] in CROWNING), default=0)
    found = Counter({"history faults": faults, "champion faults": wrong + (sequence != last)})
    for fault in verify(store):
        print(fault)
        found["history faults"] += 1
    numbers = [entry["version"] for entry in entries if entry["event"] == "registered"]
    found["versions doubled"] += len(numbers) - len(set(numbers))
    saved = Counter(job for number in numbers if (job := _job(store, number)) is not None)
    found["versions lost"] += len(numbers) - saved.total()
    if jobs is not None:
        found["versions lost"] += len({*jobs} - {*saved})
        found["versions doubled"] += saved.total() - len(saved)
    if reasons is not None:
        promoted = Counter(entry["reason"] for entry in entries if entry["event"] == "promoted")
        found["promotions lost"] += len({*reasons} - {*promoted})
        found["promotions doubled"] += sum(promoted[reason] - 1 for reason in reasons if promoted[reason])
    return found


def _job(store, number):
    """The job that saved a version; None where it cannot be loaded or is not what that job saved."""
    try:
        version = store.load(number)
    except Exception as error:  # noqa: BLE001  whatever it is, the version is lost
        print(f"version {number}: {error}")
        return None
    job = version.notes["job"]
    weights, expected = version.classifier.network.weights, drawn(job % 10).network.weights
    same = all(one.tobytes() == other.tobytes() for one, other in zip(weights, expected, strict=True))
    return job if same else None


def look_at_batch(home, turns, folder, batch):
    """Whether each file of a batch is what one of these turns makes, byte for byte, and labels the oldest of them."""
    bucket = Bucket(str(home.folder))
    found, seen = Counter(), []
    for name, place in results_of(home, batch).items():
        content = bucket.get(place)
        seen.append(turn_of(content))
        if seen[-1] is None or (content is not None and content != _made(folder, name, seen[-1])):
            found["torn objects"] += 1
    turns_seen = [turn for turn in seen if turn is not None]
    found["wrong batches"] += not {*turns_seen} <= {*turns} or turns_seen != sorted(turns_seen, reverse=True)
    return found


def _made(folder, name, turn):
    path = folder / f"{name}.expected"
    make(path, name, turn)
    return path.read_bytes()


# A reader who looks at everything all the while.


class Watcher:
    """What somebody sees who reads a home while it is written to, who has seen what was there before."""

    def __init__(self, address):
        self._home = Home.at(address)
        self._bucket, self._store = Bucket(address), store_of(self._home)
        self._history, self._sequence, self._turns = b"", 0, {}
        self._loaded = set()

    def look(self):
        """At the batch, labels first; at the champion, then the history; at the versions it has not seen so far."""
        return self.look_at_batch() + self.look_at_champion()

    def look_at_batch(self):
        """No file may be torn or older than it was, and none older than the labels that were read before it."""
        turns = {name: turn_of(self._bucket.get(place)) for name, place in reversed(results_of(self._home).items())}
        torn = sum(turn is None for turn in turns.values())
        older = sum((turn or 0) < max(self._turns.get(name, 0), turns["labels"] or 0) for name, turn in turns.items())
        self._turns = turns
        return Counter({"torn objects": torn, "wrong batches": 0 if torn else older})

    def look_at_champion(self):
        """A champion's file never goes back, the history only grows, and what it names can be loaded."""
        pointer = self._bucket.get(self._home.models / "champion")
        history = self._bucket.get(self._home.models / "history.jsonl") or b""
        entries, faults = look_at_history(history)
        faults += not history.startswith(self._history)
        sequence, wrong = look_at_champion(pointer, entries)
        wrong += sequence < self._sequence
        self._history, self._sequence = history, sequence
        new = {entry["version"] for entry in entries if entry["event"] == "registered"} - self._loaded
        self._loaded |= new
        lost = sum(_job(self._store, number) is None for number in new)
        return Counter({"history faults": faults, "champion faults": wrong, "versions lost": lost})


def watch(address, ended, pipe):
    """Look until it has ended; send how often, and what was wrong."""
    watcher, found, looks = Watcher(address), Counter(), 0
    while not ended.is_set():
        found += watcher.look()
        looks += 1
        ended.wait(PAUSE)
    pipe.send((looks, found))
