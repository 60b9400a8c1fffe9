"""Labelling into a home on object storage beside one on a disk: the same bytes, the time of each, peak memory.

The store is a SeaweedFS server on this machine, which takes processors of its own; one of yours is taken where
AWS_ENDPOINT_URL and its keys name it and an address is given.

python benchmarks/object_home.py 10000000 [s3://BUCKET/PREFIX]
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack
from pathlib import Path

from tables import make

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

JOB = """
import resource, sys, time
from flows.state.home import Home
from models.store import ModelStore
from work import label, train
home = Home.at(sys.argv[1])
if not ModelStore(home.models).versions():
    train(home)
start, before = time.perf_counter(), time.process_time()
done = label(__import__("pathlib").Path(sys.argv[2]), home, replace=True)
print(done.labelled, time.perf_counter() - start, time.process_time() - before,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    rows = int(sys.argv[1])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = sys.argv[2] if len(sys.argv) > 2 else made(stack)
        source = make(rows, folder / f"wines-{rows}.parquet")
        for turn in range(2):
            for home in (f"{folder}/home-{turn}", f"{address}-{turn}"):
                out = subprocess.run(
                    [sys.executable, "-c", JOB, home, source], check=True, capture_output=True, text=True, cwd=HERE
                )
                labelled, seconds, processor, peak = map(float, out.stdout.split())
                kind = "on object storage" if "://" in home else "on a disk"
                print(
                    f"{kind:<18} {labelled:>12,.0f} labelled  {seconds:6.1f} s  {processor:6.1f} s of processor time  "
                    f"{peak:6.0f} MB peak  sha256 {digest(home, source.stem)}",
                    flush=True,
                )


def made(stack: ExitStack) -> str:
    """A bucket of a store that runs as long as this does."""
    import object_stores

    store = object_stores.seaweedfs()
    stack.callback(store.stop)
    bucket = stack.enter_context(store.bucket(f"b-{uuid.uuid4().hex}"))
    os.environ.update(bucket.variables)
    return f"{bucket.address}/home"


def digest(home: str, batch: str) -> str:
    """The sha256 of a batch's labels."""
    from flows.state.home import Home

    with Home.at(home).labels(batch).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


if __name__ == "__main__":
    main()
