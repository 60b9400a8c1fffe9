"""Rows a second and peak memory of labelling, by size: memory must not grow with the file.

python benchmarks/streaming.py 1000000 5000000 [--csv]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tables import make

HERE = Path(__file__).parent
JOB = """
import resource, sys, time
from flows.state.home import Home
from work import label
start = time.perf_counter()
done = label(sys.argv[2], Home.at(sys.argv[1]))
print(done.labelled, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    ending = "csv" if "--csv" in sys.argv else "parquet"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run([sys.executable, "-c", TRAIN, folder], check=True, cwd=HERE)
        for rows in (int(each) for each in sys.argv[1:] if each.isdecimal()):
            source = make(rows, home / f"wines-{rows}.{ending}")
            out = subprocess.run(
                [sys.executable, "-c", JOB, folder, source], check=True, capture_output=True, text=True, cwd=HERE
            )
            labelled, seconds, peak = map(float, out.stdout.split())
            print(
                f"{rows:>12,} rows  {labelled:>12,.0f} labelled  {rows / seconds / 1e6:6.2f} M/s  {peak:6.0f} MB peak"
            )
            source.unlink()


TRAIN = """
import sys
from flows.state.home import Home
from work import train
train(Home.at(sys.argv[1]))
"""

if __name__ == "__main__":
    main()
