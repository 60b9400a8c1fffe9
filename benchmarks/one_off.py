"""What a one-off run costs beside an empty Prefect flow: cold, each with a server of its own, and with one running.

Each labels a file that is new, for one that is labelled already is answered without a run; that is timed by itself.

python benchmarks/one_off.py 5
"""

import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.runs import server, settings

EMPTY = "from prefect import flow\n@flow\ndef empty():\n    pass\nempty()\n"
SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"


PROGRAM = str(Path(sys.executable).with_name("wine-labels"))
NUMBERS = itertools.count()
ENDING = 2.0  # seconds that a server of ours takes to end, which nobody waits for


def new_file(folder: str) -> list[str]:
    """The words that label a file which no run has seen."""
    file = shutil.copy(SHIPPED, f"{folder}/wine-{next(NUMBERS)}.csv")
    return [PROGRAM, "label", file, "--home", folder]


def seconds(words: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Time elapsed, and processor time of what was waited for."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pairs(folder: str, empty: list[str], environment: dict[str, str], count: int, kind: str) -> None:
    seconds(new_file(folder), environment)
    seconds(empty, environment)
    ratios = []
    for _ in range(count):
        ours, _ = seconds(new_file(folder), environment)
        time.sleep(ENDING)
        theirs, _ = seconds(empty, environment)
        ratios.append(ours / theirs)
        print(
            f"{kind:<8} wine-labels label {ours:5.2f} s   empty flow {theirs:5.2f} s   ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"{kind:<8} median ratio {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


def nothing_to_do(folder: str, environment: dict[str, str], count: int) -> None:
    words = [PROGRAM, "run", "--home", folder]
    times = [seconds(words, environment) for _ in range(count)]
    elapsed, work = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"nothing to do: wine-labels run {elapsed:.2f} s, of processor time {work:.2f} s")


def main() -> None:
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
        environment = plain | {
            "PREFECT_HOME": f"{folder}/prefect",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
        empty = [sys.executable, "-c", EMPTY]
        seconds([PROGRAM, "run", "--home", folder], environment)
        nothing_to_do(folder, environment, count)
        pairs(folder, empty, environment, count, "cold")
        os.environ |= settings.SETTINGS | environment
        running = server.Server()
        if not running.ready():
            sys.exit("the server did not come up")
        pairs(folder, empty, environment | {"PREFECT_API_URL": running.url}, count, "running")
        running.stop()


if __name__ == "__main__":
    main()
