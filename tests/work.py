"""What most tests begin with: bottles, a table labelled, a version trained, in this process and without Prefect."""

import asyncio
import csv
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq

from data.sources import Source
from flows.jobs.deliver import Terms
from flows.jobs.deliver import deliver as deliver_source
from flows.jobs.label import label as label_source
from flows.jobs.request import Request, Training
from flows.jobs.train import train as train_once
from flows.state.home import Home
from flows.state.judgement import judgement_table
from flows.state.report import report_table
from models.store import ModelStore
from schemas.record import Record
from schemas.tables import get_table
from schemas.telling import Judgement

TABLE = get_table("wine")
WINE = TABLE.shipped
HEADER, *LINES = WINE.read_text().splitlines()
FEATURES = TABLE.features


def with_cell(line, place, text):
    """A line of CSV with another text in one of its cells."""
    row = next(csv.reader([line]))
    row[place] = text
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in row)


def write(path, *lines, header=HEADER):
    """A CSV file of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def cells(path, *names):
    """The rows of a Parquet file, of these columns."""
    return [tuple(line[name] for name in names) for line in pq.read_table(path).to_pylist()]


def published(home):
    """All that is in a home's folders, but for the models."""
    return {
        str(path.relative_to(home.folder)): path.read_bytes()
        for path in home.folder.rglob("*")
        if path.is_file() and "models" not in path.parts
    }


def request(home, version, **asked):
    return Request(Home.at(home), version.number, version.sha256, **asked)


def champion(home):
    return ModelStore(Home.at(home).models).load()


def label(path, home, version=None, *, batch=None, progress=lambda _: None, **asked):
    """Label a file as the batch of its stem, or as another one, with the home's champion unless a version is given."""
    version = version or champion(home.folder if isinstance(home, Home) else home)
    home = home if isinstance(home, Home) else Home.at(home)
    source = Source.at(str(path) if batch is None else f"{batch}{path.suffix}", path)
    asked = replace(Request(home, version.number, version.sha256), **asked)
    return label_source(source, asked, version, progress)


def bottles(path, *places, ids=True):
    """The shipped bottles at these places, all unless any is given, without their class, under ids B000, B001, ..."""
    name, *features = HEADER.split(",")
    assert name == "cultivar"
    rows = [(place, LINES[place].split(",")[1:]) for place in (places or range(len(LINES)))]
    lines = [",".join(([f"B{place:03}"] if ids else []) + cells) for place, cells in rows]
    return write(path, *lines, header=",".join((["id"] if ids else []) + features))


def truth_of(place):
    """The class of a shipped bottle."""
    return TABLE.classes[int(LINES[place].split(",")[0])]


def deliver(path, home, **terms):
    """Take a truth file in."""
    home = home if isinstance(home, Home) else Home.at(home)
    return deliver_source(Source.at(str(path)), home, Terms(**terms))


def train(home, *paths, **asked):
    """Train a version on these files, the shipped table unless any is given."""
    home = home if isinstance(home, Home) else Home.at(home)
    return train_once(Training(home, sources=tuple(map(str, paths)), **asked))


def run(flow, *arguments, **named):
    """The state a flow ends in."""
    return asyncio.run(flow(*arguments, **named, return_state=True))


def result(state):
    """What a flow has given, or the error it has ended with."""
    return asyncio.run(state.aresult(raise_on_failure=False))


def servers_with(variable):
    """The processes of Prefect servers that have this in their environment."""
    shown = subprocess.run(["ps", "axeww", "-o", "command"], capture_output=True, text=True, check=True)
    return [line for line in shown.stdout.splitlines() if variable in line and "uvicorn" in line]


def is_refusal(text):
    """Whether a text is one line that says what is wrong, what was found and what to do."""
    (line,) = text.splitlines()
    return line.startswith("error: ") and line.count("; ") >= 2 and "Traceback" not in text


def snapshot(folder):
    """Every file of a folder with its bytes and its time."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def made_up(home, batch, *, day=0, version=1, rows=100, rejected=0, suspect="", **figures):
    """A batch that nobody labelled: a report of these figures, and files of labels and rejects that say the same."""
    at = datetime(2026, 1, 1, 4, tzinfo=UTC) + timedelta(days=day)
    sizes = (rows, rows - rejected, rejected)
    record = Record(1, "wine", f"{batch}.csv", "s" * 64, version, f"{version}" * 64, "0", *sizes, "", suspect)
    values = {"labelled": rows - rejected, "review": 0, "expected_accuracy": 0.95, "accuracy": None} | figures
    lines = [{"metric": name, "value": value, "count": 0 if value is None else rows} for name, value in values.items()]
    lines += [{"metric": "drift", "label": name, "other": "small", "value": 0.01, "count": rows} for name in FEATURES]
    for path in (home.report(batch), home.rejects(batch), home.labels(batch)):
        saved(report_table(lines, batch, version, at), path, record)
    return record


def judged(home, batch, record, *lines):
    """A judged file of a batch, of lines (metric, label, value, count, and a text where there is one)."""
    names = ("metric", "label", "value", "count", "other")
    figures = [dict(zip(names, line, strict=False)) for line in lines]
    table = judgement_table(figures, batch, record.model_version, datetime(2026, 2, 1, tzinfo=UTC))
    held = Judgement(1, "wine", record.source_sha256, record.model_version, record.model_sha256, "0", "")
    saved(table, home.judged(batch), held)


def saved(table, path, metadata):
    """A table as a Parquet file that says this of itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata.metadata()), path)


PENGUINS = """
format = 1
name = "penguins"
title = "Penguins"
row = "penguin"
ignored = ["rowid"]

[id]
spellings = ["ring"]

[label]
name = "species"

[[classes]]
id = 0
name = "Adelie"

[[classes]]
id = 1
name = "Gentoo | big"
spellings = ["gentoo"]

[[features]]
name = "bill length"
title = "Bill length"
unit = "mm"
minimum = 20
maximum = 80.5
missing = "mean"

[[features]]
name = "island"
levels = ["Biscoe", "Dream", "Torgersen"]
level_spellings = { Biscoe = ["biscoe island"] }

[[features]]
name = "sex"
levels = ["male", "female"]
missing = "level"
unseen = "level"

[[features]]
name = "mass"
above = 0
below = 9000
"""
"""A declaration with all there is: categories, missing values of both kinds, a class with a bar in its name."""


def penguins(rows=90, seed=0):
    """Made rows of that table, as text: their columns, and lines of cells; every ninth has something missing."""
    rng = np.random.default_rng(seed)
    lines = []
    for at in range(rows):
        big = at % 2
        bill = f"{rng.normal(45 + 5 * big, 2):.1f}" if at % 9 else "NA"
        island = "Biscoe" if big else ("Dream", "Torgersen")[at % 4 // 2]
        sex = ("male", "female", "")[rng.integers(0, 3)]
        species = "gentoo" if big else "Adelie"
        lines.append(f"R{at:03},{bill},{island},{sex},{rng.normal(3700 + 1300 * big, 300):.0f},{species}")
    return "ring,bill length,island,sex,mass,species", lines
