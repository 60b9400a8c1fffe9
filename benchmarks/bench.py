"""Everything that is measured beside others, in one run, written into docs/benchmarks.md.

python benchmarks/bench.py
"""

import datetime as dt
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version as installed
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from goals import goal_lines, spread
from tables import STEP, make, wines

from flows.state.home import Home
from models.export import to_onnx
from models.store import ModelStore
from work import train

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
PACKAGES = ("numpy", "pandas", "pyarrow", "duckdb", "onnxruntime", "scikit-learn", "polars", "prefect")
DUCKDB = ("DuckDB SQL", "DuckDB SQL without typicality")
PEERS = ("pandas + scikit-learn", "pyarrow + onnxruntime", *DUCKDB)
BOUNDS = ("ours, one thread", "NumPy in memory", "read only")
ROWS, MORE_ROWS, CSV_ROWS, MILLIONS, PAIRS = 2_000_000, 16_000_000, 2_000_000, (1, 10, 100), 10
COMMANDS = ("run", "train", "label", "models", "replay", "open", "serve")
TIES, CLOSE = 1e-5, 1e-6
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
    """The labels, sets and typicality of a peer are ours, row by row, but for ties and rounding of floating point."""
    theirs = pq.read_table(labels_of(peer, home))
    mine = pq.read_table(labels_of("ours", home), columns=theirs.column_names)
    assert mine["row"].equals(theirs["row"])
    for name in {"label_id", "label_set", "typicality"}.intersection(theirs.column_names):
        differing = differences(mine[name], theirs[name]).mean()
        assert differing <= TIES, f"{peer}: {differing:.2%} of {name} are not ours"


def differences(mine, theirs):
    """Whether each of two columns' values differ, numbers by more than rounding."""
    mine, theirs = (np.asarray(column.to_pandas()) for column in (mine, theirs))
    return ~np.isclose(mine, theirs, rtol=0, atol=CLOSE) if mine.dtype.kind == "f" else mine != theirs


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


def table(heads, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *lines)) + "\n"


def ratios(pairs, what="seconds"):
    return [theirs[what] / mine[what] for mine, theirs in pairs]


def labelling(home, rows, peers, bounds, found):
    """Ours beside peers and bounds on one file; ratios of time by peer go into what was found."""
    source = make(rows, home.folder / "wines.parquet")
    pairs = in_turn(home, source, (*peers, *bounds), ROUNDS)
    source.unlink()
    for peer in pairs:
        if peer != "read only":
            agree(home, peer)
    everything = {"ours, two threads": [(mine, mine) for each in pairs.values() for mine, _ in each]} | pairs
    lines = [
        [
            name,
            spread([rows / theirs["seconds"] / 1e6 for _, theirs in each]),
            spread(ratios(each)),
            spread(ratios(each, "processor")),
            f"{max(theirs['peak'] for _, theirs in each):.0f}",
        ]
        for name, each in everything.items()
    ]
    found |= {peer: ratios(each) for peer, each in pairs.items()}
    return table(["", "million rows a second", "time / ours", "processor time / ours", "peak, MB"], lines)


def csv(home, found):
    source = make(CSV_ROWS, home.folder / "wines.csv")
    pairs = in_turn(home, source, ["open_csv alone"], ROUNDS)["open_csv alone"]
    source.unlink()
    found["csv"] = ratios(pairs)
    rate = [spread([CSV_ROWS / pair[place]["seconds"] / 1e6 for pair in pairs]) for place in (0, 1)]
    return table(
        ["", "million rows a second", "time / ours"],
        [["ours", rate[0], "1"], ["pyarrow.csv.open_csv alone", rate[1], spread(ratios(pairs))]],
    )


def reading(found):
    """What reading.py says of Parquet: the median of five ratios, once a round."""
    ratio = re.compile(r"^parquet +iter_batches .*ours / this +([\d.]+)$", re.MULTILINE)
    found["reading"] = [float(ratio.search(said("reading.py", 1_000_000))[1]) for _ in range(ROUNDS)]


def memory(home, found):
    lines, peaks = [], []
    for each in MILLIONS:
        source = repeated(each * 1_000_000, home.folder / f"{each}.parquet")
        took = run("ours", home, source)
        peaks.append(took["peak"])
        lines.append([str(each), f"{took['peak']:.0f}", f"{each / took['seconds']:.2f}"])
        source.unlink()
    found |= {"memory": [max(peaks)], "memory apart": [max(peaks) / min(peaks)]}
    return table(["million rows", "peak, MB", "million rows a second"], lines)


def training(found):
    rounds = json.loads(said("fitting.py", ROUNDS))
    lines = []
    for name in rounds[0]:
        large = "1,000,000" in name or "products" in name
        base = "ours, 1,000,000 rows" if large else "ours"
        unit, form = ("s", ".3f") if large else ("µs", ".1f")
        shares = [each[name] / each[base] for each in rounds]
        lines.append([name, f"{spread([each[name] for each in rounds], form)} {unit}", spread(shares)])
    found["epoch"] = [each["ours"] / each["the article's loop"] for each in rounds]
    found["stack"] = [each["ours, a stack of 10, each network"] / each["ours"] for each in rounds]
    found["million"] = [each["ours, 1,000,000 rows"] / each["its matrix products alone"] for each in rounds]
    note = "" if "torch" in rounds[0] else "\ntorch was not installed and is left out.\n"
    return table(["one epoch", "time", "time / ours"], lines) + note


def start_up(found):
    program = str(Path(sys.executable).with_name("wine-labels"))
    asked = [["--help"], *([name, "--help"] for name in COMMANDS), ["models", "list"]]
    taken = {" ".join(words): [seconds([program, *words]) for _ in range(ROUNDS)] for words in asked}
    found["help"] = max((each for words, each in taken.items() if "--help" in words), key=statistics.median)
    return table(["", "seconds"], [[f"`wine-labels {words}`", spread(each)] for words, each in taken.items()])


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def one_off(found):
    """What one_off.py says, pair by pair."""
    pair = re.compile(r"^(cold|running) .*flow.*ratio ([\d.]+)$", re.MULTILINE)
    pairs = pair.findall(said("one_off.py", PAIRS))
    found |= {kind: [float(ratio) for name, ratio in pairs if name == kind] for kind in ("cold", "running")}
    return table(["", "time / an empty flow's"], [[kind, spread(found[kind])] for kind in ("cold", "running")])


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


def compared(home, found):
    """The tables of labelling, with the goals of both sizes apart."""
    few, many = {}, {}
    tables = {
        "labelling": labelling(home, ROWS, PEERS, BOUNDS, few),
        "more": labelling(home, MORE_ROWS, DUCKDB, (), many),
    }
    found |= {name: few[peer] for name, peer in zip(("duckdb", "without"), DUCKDB, strict=True)}
    found |= {f"{name}, more rows": many[peer] for name, peer in zip(("duckdb", "without"), DUCKDB, strict=True)}
    found |= {"scikit-learn": few[PEERS[0]], "onnxruntime": few[PEERS[1]], "threads": few[BOUNDS[0]]}
    return tables


def page():
    start, about, found = time.perf_counter(), machine(), {}
    with tempfile.TemporaryDirectory() as folder:
        home = Home.at(folder)
        train(home)
        (home.folder / "wine.onnx").write_bytes(to_onnx(ModelStore(home.models).load().classifier))
        reading(found)
        measured = compared(home, found) | {
            "about": about,
            "rows": f"{ROWS:,}",
            "more_rows": f"{MORE_ROWS:,}",
            "csv_rows": f"{CSV_ROWS:,}",
            "csv": csv(home, found),
            "memory": memory(home, found),
            "training": training(found),
            "start": start_up(found),
            "one_off": one_off(found),
            "parts": parts(ROWS),
        }
    measured |= {"goals": goal_lines(found), "minutes": f"{(time.perf_counter() - start) / 60:.0f}"}
    return (HERE / "page.md").read_text().format_map(measured)


def main():
    PAGE.write_text(page())
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
