"""Whatever the bytes: labels of every row that is not rejected, or one line of refusal."""

from __future__ import annotations

import gzip
import io
import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
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
LETTERS = '"",,;;\t\n\n\r  |..--0123456789eEabcxé\x00\ufeff%@<>{}[]:#?'
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


@st.composite
def rearranged(draw):
    """The table with its columns shuffled, doubled and left out, under a header of its own, none, or another's."""
    width = len(ROWS[0])
    order = draw(st.permutations(range(width)) | st.lists(st.integers(0, width - 1), min_size=1, max_size=20))
    rows = [[row[at] for at in order] for row in ROWS]
    header = draw(st.sampled_from(["own", "none", "other", "blank"]))
    others = {"none": [], "own": rows[:1], "other": [ROWS[0][: len(order)]], "blank": [[""] * len(order)]}
    separator = draw(st.sampled_from([",", ";", "\t", " "]))
    return joined([*others[header], *rows[1:]], separator).encode()


@st.composite
def enormous(draw):
    """The table with a huge field, very many lines, or very many quotes."""
    size = draw(st.sampled_from([100, 10_000, 50_000, 1_100_000]))
    bit = draw(st.sampled_from(["x", "9", '"', '""', ",", '",', '"\n', "\n", "\r", "\n,", " ", "é"]))
    if not bit.isprintable():
        size = min(size, 50_000)  # every line is a reject of its own
    rows = [list(row) for row in ROWS]
    row, column = draw(st.integers(0, len(ROWS) - 1)), draw(st.integers(0, 13))
    rows[row][column] += draw(st.sampled_from(["", '"'])) + bit * (size // len(bit))
    return joined(rows).encode()


ANYTHING = st.binary(max_size=3000) | st.text(LETTERS, max_size=3000).map(str.encode)


@pytest.fixture(scope="module")
def attempt(trained_home, tmp_path_factory):
    version = ModelStore(Home.at(trained_home).models("wine")).load()
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


@settings(max_examples=50)
@given(content=ANYTHING)
def test_bytes_that_mean_nothing(attempt, content):
    assert settled(attempt(content))


@settings(max_examples=30)
@given(content=damaged(FILES))
def test_files_cut_and_flipped(attempt, content):
    assert settled(attempt(content, max_rejects=1))


@settings(max_examples=20)
@given(content=rearranged())
def test_columns_shuffled_and_doubled(attempt, content):
    assert settled(attempt(content))


@settings(max_examples=15)
@given(content=enormous())
def test_fields_lines_and_quotes_without_end(attempt, content):
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
