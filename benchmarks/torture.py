"""A crash campaign: kill -9 at over a hundred places of a run, the run that follows each, and what is then wrong.

Then twenty runs at once.

python benchmarks/torture.py
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from commands import COMMANDS, crowd, killed, torture_command
from looks import (
    ROOT,
    checked,
    digest,
    environment,
    left_behind,
    look_at_batch,
    look_at_champion,
    look_at_labels,
    look_at_store,
    tell,
)  # fmt: skip
from tables import make, wines
from victim import KEPT, LABELS, TRUTH, WANTED, hold, label, prune, train
from victim import tell as tell_truth

from flows.runs import server
from flows.state.home import Home
from models.entries import registered
from models.store import ModelStore
from schemas.telling import Delivery, Judgement

SEED, ROWS, BAD = 0, 300_000, 50  # every so many rows one that is rejected
FILES, FILE_ROWS = 6, 20_000
COPIES = 3
KILLS = {
    "reading": 14, "labelling": 22, "publishing": 30, "telling": 16, "judging": 16,
    "training": 14, "saving": 20, "promoting": 18, "pruning": 18,
}  # fmt: skip
PROGRAM, PROGRAM_KILLS = "serve --once", 12
CROWD = "twenty at once"
FAULTS = (
    "torn files", "lost batches", "duplicated rows", "staging left behind", "versions lost", "history faults",
    "runs left running", "runs not completed",
)  # fmt: skip
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


# The phases: a victim each time, killed at an event of its phase.


def victim(phase, at, delay, home, what):
    words = [sys.executable, str(ROOT / "benchmarks" / "victim.py"), phase, str(at), str(delay), home.folder, what]
    return subprocess.run(list(map(str, words)), env=environment(), capture_output=True, text=True, check=False)


def spread(phase, events, seconds, rng):
    """Where and how long after to kill: at events evenly spread, and for what takes long a random moment after some."""
    count = KILLS[phase]
    if phase == "training":
        return [(1, seconds * (place + rng.random()) / count) for place in range(count)]
    places = [1 + place * events // count for place in range(count)]
    if phase == "publishing":  # each event twice: with labels of an older version there, and without
        places = [1 + place // 2 % events for place in range(count)]
    moments = [rng.uniform(0.001, 0.03) if phase in LABELS[:2] and place % 4 > 1 else 0.0 for place in range(count)]
    return list(zip(places, moments, strict=True))


class Labelling:
    """Kills while one source is labelled, every other time over the labels of an older version."""

    def __init__(self, folder):
        self.home = Home.at(folder)
        self.source = folder / "wines.parquet"
        table = wines(ROWS, SEED)
        cells = table["alcohol"].to_numpy().copy()
        cells[::BAD] = -1
        place = table.column_names.index("alcohol")
        pq.write_table(table.set_column(place, "alcohol", pa.array(cells)), self.source)
        train(self.home, 0)
        train(self.home, 1)
        self.whole = [self._made_by(number) for number in (1, WANTED)]

    def _made_by(self, number):
        label(self.home, self.source, replace=True, number=number)
        shutil.copytree(self.home.folder / "data", self.home.folder / f"made by {number}")
        return digest(self.home.labels(self.source.stem))

    def begin(self, turn):
        """Put the home back to where nothing is labelled, or the older version has labelled."""
        shutil.rmtree(self.home.folder / "data")
        if turn % 2:
            shutil.copytree(self.home.folder / "made by 1", self.home.folder / "data")
        return self.source

    def killed(self, turn):
        """What a reader finds wrong before anything else has run."""
        may_be = self.whole if turn % 2 else self.whole[1:]
        lost = turn % 2 and not self.home.labels(self.source.stem).exists()
        return look_at_labels(self.home, self.source.stem, may_be) + Counter({"lost batches": int(lost)})

    def follow(self, turn):
        """The same again, and what is wrong then."""
        label(self.home, self.source, replace=bool(turn % 2))
        found = look_at_labels(self.home, self.source.stem, self.whole[1:])
        return found + look_at_batch(self.home, self.source.stem, ROWS) + left_behind(self.home)


class Training:
    """Kills while version after version is made, in one store."""

    def __init__(self, folder):
        self.home = Home.at(folder)
        self.store = ModelStore(self.home.models)
        train(self.home, 0)

    def begin(self, turn):
        """The seed of the next version."""
        self.known = registered(self.store.history())
        return turn + 1

    def killed(self, _):
        """What is wrong before anything else has run: what was there must be there, and what is left is no fault."""
        return look_at_store(self.home, self.known)

    def follow(self, turn):
        """The same again on another night, and what is wrong then."""
        for path in self.store.folder.glob(".staging-*"):
            os.utime(path, (time.time() - 7200,) * 2)  # a save leaves alone what another may be at
        train(self.home, turn + 1)
        return look_at_store(self.home, self.known) + look_at_champion(self.home) + left_behind(self.home)


class Pruning(Training):
    """Kills while old versions are removed."""

    def begin(self, _):
        """Give the store copies of its champion, the last of which is champion."""
        version = self.store.load()
        for _ in range(COPIES):
            number = self.store.save(version.classifier, version.notes, version.files).number
        self.store.promote(number)
        return super().begin(0)

    def follow(self, _):
        """The same again, and what is wrong then."""
        prune(self.home)
        found = look_at_store(self.home, self.known) + look_at_champion(self.home) + left_behind(self.home)
        return found + Counter({"staging left behind": len(digits(self.store)) - KEPT})


def digits(store):
    """The folders of versions, pruned or not."""
    return [path for path in store.folder.iterdir() if path.name.isdecimal()]


class Truth:
    """Kills while truth is taken in, or labels are held against it; what is published of labels must not move."""

    def __init__(self, folder, phase):
        self.home, self.phase = Home.at(folder), phase
        self.source, self.sheet = folder / "wines.parquet", folder / "sheet.csv"
        pq.write_table(wines(FILE_ROWS, SEED), self.source)
        train(self.home, 0)
        label(self.home, self.source, replace=True, number=1)
        self.batch = self.source.stem
        labels = pq.read_table(self.home.labels(self.batch), columns=["row", "label"]).to_pandas().iloc[::3]
        labels.rename(columns={"label": "truth"}).assign(batch=self.batch).to_csv(self.sheet, index=False)
        self.whole = digest(self.home.labels(self.batch))
        tell_truth(self.home, self.sheet)
        hold(self.home, self.batch)
        self.told = pq.read_table(self._delivery(), columns=["row", "truth"])
        self.judged = digest_of_figures(self.home.judged(self.batch))

    def _delivery(self):
        return next(iter(self.home.truth("").parent.glob("*.parquet")), self.home.truth("none"))

    def begin(self, _):
        """Put the home back to where nothing is told, or nothing judged."""
        shutil.rmtree(self.home.judged("").parent, ignore_errors=True)
        if self.phase == "judging":
            return self.batch
        shutil.rmtree(self.home.truth("").parent, ignore_errors=True)
        return self.sheet

    def killed(self, _):
        """What a reader finds wrong before anything else has run."""
        return look_at_labels(self.home, self.batch, [self.whole]) + self._torn()

    def follow(self, _):
        """The same again, and what is wrong then."""
        tell_truth(self.home, self.sheet)
        hold(self.home, self.batch)
        found = self.killed(None) + left_behind(self.home)
        told = pq.read_table(self._delivery(), columns=["row", "truth"])
        found["lost batches"] += len([*self.home.truth("").parent.iterdir()]) != 1 or not told.equals(self.told)
        found["lost batches"] += digest_of_figures(self.home.judged(self.batch)) != self.judged
        return found

    def _torn(self):
        files = {self._delivery(): Delivery, self.home.judged(self.batch): Judgement}
        return Counter({"torn files": sum(path.exists() and kind.read(path) is None for path, kind in files.items())})


def digest_of_figures(path):
    return str(pq.read_table(path, columns=["metric", "label", "other", "value", "count"]).to_pylist())


def place_of(phase, folder):
    if phase in TRUTH:
        return Truth(folder, phase)
    return (Labelling if phase in LABELS else Pruning if phase == "pruning" else Training)(folder)


def torture(phase, folder):
    """The number of events, of kills, and what was wrong."""
    rng = random.Random(f"{SEED} {phase}")
    place = place_of(phase, folder)
    dry = victim(phase, 0, 0, place.home, place.begin(0))
    events, seconds = dry.stdout.split()
    kills, found = 0, Counter()
    for turn, (at, delay) in enumerate(spread(phase, int(events), float(seconds), rng), start=1):
        ended = victim(phase, at, delay, place.home, place.begin(turn))
        kills += ended.returncode == -signal.SIGKILL
        faults = checked(place.killed, turn) + checked(place.follow, turn)
        tell(f"{phase}, turn {turn}, {delay:.3f} s after event {at}", faults, ended.stderr)
        found += faults
    return int(events), kills, found


# The whole program, with Prefect.


def inboxes(folder):
    """Homes with a full inbox, every other one without a version: made early, for a file just made is waited for."""
    trained = Home.at(folder / "trained")
    train(trained, 0)
    source = make(FILE_ROWS, folder / "wines.parquet")
    for turn in range(PROGRAM_KILLS + 2):
        home = Home.at(folder / f"home {turn}")
        home.inbox.mkdir(parents=True)
        for number in range(FILES):
            shutil.copy(source, home.inbox / f"night-{number}.parquet")
        if turn % 2:
            shutil.copytree(trained.folder / "models", home.folder / "models")
        yield home


def torture_program(homes, folder):
    """Kill `serve --once` at moments spread over the time it takes, all against one server."""
    rng = random.Random(SEED)
    prefect = {"PREFECT_HOME": str(folder / "prefect")}
    os.environ |= prefect
    server.prepare()
    api = server.Server()
    try:
        assert api.ready()
        environs = environment(PREFECT_API_URL=api.url, **prefect)
        took = [serve_once(home, environs) for home in homes[:2]]
        kills, found = 0, Counter()
        for turn, home in enumerate(homes[2:]):
            moment = took[turn % 2] * (turn + rng.random()) / PROGRAM_KILLS
            kills += killed(once(home), environs, home.folder, moment)
            faults = checked(follow_program, home, environs, folder / "prefect" / "prefect.db")
            tell(f"{PROGRAM} after {moment:.2f} s", faults, "")
            found += faults
    finally:
        api.stop()
    return f"{max(took):.1f} s", kills, found


def once(home):
    return [sys.executable, "-P", "-m", "flows", "serve", "--once", "--quiet", "--home", str(home.folder)]


def serve_once(home, environs):
    start = time.perf_counter()
    subprocess.run(once(home), env=environs, cwd=home.folder, check=True, capture_output=True, text=True)
    return time.perf_counter() - start


def follow_program(home, environs, database):
    found = Counter()
    for source in home.inbox.iterdir():
        found += look_at_labels(home, source.stem)
    serve_once(home, environs)
    for source in home.inbox.iterdir():
        found += look_at_batch(home, source.stem, FILE_ROWS)
    found["lost batches"] += len([*home.labels("any").parent.iterdir()]) != FILES
    with sqlite3.connect(database) as prefect:
        states = prefect.execute("select name, state_type from flow_run").fetchall()
    found["runs left running"] = len([name for name, state in states if state not in FINAL])
    return found + look_at_store(home, {}) + look_at_champion(home) + left_behind(home)


# The table.


def show(rows):
    short = [fault.replace(" ", "\n", 1).split("\n") for fault in FAULTS]
    print(f"{'':14}{'events':>7}{'kills':>7}" + "".join(f"{first:>15}" for first, _ in short))
    print(f"{'':28}" + "".join(f"{rest:>15}" for _, rest in short))
    for phase, (events, kills, found) in rows.items():
        print(f"{phase:14}{events:>7}{kills:>7}" + "".join(f"{found[fault]:>15}" for fault in FAULTS))


def main():
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for phase in (*KILLS, *COMMANDS, PROGRAM, CROWD):
            (folder / phase).mkdir()
        homes = list(inboxes(folder / PROGRAM))
        with ThreadPoolExecutor(2) as pool:
            rows = dict(zip(KILLS, pool.map(lambda phase: torture(phase, folder / phase), KILLS), strict=True))
        rows |= {command: torture_command(command, folder / command) for command in COMMANDS}
        rows[PROGRAM] = torture_program(homes, folder / PROGRAM)
        rows[CROWD] = crowd(folder / CROWD)
    show(rows)
    total = sum((found for _, _, found in rows.values()), Counter())
    kills = sum(kills for _, kills, _ in rows.values())
    print(f"\n{kills} kills in {time.perf_counter() - start:.0f} s")
    for fault in FAULTS:
        print(f"{fault:20} {total[fault]}")
    sys.exit(1 if +total or kills < 100 else 0)


if __name__ == "__main__":
    main()
