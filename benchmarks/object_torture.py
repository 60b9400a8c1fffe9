"""The same campaign against a home on object storage: real servers, moto's and SeaweedFS.

Eight processes at once, two hundred kills while another process reads, and answers that are lost on the way.

python benchmarks/object_torture.py [moto] [seaweedfs] [saved] [promoted] [killed] [lost]
"""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.util import get_temp_dir
from pathlib import Path
from unittest.mock import patch

from object_looks import FAULTS, Bucket, look_at_batch, look_at_store, watch
from object_work import BATCH, FRESH, PATIENCE, SPAWN, Victim, promote, publish, publish_own, save, store_of, together

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import object_stores
from data import uploads
from flows.state.home import Home
from models import object_writer

SEED = 0
EACH = 50  # versions and promotions of a process
BATCHES = 3  # of a process
KILLS = {publish: 80, save: 60, promote: 60}
STORES = ("moto", "seaweedfs")


def many(act, each, address, folder):
    """Many at once; what was done, and what is wrong with the store afterwards."""
    home = Home.at(address)
    start = time.perf_counter()
    given, failed = together(act, address, each)
    took = time.perf_counter() - start
    jobs = range(len(given) + len(failed))
    found = Counter({"runs not completed": len(failed)})
    if act is save:
        found["versions doubled"] += len(given) - len(set(given))
        found += look_at_store(home, jobs=jobs)
    elif act is promote:
        found += look_at_store(home, reasons=[f"job {job}" for job in jobs])
    else:
        for job in jobs:
            found += look_at_batch(home, [job], folder, f"batch-{job}")
    for fault in failed:
        print(fault)
    return f"{len(given)} in {took:.0f} s", found


# Kills.


@contextmanager
def watched(address):
    """Somebody who reads all the while; how often, and what was wrong, at the end."""
    ended, (pipe, other) = SPAWN.Event(), SPAWN.Pipe()
    reader = SPAWN.Process(target=watch, args=(address, ended, other), daemon=True)
    reader.start()
    said = []
    try:
        yield said
    finally:
        ended.set()
        said += pipe.recv() if pipe.poll(PATIENCE) else (0, Counter({"runs not completed": 1}))
        reader.join()


def moments(took, rng):
    """At which moments to kill: every other one near the end, where what was prepared becomes visible."""
    while True:
        yield rng.uniform(0, took)
        yield rng.uniform(0.7 * took, took)


def kill(act, kills, address, folder, turn):
    """Kill so often, and do the same to its end after each; the faults, and the turns that have been begun."""
    home, rng, found = Home.at(address), random.Random(f"{SEED} {act.__name__}"), Counter()
    took = min(Victim(act, address).took(turn + place) for place in range(3))
    turn += 3
    at, victim, count = moments(took, rng), Victim(act, address), 0
    begun = []
    while count < kills:
        current, victim = victim, Victim(act, address)
        moment = next(at)
        killed = current.killed(turn, moment)
        count += killed
        if count % 20 == 0:
            print(f"{act.__name__}: {count} killed", file=sys.stderr, flush=True)
        faults = follow(act, home, folder, turn, begun)
        if +faults:
            print(f"{act.__name__}, killed ({killed}) after {moment:.3f} of {took:.3f} s: {dict(+faults)}", flush=True)
        found += faults
        turn += 2
    victim.end()
    return count, found, turn


def follow(act, home, folder, turn, begun):
    """What is wrong after a kill, and after the run that follows."""
    found = Counter()
    if act is publish:
        found += look_at_batch(home, {0, turn - 1, turn}, folder, BATCH)
    given = act(home, turn + 1)
    if act is publish:
        return found + look_at_batch(home, {turn + 1}, folder, BATCH)
    if act is save:
        begun.append(given)
        found["versions doubled"] += begun.count(given) - 1
        found["versions lost"] += store_of(home).load(given).notes["job"] != turn + 1
        return found
    found["promotions lost"] += store_of(home).history()[-1]["reason"] != f"job {turn + 1}"
    return found


def kills(address, folder):
    """Two hundred kills, and what a day later is left of what they left."""
    home, bucket, found, total, turn = Home.at(address), Bucket(address), Counter(), 0, 1
    save(home, 0)
    start = time.perf_counter()
    with watched(address) as said:
        for act, count in KILLS.items():
            done, faults, turn = kill(act, count, address, folder, turn)
            total += done
            found += faults
    took = time.perf_counter() - start
    looks, seen = said
    found += seen + look_at_store(home, jobs=())
    left, claims = bucket.uploads(), len(bucket.keys(home.models / ".claims"))
    uploads.sweep_uploads(home.folder)
    found["left after a day"] += bucket.uploads() != left  # they are young
    with patch.object(uploads, "OLD", timedelta(0)), patch.object(object_writer, "OLD", 0.0):
        time.sleep(1.1)  # times of objects are in whole seconds
        home.prepare()
        save(home, turn)
    found["left after a day"] += bucket.uploads() + len(bucket.keys(home.models / ".claims"))
    versions = {f"{number:04}" for number in store_of(home).versions()}
    found["left after a day"] += len({key.split("/")[0] for key in bucket.keys(home.models) if "/" in key} - versions)
    found += look_at_store(home, jobs=())
    return f"{total} in {took:.0f} s; {looks} looks, {left} uploads and {claims} claims left, then swept", found


# Lost answers.


def losing(act, each, endpoint, address, folder):
    """Many at once, through a proxy that loses every third answer."""
    with (
        object_stores.DroppingProxy(endpoint) as proxy,
        patch.dict(os.environ, {"AWS_ENDPOINT_URL": proxy.endpoint}),
    ):
        said, found = many(act, each, address, folder)
    bucket = Bucket(address)
    left = bucket.uploads()
    with patch.object(uploads, "OLD", timedelta(0)):
        time.sleep(1.1)
        uploads.sweep_uploads(Home.at(address).folder)
    found["left after a day"] += bucket.uploads()
    return f"{said}; {len(proxy.lost)} answers lost, {left} uploads left, then swept", found


def torture(kind, folder, wanted):
    store = getattr(object_stores, kind)()
    try:
        with store.bucket("torture") as bucket, patch.dict(os.environ, bucket.variables):
            one, two, three = (f"{bucket.address}/{name}" for name in ("many", "kills", "lost"))
            Home.at(one).prepare()
            phases = {
                "saved at once": lambda: many(save, EACH, one, folder),
                "promoted at once": lambda: many(promote, EACH, one, folder),
                "killed": lambda: kills(two, folder),
                "lost answers, saved": lambda: losing(save, EACH, bucket.endpoint, three, folder),
                "lost answers, promoted": lambda: losing(promote, EACH, bucket.endpoint, three, folder),
                "lost answers, published": lambda: losing(publish_own, BATCHES, bucket.endpoint, three, folder),
            }
            total = Counter()
            for phase, act in phases.items():
                if wanted and phase.split()[0] not in wanted:
                    continue
                said, found = act()
                print(f"{kind}, {phase}: {said}; faults: {dict(+found) or 'none'}", flush=True)
                total += found
    finally:
        store.stop()
    return total


def main():
    start, total = time.perf_counter(), Counter()
    get_temp_dir()  # that of multiprocessing, which is to outlive ours
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, {"TMPDIR": name}):
        tempfile.tempdir = None
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
        FRESH.set_forkserver_preload(["object_work"])
        for kind in [kind for kind in STORES if kind in sys.argv] or STORES:
            total += torture(kind, Path(name), {*sys.argv[1:]} - {*STORES})
    print(f"\n{time.perf_counter() - start:.0f} s")
    for fault in FAULTS:
        print(f"{fault:20} {total[fault]}")
    sys.exit(1 if +total else 0)


if __name__ == "__main__":
    main()
