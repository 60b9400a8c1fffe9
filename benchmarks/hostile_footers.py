"""Hostile footers and pages: small Parquet files, each bit of their footers flipped, and bytes of them overwritten."""

import functools
import random
import struct

import pyarrow as pa
from hostile_parquet import written
from made import FEATURES, LABEL, Made, bottles, row


@functools.cache
def _small(place):
    """Small files of three kinds, and their rows: what every bit of a footer is flipped of."""
    rng = random.Random(place)
    rows = bottles(rng, 21, 21)
    ids = [f"B-{number}" for number in range(len(rows))]
    columns = {"id": ids, LABEL: [int(each[0]) for each in rows]}
    columns |= {name: [float(each[at + 1]) for each in rows] for at, name in enumerate(FEATURES)}
    options = (
        {"store_schema": False, "compression": "none", "use_dictionary": False, "write_statistics": False},
        {"store_schema": False, "row_group_size": 11, "write_page_checksum": True, "write_statistics": False},
        {"store_schema": True, "compression": "zstd", "data_page_version": "2.0", "write_page_checksum": True},
    )
    return written(pa.table(columns), **options[place]), tuple(row(*pair) for pair in zip(rows, ids, strict=True))


def _footer(content):
    """Where the footer begins and the last of the file's magic ends."""
    return len(content) - 8 - struct.unpack("<I", content[-8:-4])[0], len(content)


def bits() -> int:
    """How many bits the footers of the small files have."""
    return sum(8 * (end - start) for start, end in (_footer(_small(place)[0]) for place in range(3)))


def flipped(number: int) -> Made:
    """The small files with one bit of a footer flipped, each bit in its turn."""
    number %= bits()
    for place in range(3):
        content, rows = _small(place)
        start, end = _footer(content)
        if number < 8 * (end - start):
            return Made(_flipped(content, start + number // 8, number % 8), rows, note=f"file {place}, bit {number}")
        number -= 8 * (end - start)
    raise AssertionError(number)


def _flipped(content, at, bit):
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


def with_a_broken_footer(rng: random.Random) -> Made:
    """A footer of which some bytes are others."""
    content, rows = _small(rng.randrange(3))
    start, end = _footer(content)
    changed = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(start, end - 8 * rng.randint(0, 1))] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
    return Made(bytes(changed), rows)


def with_broken_pages(rng: random.Random) -> Made:
    """Pages of which some bytes are others, under checksums."""
    content, rows = _small(rng.randint(1, 2))
    changed = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(4, _footer(content)[0])
        changed[at : at + rng.randint(1, 4)] = rng.randbytes(1)
    return Made(bytes(changed), rows)
