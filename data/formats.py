"""Formats: the kinds of file that are no table of ours, known by their first bytes, so that a refusal can name them."""

from __future__ import annotations

import re
from typing import Final

MAGIC: Final = (
    (b"PAR1", "parquet"),
    (b"PARE", "an encrypted Parquet file"),
    (b"ARROW1", "an Arrow IPC (Feather) file"),
    (b"FEA1", "a Feather file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"PK\x03\x04", "a zip archive (an xlsx workbook is one)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"RDX", "an R data file"),
    (b"%PDF", "a PDF"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
)
OPENINGS: Final = (
    (r"version https://git-lfs", "a Git LFS pointer: the table itself was not fetched (git lfs pull)"),
    (r"(%[^\n]*\n|\s)*@relation\b", "an ARFF file (Weka)"),
    (r"<(!doctype|html|\?xml|table)", "a web page or XML"),
    (r"[\[{]\s*([\[{\"\d\]}-]|$)", "JSON"),
    (r"[+-]?[\d.]+( +\d+:[^\s:]+){2}", "a LIBSVM file"),
    (r"(select|insert|create|drop)\s", "SQL"),
)


def foreign_format(head: bytes) -> str | None:
    """What a file is by its first bytes, where they are a known format's; `parquet` for the one that is read."""
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    return None


def foreign_text(text: str) -> str | None:
    """What a text is by its beginning, where that is a known format's other than a table's."""
    start = text[:4096].lstrip()
    for opening, name in OPENINGS:
        if re.match(opening, start, re.IGNORECASE):
            return name
    return None
