"""What a one-off run costs beside an empty Prefect flow started the plain way, cold; pairs in turn, ratios.

python benchmarks/one_off.py 5
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EMPTY = "from prefect import flow\n@flow\ndef empty():\n    pass\nempty()\n"
SHIPPED = Path(__file__).parent.parent / "data" / "raw" / "wine.csv"


def seconds(words: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
        environment = plain | {
            "PREFECT_HOME": f"{folder}/prefect",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
        command = [str(Path(sys.executable).with_name("wine-labels"))]
        label = [*command, "label", str(SHIPPED), "--home", folder, "--replace"]
        empty = [sys.executable, "-c", EMPTY]
        seconds([*command, "run", "--home", folder], environment)
        seconds(empty, environment)
        pairs = [(seconds(label, environment), seconds(empty, environment)) for _ in range(int(sys.argv[1]))]
        for ours, theirs in pairs:
            print(f"wine-labels label {ours:5.2f} s   empty flow {theirs:5.2f} s   ratio {ours / theirs:.2f}")
        print(f"median ratio {statistics.median(ours / theirs for ours, theirs in pairs):.2f}")


if __name__ == "__main__":
    main()
