"""Everything that is measured beside others, in one run, written into docs/benchmarks.md.

python benchmarks/bench.py 2000000 [--large 100]
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version as installed
from pathlib import Path

import pyarrow.parquet as pq
from tables import STEP, make, wines

from flows.state.home import Home
from models.export import to_onnx
from models.store import ModelStore
from work import train

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
PACKAGES = ("numpy", "pandas", "pyarrow", "duckdb", "onnxruntime", "scikit-learn", "polars", "prefect")
PEERS = ("pandas + scikit-learn", "pyarrow + onnxruntime", "DuckDB SQL")
BOUNDS = ("ours, one thread", "NumPy in memory", "read only")
GOALS = {"DuckDB SQL": 2, "pyarrow + onnxruntime": 4, "pandas + scikit-learn": 10}
GOAL_RATE, CSV_ROWS, TIES = 3.0, 500_000, 1e-5
ROUNDS = 3


# Measuring.


def run(name, home, source):
    """Seconds, processor seconds and peak memory of one fresh process; its labels stay beside the source."""
    words = [sys.executable, HERE / "rivals.py", name.split(",")[0], home.folder, source, labels_of(name, home)]
    threads = "1" if name.endswith("one thread") else "2"
    environment = os.environ | {"WINE_LABELS_THREADS": threads}
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, env=environment).stdout)


def labels_of(name, home):
    return home.folder / f"labels of {name}.parquet"


def in_turn(home, source, peers, rounds):
    """By peer a list of (ours, theirs), each pair one after the other."""
    pairs = {peer: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            pairs[peer].append((run("ours", home, source), run(peer, home, source)))
    return pairs


def agree(home, peer):
    """The labels of a peer are ours, row by row, but for ties of floating point."""
    mine, theirs = (pq.read_table(labels_of(name, home), columns=["row", "label_id"]) for name in ("ours", peer))
    assert mine["row"].equals(theirs["row"])
    differing = (mine["label_id"].to_numpy() != theirs["label_id"].to_numpy()).mean()
    assert differing <= TIES, f"{peer}: {differing:.2%} of the labels are not ours"


def repeated(rows, target):
    """A table of any size at the price of one row group, written again and again."""
    group = wines(STEP, 0)
    with pq.ParquetWriter(target, group.schema) as file:
        for start in range(0, rows, STEP):
            file.write_table(group.slice(0, min(STEP, rows - start)))
    return target


def said(script, *words):
    command = [sys.executable, HERE / script, *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


# The page.


def spread(values, form=".2f"):
    return " - ".join(f"{each:{form}}" for each in (min(values), statistics.median(values), max(values)))


def table(heads, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *lines)) + "\n"


def ratios(pairs, what="seconds"):
    return [theirs[what] / mine[what] for mine, theirs in pairs]


def labelling(home, rows):
    source = make(rows, home.folder / "wines.parquet")
    pairs = in_turn(home, source, (*PEERS, *BOUNDS), ROUNDS)
    for peer in (*PEERS, "ours, one thread", "NumPy in memory"):
        agree(home, peer)
    everything = {"ours, two threads": [(mine, mine) for found in pairs.values() for mine, _ in found]} | pairs
    lines = [
        [
            name,
            spread([rows / theirs["seconds"] / 1e6 for _, theirs in found]),
            spread(ratios(found)),
            spread(ratios(found, "processor")),
            f"{max(theirs['peak'] for _, theirs in found):.0f}",
        ]
        for name, found in everything.items()
    ]
    heads = ["", "million rows a second", "time / ours", "processor time / ours", "peak, MB"]
    best = statistics.median(rows / mine["seconds"] / 1e6 for mine, _ in everything["ours, two threads"])
    goals = [f"- at least {GOAL_RATE:.0f} M rows/s on two cores: {met(best >= GOAL_RATE)} (median {best:.2f})"]
    for peer, goal in GOALS.items():
        found = statistics.median(ratios(pairs[peer]))
        goals.append(f"- at least {goal} times as fast as {peer}: {met(found >= goal)} (median {found:.2f})")
    source.unlink()
    return table(heads, lines) + "\n" + "\n".join(goals) + "\n"


def met(whether):
    return "met" if whether else "**not met**"


def csv(home):
    source = make(CSV_ROWS, home.folder / "wines.csv")
    found = in_turn(home, source, ["open_csv alone"], ROUNDS)["open_csv alone"]
    source.unlink()
    rate = [spread([CSV_ROWS / pair[place]["seconds"] / 1e6 for pair in found]) for place in (0, 1)]
    return table(
        ["", "million rows a second", "time / ours"],
        [["ours", rate[0], "1"], ["pyarrow.csv.open_csv alone", rate[1], spread(ratios(found))]],
    )


def memory(home, millions):
    lines = []
    for each in millions:
        source = repeated(each * 1_000_000, home.folder / f"{each}.parquet")
        took = run("ours", home, source)
        lines.append([str(each), f"{took['peak']:.0f}", f"{each / took['seconds']:.2f}"])
        source.unlink()
    return table(["million rows", "peak, MB", "million rows a second"], lines)


def training():
    rounds = json.loads(said("fitting.py", ROUNDS))
    lines = []
    for name in rounds[0]:
        large = "1,000,000" in name or "products" in name
        base = "ours, 1,000,000 rows" if large else "ours"
        unit, form = ("s", ".3f") if large else ("µs", ".1f")
        shares = [each[name] / each[base] for each in rounds]
        lines.append([name, f"{spread([each[name] for each in rounds], form)} {unit}", spread(shares)])
    note = "" if "torch" in rounds[0] else "\ntorch was not installed and is left out.\n"
    return table(["one epoch", "time", "time / ours"], lines) + note


def start_up():
    program = str(Path(sys.executable).with_name("wine-labels"))
    code = "import subprocess, sys, time; s = time.perf_counter(); subprocess.run(sys.argv[1:], check=True, "
    code += "stdout=subprocess.DEVNULL); print(time.perf_counter() - s)"
    lines = []
    for words in (["--help"], ["models", "list"]):
        command = [sys.executable, "-c", code, program, *words]
        taken = [float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(ROUNDS)]
        lines.append([f"`wine-labels {' '.join(words)}`", spread(taken)])
    return table(["", "seconds"], lines)


def parts(rows):
    lines = [line.split("  ", 1) for line in said("where.py", rows).splitlines()]
    return table(["part", "seconds per million rows"], [[name, rest.split()[0]] for name, rest in lines])


def machine():
    models = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    versions = ", ".join(f"{name} {installed(name)}" for name in PACKAGES)
    date = dt.datetime.now(dt.UTC).date()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    cores, python = len(os.sched_getaffinity(0)), sys.version.split()[0]
    return f"{date}, {models[0]}, {cores} cores, Python {python}; {versions}. Load average at the start: {load}."


def page(arguments):
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(folder)
        train(home)
        (home.folder / "wine.onnx").write_bytes(to_onnx(ModelStore(home.models("wine")).load().classifier))
        measured = {
            "about": about,
            "rows": f"{arguments.rows:,}",
            "labelling": labelling(home, arguments.rows),
            "csv": csv(home),
            "memory": memory(home, (1, 10, *arguments.large)),
            "training": training(),
            "start": start_up(),
            "parts": parts(arguments.rows),
        }
    return (HERE / "page.md").read_text().format_map(measured)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=2_000_000)
    parser.add_argument("--large", type=int, nargs=1, default=[], help="millions of rows, for memory")
    PAGE.write_text(page(parser.parse_args()))
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
