"""Hostile inputs, each the smallest of its kind: labelled with what stands in them, or refused; never otherwise."""

from __future__ import annotations

import io
import subprocess
import sys
import uuid
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import work
from data.errors import SourceError
from source_code import ROOT

NAMES = work.HEADER.split(",")
ROWS = [line.split(",") for line in work.LINES]
TRUTH = {"1": 59, "2": 71, "3": 48}
FAR = 2_932_897 + 1_000_000  # days: long after the year 9999
HEAD = 1 << 18  # bytes that a file is judged by


@pytest.fixture
def labelled(home, tmp_path):
    """A file of these bytes, labelled: the batch, its labels and its rejects as lists of rows."""

    def of(content, name="hostile.csv"):
        (tmp_path / name).write_bytes(content)
        batch = work.label(tmp_path / name, home, max_rejects=1)
        assert batch.rows == batch.labelled + batch.rejected
        return batch, pq.read_table(batch.labels).to_pylist(), pq.read_table(batch.rejects).to_pylist()

    return of


def in_parquet(**more):
    """The shipped table with columns of its own, put after the others or in their place."""
    columns = {name: pa.array([float(row[at]) for row in ROWS]) for at, name in enumerate(NAMES)}
    columns["cultivar"] = columns["cultivar"].cast(pa.int64())
    file = io.BytesIO()
    pq.write_table(pa.table({name: cells for name, cells in (columns | more).items() if cells is not None}), file)
    return file.getvalue()


def in_text(ids, *, rows=ROWS):
    """The shipped rows as lines under a header, with these ids."""
    lines = [",".join(["id", *NAMES]), *(",".join([each, *row]) for each, row in zip(ids, rows, strict=True))]
    return "\n".join(lines) + "\n"


def of_bytes(*cells):
    """A column of text whose bytes are given, whether they are text or not."""
    return pa.Array.from_buffers(pa.string(), len(cells), pa.array(cells, pa.binary()).buffers())


def labelled_or_refused(labelled, content, name="hostile.csv"):
    """What was labelled, None where the file is refused, which is right too where letters cannot be told."""
    try:
        return labelled(content, name)
    except SourceError:
        return None


def ids(rows):
    return {each["row"]: each["id"] for each in rows}


def only_true_ids(written, labels, rejects):
    """Whether each row that is labelled has the id that was written, and the others are rejects."""
    read = ids(labels)
    return all(read[row] == written[row] for row in read) and {*range(len(written))} == {*read, *ids(rejects)}


# Parquet.


def test_an_id_of_the_type_uuid_is_its_text(labelled):
    named = [uuid.UUID(int=number << 64 | 17) for number in range(len(ROWS))]
    _, labels, _ = labelled(in_parquet(id=pa.array([each.bytes for each in named], pa.uuid())))
    assert [each["id"] for each in labels] == [*map(str, named)]


@pytest.mark.parametrize("stem", ["is", "cultivar"])
@pytest.mark.parametrize("kind", [pa.bool_(), pa.int8()], ids=str)
def test_one_hot_labels_may_be_flags(labelled, kind, stem):
    hot = {
        f"{stem}_{number}": pa.array([int(row[0] == str(number)) for row in ROWS], pa.int8()).cast(kind)
        for number in (1, 2, 3)
    }
    batch, _, _ = labelled(in_parquet(cultivar=None, **hot))
    assert batch.truth == TRUTH


@pytest.mark.parametrize("start", [989_317_875_657, 10**15, 2**53 - 200, 10**17])
def test_a_whole_floating_id_has_no_exponent(labelled, start):
    cells = [float(start + 16 * number) for number in range(len(ROWS))]
    _, labels, _ = labelled(in_parquet(id=pa.array(cells)))
    assert [each["id"] for each in labels] == [str(int(cell)) for cell in cells]


ODD = {
    "a date after the year 9999": pa.array([FAR], pa.int32()).cast(pa.date32()),
    "the time infinity": pa.array([2**63 - 1], pa.int64()).cast(pa.timestamp("us")),
    "the time minus infinity": pa.array([1 - 2**63], pa.int64()).cast(pa.timestamp("us", "UTC")),
    "an unknown time zone": pa.array([0], pa.int64()).cast(pa.timestamp("us", "Mars/Olympus")),
    "an endless duration": pa.array([2**63 - 1], pa.int64()).cast(pa.duration("us")),
    "bytes that are no text": of_bytes(b"\xff\xfe"),
}


@pytest.mark.parametrize("what", ODD)
def test_a_column_that_is_none_of_ours_is_not_looked_at(labelled, what):
    column = ODD[what].take(pa.array(np.zeros(len(ROWS), dtype=int)))
    batch, _, _ = labelled(in_parquet(bottled=column))
    assert (batch.labelled, batch.truth) == (178, TRUTH)


def test_an_id_whose_bytes_are_no_text_is_never_another_id(labelled):
    written = [f"é-{number}" for number in range(len(ROWS))]
    column = of_bytes(*(b"\xff\xfe" if number == 7 else text.encode() for number, text in enumerate(written)))
    found = labelled_or_refused(labelled, in_parquet(id=column), "bytes.parquet")
    assert found is None or (7 not in ids(found[1]) and only_true_ids(written, *found[1:]))


def flips(content):
    """A file with each bit of its footer's counts of rows flipped: those that are as large as the table."""
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    wanted = b"\x88\x02" if content.count(b"\x88\x02", start) else b""  # 264, which thrift writes for 132
    at = start
    while wanted and (at := content.find(wanted, at + 1)) > 0:
        for bit in range(7):
            yield content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


def plain(rows):
    """A file without compression, statistics or checksums: nothing but its counts says how many rows there are."""
    columns = {name: pa.array([float(row[at]) for row in rows]) for at, name in enumerate(NAMES)}
    file = io.BytesIO()
    pq.write_table(
        pa.table(columns), file, compression="none", use_dictionary=False, write_statistics=False, store_schema=False
    )
    return file.getvalue()


def test_a_flipped_count_in_a_footer_never_loses_rows(read, tmp_path):
    path, counts = tmp_path / "flipped.parquet", []
    for content in flips(plain(ROWS[:132])):
        path.write_bytes(content)
        with suppress(SourceError):
            counts.append(sum(chunk.rows for chunk in read(path).chunks))
    assert {*counts} == {132}


def test_a_column_whose_chunks_are_of_another_type_than_its_schema_is_refused(labelled):
    content = bytearray(plain(ROWS[:30]))
    at = content.index(b"malic_acid", len(content) - 4000)
    place = content.rindex(b"\x15\x0a", 0, at)  # thrift's type DOUBLE, in the schema
    content[place + 1] = 0x08  # FLOAT
    with pytest.raises(SourceError):
        labelled(bytes(content), "other.parquet")


# Text.


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_long_quoted_cell_with_a_line_break_is_one_row(labelled, end):
    lines = [",".join([*NAMES, "note"]), *(",".join([*row, f"n{at}"]) for at, row in enumerate(ROWS))]
    lines[40] = lines[40].removesuffix("n39") + '"' + "x" * 140_000 + end + 'y"'
    batch, labels, _ = labelled(end.join([*lines, ""]).encode())
    assert (batch.rows, batch.labelled) == (178, 178)
    assert [each["row"] for each in labels] == [*range(178)]


def test_a_name_with_a_line_break_in_quotes_is_one_name(labelled):
    wide = {"alcohol": '"alcohol\n(measured)"', "hue": '"hue\n(measured)"'}
    names = [wide.get(name, name) for name in NAMES]
    batch, _, _ = labelled("\n".join([",".join(names), *work.LINES, ""]).encode())
    assert (batch.labelled, batch.truth) == (178, TRUTH)


@pytest.mark.parametrize("line", [b"\x1a", b"\x1aB-1,1,14"])
def test_a_line_that_begins_with_a_substitute_is_a_reject_wherever_it_stands(labelled, line):
    many = ROWS * 32
    lines = in_text([f"B-{number}" for number in range(len(many))], rows=many).encode().split(b"\n")
    strange = len(lines) - 100
    assert len(b"\n".join(lines[:strange])) > HEAD
    lines.insert(strange, line)
    batch, labels, rejects = labelled(b"\n".join(lines))
    assert (batch.rows, batch.labelled) == (len(many) + 1, len(many))
    assert [each["row"] for each in rejects] == [strange - 1]
    assert labels[-1]["id"] == f"B-{len(many) - 1}"


@pytest.mark.parametrize(("encoding", "letter"), [("latin-1", "é"), ("cp1252", "“"), ("cp1252", "€"), ("utf-8", "é")])
@pytest.mark.parametrize("times", [1, 32])
def test_letters_of_an_id_are_never_others(labelled, encoding, letter, times):
    many = ROWS * times
    written = [f"B-{number}" for number in range(len(many))]
    for late in range(len(many) - 90, len(many)):
        written[late] = f"{letter}-{late}"
    found = labelled_or_refused(labelled, in_text(written, rows=many).encode(encoding))
    assert found is None or only_true_ids(written, *found[1:])


@pytest.mark.parametrize("times", [1, 32])
def test_one_bad_byte_changes_no_other_id(labelled, times):
    many = ROWS * times
    written = [f"é-{number}" for number in range(len(many))]
    bad = len(many) - 5
    content = in_text(written, rows=many).encode().replace(f"é-{bad},".encode(), b"\xe9-bad,")
    found = labelled_or_refused(labelled, content)
    assert found is None or (bad not in ids(found[1]) and only_true_ids(written, *found[1:]))


def test_tabs_separate_where_ids_hold_blanks(labelled):
    written = [f"bottle {number}" for number in range(len(ROWS))]
    _, labels, _ = labelled(in_text(written).replace(",", "\t").encode())
    assert [each["id"] for each in labels] == written


@pytest.mark.parametrize("content", [b'\r"\n|\r"', b"5\n\r1\n8\n3;1;6;4;0;7;1"])
def test_line_ends_that_do_not_fit_are_a_refusal(labelled, content):
    with pytest.raises(SourceError):
        labelled(content)


def test_a_refusal_is_printable_whatever_a_library_says(labelled):
    content = bytearray(plain(ROWS[:30]))
    at = content.index(b"malic_acid", len(content) - 4000)
    place = content.rindex(b"\x15\x0a", 0, at)
    content[place] = 0x1F  # no type that thrift knows
    with pytest.raises(SourceError) as refusal:
        labelled(bytes(content), "unknown.parquet")
    assert str(refusal.value).isprintable()


def test_a_name_of_many_blanks_is_no_riddle(tmp_path):
    header = work.HEADER.replace("alcohol", "alcohol" + " " * 30_000 + "x")
    path = work.write(tmp_path / "blanks.csv", *work.LINES, header=header)
    program = (
        "import resource, sys, pathlib; resource.setrlimit(resource.RLIMIT_CPU, (30, 30)); "
        "from data.sniffing import sniff; from schemas.table import get_table; "
        "sniff(pathlib.Path(sys.argv[1]), get_table('wine'))"
    )
    # In linear time it takes a hundredth of the seconds it may; otherwise minutes.
    child = subprocess.run([sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, check=False)
    assert child.returncode >= 0
