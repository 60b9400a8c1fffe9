"""The oracle: rows as they were read, held against what was written, by Python's own csv module."""

import csv
import io
import math
import re
from itertools import islice

import numpy as np

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE | re.ASCII)
LINES = (r"\n", r"\r\n|\n|\r", r"\r\r\n|\n", r"\r")
FURTHEST = 100  # lines that one quoted cell may join


def exactly(read, made, count):
    """The differences from rows that are known one by one: the fault, whether something was said, and details."""
    if count != len(made.rows):
        yield "rows lost or won", False, f"{count} rows, {len(made.rows)} written"
    for line in read.labels:
        written = made.rows[line["row"]] if line["row"] < len(made.rows) else None
        if written is None:
            return
        text, values = read.rows[line["row"]]
        if not alike(values, [float(cell) for cell in (written.cells[at] for at in range(13))]):
            yield "another value", False, f"row {line['row']}: {values.tolist()} for {written.cells}"
        if line["id"] != text or (line["id"] not in written.ids) or written.damaged:
            spoken = bool(read.layout.remarks) or (text is None and read.layout.identifier is None)
            yield "another id", spoken, f"row {line['row']}: {line['id']!r} for {written.ids}"
        if line["truth"] != written.truth:
            spoken = line["truth"] is None and not read.layout.carries_truth
            yield "another truth", spoken, f"row {line['row']}: {line['truth']!r} for {written.truth!r}"
    if made.fate == "labelled" and read.rejects:
        yield "rejected what is sound", False, f"{read.rejects[0]}"


def alike(one, other):
    return np.allclose(one, other, rtol=1e-6, atol=0, equal_nan=True)


def within(read, made, _count):
    """Rows that are not to be found in the text that was written."""
    if made.text is None or read.layout.text is None:
        return
    how, layout = read.layout.text, read.layout
    wanted = [*layout.features.values()]
    known = set()
    for cells in parsed(made.text, how.separator):
        if len(cells) == len(layout.columns):
            text = None if layout.identifier is None else cells[layout.identifier]
            known.add((plain(text), tuple(number(cells[at], how.decimal) for at in wanted)))
    for row, (text, values) in read.rows.items():
        if (plain(text), tuple(map(unlike_nan, values.tolist()))) not in known:
            yield "a row that was never written", bool(layout.remarks), f"row {row}: {text!r} {values.tolist()}"


def plain(text):
    return re.sub(r"[ \t\r\n]+", " ", text or "").strip()


def unlike_nan(value):
    return None if math.isnan(value) else value


def number(cell, decimal):
    text = cell.strip().replace(",", ".") if decimal == "," else cell.strip()
    return unlike_nan(float(text)) if NUMBER.fullmatch(text) else None


def parsed(text, separator):
    """Every row that the text may be said to hold: its lines, and lines that a quoted cell joins."""
    text = text.removeprefix("\ufeff")
    for end in LINES:
        lines = [_blanks(line, separator) for line in re.split(end, text)]
        odd = [at for at, line in enumerate(lines) if line.count('"') % 2]
        joined = [
            "\n".join(lines[start : stop + 1])
            for start in odd
            for stop in islice(odd, 40)
            if 0 < stop - start < FURTHEST
        ]
        for line in {*lines, *(line.rstrip("\r") for line in lines), *joined}:
            yield from cut(line, separator)
    yield from cut(text, separator)


def _blanks(line, separator):
    return re.sub(r"[ \t]+", " ", line).strip(" ") if separator == " " else line


def cut(text, separator):
    """The rows of a text; the limit of a cell is lifted for as long, for what is asked must not change what answers."""
    limit = csv.field_size_limit(len(text) + 1)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(limit)
