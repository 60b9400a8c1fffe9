"""What the page over everything costs: `python benchmarks/home_page.py FOLDER 1000` makes a home of so many batches.

Their reports are written as a labelling would, two years of nights under three champions, one in five with truth told
later; then the page is drawn with nothing kept, again, and after one more batch, each in a process of its own.
"""

import os
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow.parquet as pq

from flows.state.home import Home
from flows.state.judgement import judgement_table
from flows.state.report import LINE, report_table
from models.store import ModelStore
from nn.intervals import wilson
from schemas.record import Record
from schemas.tables import get_table
from schemas.telling import Judgement
from work import label, train

SPAN = 730  # days
CHAMPIONS = (0, 250, 520)  # the days on which they became that
DRAW = "import sys; from pathlib import Path; from flows.pages.home_page import draw_home; from flows.state.home import Home; draw_home(Home(Path(sys.argv[1])))"  # noqa: E501
IMPORT = DRAW.partition("; draw_home")[0]


class Batches:
    """Batches made up after a real one."""

    def __init__(self, home, first):
        self.home, self.first, self.random = home, first, np.random.default_rng(0)
        store = ModelStore(home.models)
        for seed, day in enumerate(CHAMPIONS):
            with patch("models.store.datetime") as clock:
                clock.now.return_value = first + timedelta(days=day)
                train(home, seed=seed, promote=True)
        self.shas = [store.pin(version)[1] for version in store.versions()]
        label(get_table("wine").shipped, home)
        lines = pq.read_table(home.report("wine"), columns=[*LINE]).to_pylist()
        self.lines = [line for line in lines if line["metric"] not in {"confusion", "truth"}]
        self.record = Record.read(home.report("wine"))
        self.made = {path: path("wine").read_bytes() for path in (home.labels, home.rejects)}

    def write(self, number, of):
        """One of so many batches, at its place in time."""
        day = SPAN * number / of
        version = sum(day >= begin for begin in CHAMPIONS)
        batch, rows = f"night-{number:05}", int(self.random.integers(120, 260))
        rejected = int(self.random.poisson(0.02 * rows))
        labelled, review = rows - rejected, int(self.random.binomial(rows - rejected, 0.03 + 0.05 * day / SPAN))
        expected = 0.985 - 0.01 * self.random.random()
        suspect = "alcohol and hue look swapped" if self.random.random() < 0.004 else ""
        sizes = {"rows": rows, "labelled": labelled, "rejected": rejected}
        record = replace(
            self.record, model_version=version, model_sha256=self.shas[version - 1], suspect=suspect, **sizes
        )
        values = sizes | {"review": review, "expected_accuracy": expected}
        drift = dict.fromkeys(get_table("wine").features, 0.0)
        drift = {name: float(self.random.gamma(2, 0.02 + 0.04 * day / SPAN)) for name in drift}
        lines = [self._line(line, values, drift, labelled) for line in self.lines]
        at = self.first + timedelta(days=day)
        publish(report_table(lines, batch, version, at), self.home.report(batch), record)
        for path, content in self.made.items():
            path(batch).write_bytes(content)
        if number % 5 == 0:
            self._judge(batch, record, at, expected, review)

    @staticmethod
    def _line(line, values, drift, labelled):
        if line["metric"] == "drift":
            return line | {"value": drift[line["label"]], "count": labelled}
        if line["metric"].startswith("accuracy"):
            return line | {"value": None, "count": 0}
        return line | {"value": values.get(line["metric"], line["value"]), "count": labelled}

    def _judge(self, batch, record, at, expected, review):
        rows = 40
        right = int(self.random.binomial(rows, expected - 0.01))
        low, high = wilson(right, rows)
        within = int(self.random.binomial(rows, 0.98))
        figures = [
            {"metric": "judged", "value": rows, "count": rows},
            {"metric": "judged_rows", "label": "sampled", "value": rows, "count": rows},
            {"metric": "accuracy_sampled", "value": right / rows, "count": rows},
            {"metric": "accuracy_sampled_low", "value": low, "count": rows},
            {"metric": "accuracy_sampled_high", "value": high, "count": rows},
            {"metric": "expected_accuracy_sampled", "value": expected, "count": rows},
            {"metric": "coverage_sampled", "value": within / rows, "count": rows},
            {"metric": "promised_coverage", "value": 0.98, "count": rows},
            {"metric": "review_wrong", "value": 0, "count": review},
        ]
        if high < expected - 0.02:
            sentence = f"accuracy {right / rows:.0%} on {rows} rows drawn at random, where {expected:.0%} was expected"
            figures.append({"metric": "broken_promise", "other": sentence, "count": rows})
        held = Judgement(1, "wine", record.source_sha256, record.model_version, record.model_sha256, "0", "")
        publish(judgement_table(figures, batch, record.model_version, at), self.home.judged(batch), held)


def publish(table, path, metadata):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata.metadata()), path)


def seconds(code, home):
    """Processor seconds of a process of its own; on a busy machine the clock says little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, str(home.folder)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(folder, count):
    home = Home(Path(folder).absolute())
    home.folder.mkdir(parents=True)
    batches = Batches(home, datetime.now(UTC) - timedelta(days=SPAN))
    for number in range(count):
        batches.write(number, count)
    imports = min(seconds(IMPORT, home) for _ in range(3))
    cold = seconds(DRAW, home)
    warm = min(seconds(DRAW, home) for _ in range(3))
    batches.write(count, count)
    more = seconds(DRAW, home)
    sizes = {path.name: os.stat(path).st_size for path in (home.home_page, home.figures)}  # noqa: PTH116
    print(f"{count:,} batches: {sizes}")
    print(f"  imports {imports:.2f} s; with them: cold {cold:.2f} s, warm {warm:.2f} s, one more batch {more:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
