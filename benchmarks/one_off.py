"""What a one-off run costs beside an empty Prefect flow: cold, each with a server of its own, and with one running.

python benchmarks/one_off.py 5
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.runs import server, settings

EMPTY = "from prefect import flow\n@flow\ndef empty():\n    pass\nempty()\n"
SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"


def seconds(words: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def pairs(label: list[str], empty: list[str], environment: dict[str, str], count: int, kind: str) -> None:
    seconds(label, environment)
    seconds(empty, environment)
    ratios = []
    for _ in range(count):
        ours, theirs = seconds(label, environment), seconds(empty, environment)
        ratios.append(ours / theirs)
        print(f"{kind:<8} wine-labels label {ours:5.2f} s   empty flow {theirs:5.2f} s   ratio {ratios[-1]:.2f}")
    print(f"{kind:<8} median ratio {statistics.median(ratios):.2f}")


def main() -> None:
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
        environment = plain | {
            "PREFECT_HOME": f"{folder}/prefect",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
        program = str(Path(sys.executable).with_name("wine-labels"))
        empty = [sys.executable, "-c", EMPTY]
        label = [program, "label", str(SHIPPED), "--home", folder]
        seconds([program, "run", "--home", folder], environment)
        pairs(label, empty, environment, count, "cold")
        os.environ |= settings.SETTINGS | environment
        running = server.Server()
        if not running.ready():
            sys.exit("the server did not come up")
        pairs(label, empty, environment | {"PREFECT_API_URL": running.url}, count, "running")
        running.stop()


if __name__ == "__main__":
    main()
