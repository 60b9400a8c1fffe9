"""The same bytes on every kind of processor, in processes that are made to compute as others do."""

import json
import os
import platform
import shutil
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from processors import KINDS
from tables import wines

from boundaries import on_boundaries
from flows.state.home import Home
from work import FEATURES, champion

ROWS, PUT, BAD = 1_000_000, 1_000, 50
THREADS, CHUNKS = (1, 2, 3, 4, 1, 2), (131_072, 700, 1_024, 3_000, 999, 131_072)

CHILD = """
import hashlib, json, sys
from pathlib import Path
import numpy as np
from data.threads import THREADS
from nn.forward import Forward
from work import champion, label

home, rows, *tables = map(Path, sys.argv[1:4])
version, x = champion(home), np.load(rows)
classifier = version.classifier
plain = Forward.of(classifier.standardizer, classifier.network, np.float64)(x[:10_000].T)
said = {"plainly": plain, "probabilities": classifier.predict_proba(x)}
said["typicality"] = classifier.conformal.typicality(x)
said = {name: hashlib.sha256(np.ascontiguousarray(each)).hexdigest() for name, each in said.items()}
for table in sorted(tables[0].iterdir()):
    batch = label(table, home, version, batch=table.name.replace(".", "-"), chunk_rows=int(sys.argv[4]))
    for made in (batch.labels, batch.rejects):
        said[str(Path(made).relative_to(home))] = hashlib.sha256(Path(made).read_bytes()).hexdigest()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def rows(trained_home):
    """A million rows, a thousand of them put where rounding decides."""
    table = wines(ROWS, 0)
    x = np.stack([table[name].to_numpy() for name in FEATURES]).T
    put = on_boundaries(champion(trained_home).classifier, x[: 5 * PUT])[:PUT]
    assert len(put) == PUT
    x[: len(put)] = put
    return x


@pytest.fixture(scope="module")
def found(trained_home, rows, tmp_path_factory):
    """What each kind of processor makes of the rows, and of tables of some of them, as text and as Parquet."""
    folder = tmp_path_factory.mktemp("processors")
    np.save(folder / "rows.npy", rows)
    some = rows[:3_000].copy()
    some[:: len(some) // BAD, 3] = -1.5  # to be rejected
    table = pa.table(dict(zip(FEATURES, some.T, strict=True)))
    (folder / "tables").mkdir()
    pyarrow.csv.write_csv(table, folder / "tables" / "wines.csv")
    pq.write_table(table, folder / "tables" / "wines.parquet")
    children = {}
    for kind, threads, chunk in zip(KINDS, THREADS, CHUNKS, strict=True):
        home = shutil.copytree(trained_home, folder / kind)
        words = [sys.executable, "-c", CHILD, home, folder / "rows.npy", folder / "tables", chunk]
        variables = {"WINE_LABELS_THREADS": str(threads), "PYTHONPATH": os.pathsep.join(sys.path)} | KINDS[kind]
        children[kind] = subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, env=os.environ | variables)
    return folder, {kind: json.loads(child.communicate()[0]) for kind, child in children.items()}


def test_answers_and_files_are_the_same_whatever_the_processor_the_threads_and_the_chunks(found):
    _, said = found
    here, *others = ({name: each for name, each in one.items() if name != "plainly"} for one in said.values())
    assert len(here) == 6
    for other in others:
        assert other == here


@pytest.mark.skipif(platform.machine() != "x86_64", reason="kinds of another family of processors are not simulated")
def test_computed_plainly_they_would_not_be(found):
    _, said = found
    assert len({one["plainly"] for one in said.values()}) > 1


def test_text_and_parquet_of_the_same_rows_get_the_same_labels_and_rejects(found):
    folder, _ = found
    home = Home.at(folder / "as it is")
    for place in (home.labels, home.rejects):
        text, columns = (pq.read_table(place(f"wines-{each}")).drop_columns("source") for each in ("csv", "parquet"))
        assert text.equals(columns)
        assert text.num_rows
