from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.metadata import Metadata, entry, perhaps


@dataclass(frozen=True)
class Note(Metadata):
    count: int = entry("how many")
    who: str = entry("by whom")
    why: str = perhaps("why, where that is known")


def as_bytes(entries):
    return {name.encode(): text.encode() for name, text in entries.items()}


def test_what_is_written_is_read():
    note = Note(3, "Anna", "torn")
    assert Note.parse(as_bytes(note.metadata())) == note


def test_what_says_nothing_is_left_out_only_where_it_may_be():
    assert Note(3, "").metadata() == {"wine_labels.count": "3", "wine_labels.who": ""}
    assert Note.parse(as_bytes(Note(3, "").metadata())) == Note(3, "", "")


def test_what_is_missing_is_named_and_not_parsed():
    assert Note.missing({b"wine_labels.who": b"Anna"}) == ["wine_labels.count"]
    with pytest.raises(KeyError):
        Note.parse({b"wine_labels.who": b"Anna"})


def test_a_number_that_is_none_is_not_parsed():
    with pytest.raises(ValueError, match="many"):
        Note.parse({b"wine_labels.count": b"many", b"wine_labels.who": b""})


def test_another_file_says_nothing(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    assert Note.read(tmp_path / "a.parquet") is None
    assert Note.read(tmp_path / "none.parquet") is None
