"""Whatever the bytes: labels of every row that is not rejected, as it was written, or one line of refusal."""

from __future__ import annotations

import gzip
import io
import itertools
import random
import shutil
from pathlib import Path

import fuzz
import hostile_footers as footers
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from attempts import Attempts
from hypothesis import given, settings
from hypothesis import strategies as st

import data
import work
from data.errors import SourceError
from flows.state.home import Home
from models.store import ModelStore

WINE = Path(data.__path__[0]) / "raw" / "wine.csv"
HEADER, *LINES = WINE.read_text().splitlines()
ROWS = [line.split(",") for line in (HEADER, *LINES[::3])]  # enough of each class, and quickly read
TEXT = "\n".join(map(",".join, ROWS)) + "\n"
LAST = [[*row[1:], row[0]] for row in ROWS]


def in_parquet(text, **how):
    file = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(io.BytesIO(text.encode())), file, **how)
    return file.getvalue()


def joined(rows, separator=",", end="\n"):
    return end.join(separator.join(row) for row in rows) + end


TEXTS = [
    TEXT.encode(),
    joined(ROWS[1:]).encode(),
    joined(ROWS, "\t", "\r\n").encode(),
    joined(LAST[1:], ";").replace(".", ",").encode("utf-16"),
    joined(LAST, " ", "\r").encode("utf-8-sig"),
    joined([[f'"{cell}"' for cell in row] for row in ROWS], end="\r\r\n").encode(),
    ("60,13,a,b,c\n" + joined(LAST[1:])).encode("utf-16-le"),
]
FILES = [
    *TEXTS,
    gzip.compress(TEXT.encode()),
    pa.compress(TEXT.encode(), "zstd", asbytes=True),
    in_parquet(TEXT),
    in_parquet(TEXT, compression="zstd", row_group_size=20, write_page_checksum=True),
]
PIECES = [
    b'"',
    b'""',
    b",",
    b"\n",
    b"\r",
    b"\r\r\n",
    b"\x00",
    b"\xff",
    b"\xff\xfe",
    b";",
    b" ",
    b'"\n"',
    b"1e999",
    b"nan",
]


@st.composite
def damaged(draw, files):
    """A good file with some of its bytes cut off, flipped, doubled, left out or put in."""
    content = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, 6))):
        start, length = draw(st.integers(0, len(content))), draw(st.integers(0, 200))
        match draw(st.sampled_from(["cut", "flip", "double", "drop", "put", "quote"])):
            case "cut":
                del content[start + length * 20 :]
            case "flip" if start < len(content):
                content[start] ^= 1 << draw(st.integers(0, 7))
            case "double":
                content[start:start] = content[start : start + length]
            case "drop":
                del content[start : start + length]
            case "put":
                content[start:start] = draw(st.sampled_from(PIECES)) * (length % 40)
            case "quote":
                content[start : start + 1] = b'"'
    return bytes(content)


@pytest.fixture(scope="module")
def attempt(trained_home, tmp_path_factory):
    version = ModelStore(Home.at(trained_home).models).load()
    folder, count = tmp_path_factory.mktemp("fuzz"), itertools.count()

    def label(content, **how):
        (folder / "source.csv").write_bytes(content)
        home = Home.at(folder / str(next(count)))
        try:
            return work.label(folder / "source.csv", home, version, **how, batch="batch")
        except SourceError as refusal:
            return str(refusal)

    return label


def settled(batch):
    """Whether an outcome is one of the two there are: every row labelled or rejected, or one line."""
    if isinstance(batch, str):
        return "\n" not in batch and len(batch) < 5000 and batch.count("; ") >= 1
    rejects = pq.read_table(batch.rejects)
    assert len(set(rejects["row"].to_pylist())) == batch.rejected
    assert pq.read_metadata(batch.labels).num_rows == batch.labelled
    return batch.rows == batch.labelled + batch.rejected


@settings(max_examples=30)
@given(content=damaged(FILES))
def test_files_cut_and_flipped(attempt, content):
    assert settled(attempt(content, max_rejects=1))


@settings(max_examples=15)
@given(content=damaged(TEXTS), rows=st.integers(1, 60))
def test_the_size_of_a_chunk_changes_no_label(attempt, content, rows):
    whole, chunked = attempt(content, max_rejects=1), attempt(content, max_rejects=1, chunk_rows=rows)
    if isinstance(whole, str):
        assert isinstance(chunked, str)
    else:
        assert pq.read_table(chunked.labels).equals(pq.read_table(whole.labels))
        assert pq.read_table(chunked.rejects)["row"].equals(pq.read_table(whole.rejects)["row"])


SLOW = ("bombs", "huge", "late letters")  # seconds each


@pytest.fixture(scope="module")
def attempts(trained_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("fuzz") / "home"
    return Attempts(Home.at(shutil.copytree(trained_home, home)), home)


def faults(outcomes):
    """What is wrong with them, but for seconds and memory: those depend on the machine, and on other tests."""
    return [each for each in outcomes if {*each.faults} - {"slow", "memory"}]


@pytest.mark.parametrize("kind", sorted(fuzz.KINDS.keys() - {*SLOW}))
def test_a_few_of_every_kind_of_hostile_input(attempts, kind):
    made = [fuzz.KINDS[kind][0](random.Random(seed)) for seed in range(8)]
    found = [attempts(seed, kind, each, publish=seed == 0) for seed, each in enumerate(made)]
    assert faults(found) == []


def test_bits_of_a_footer_change_no_row_unseen(attempts):
    every = range(0, footers.bits(), footers.bits() // 150)
    found = [attempts(bit, fuzz.FLIPS, footers.flipped(bit)) for bit in every]
    assert faults(found) == []
