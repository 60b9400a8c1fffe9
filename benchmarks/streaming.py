"""Rows a second and peak memory of labelling, by size: memory must not grow with the file.

python benchmarks/streaming.py 1000000 5000000 [--csv]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tables import make

JOB = """
import resource, sys, time
from pathlib import Path
from flows import steps
from flows.home import Home
from models.store import ModelStore
home, source = Home.at(sys.argv[1]), Path(sys.argv[2])
version = ModelStore(home.models("wine")).load()
start = time.perf_counter()
done = steps.label(source, source.stem, home, version)
print(done.labelled, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    ending = "csv" if "--csv" in sys.argv else "parquet"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run([sys.executable, "-c", TRAIN, folder], check=True)
        for rows in (int(each) for each in sys.argv[1:] if each.isdecimal()):
            source = make(rows, home / f"wines-{rows}.{ending}")
            out = subprocess.run(
                [sys.executable, "-c", JOB, folder, source], check=True, capture_output=True, text=True
            )
            labelled, seconds, peak = map(float, out.stdout.split())
            print(
                f"{rows:>12,} rows  {labelled:>12,.0f} labelled  {rows / seconds / 1e6:6.2f} M/s  {peak:6.0f} MB peak"
            )
            source.unlink()


TRAIN = """
import sys
from flows import steps
from flows.home import Home
from data.sources import shipped_table
steps.train([shipped_table()], Home.at(sys.argv[1]))
"""

if __name__ == "__main__":
    main()
