"""Hostile encodings and archives: the same tables under other bytes, cut, glued, and larger than they look."""

import bz2
import functools
import gzip
import lzma
import random
from dataclasses import replace

import pyarrow as pa
from hostile_texts import Dialect, identifiers, table
from made import FEATURES, LABEL, Made, bottles, row

MARKED = {"utf-16": "", "utf-8-sig": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff", "utf-8": ""}
LETTERS = {
    "utf-8": "éü“€名",
    "utf-8-sig": "éü“€名",
    "utf-16": "éü“€名",
    "utf-16-le": "éü“€名",
    "utf-16-be": "éü“€名",
    "latin-1": "éüñß",
    "cp1252": "é“€”",
    "mac_roman": "é“ü—",
    "cp437": "éü£ñ",
}
HEAD = 1 << 18  # bytes: what readers decide by


def _bottles(rng, letters, times=1):
    rows = bottles(rng) if times == 1 else bottles(rng, 178, 178) * times
    ids = identifiers(rng, len(rows), tuple(f"{letter}{{}}" for letter in letters))
    return rows, ids, tuple(row(bottle, each) for bottle, each in zip(rows, ids, strict=True))


def in_any_encoding(rng: random.Random) -> Made:
    """Ids with letters that the encoding has, in the encodings programs write."""
    name = rng.choice([*LETTERS])
    rows, ids, made = _bottles(rng, LETTERS[name])
    text = MARKED.get(name, "") * rng.randint(0, 1) + table(rng, Dialect(rng.choice(",;\t")), rows, ids)
    return Made(text.encode(name), made, note=name)


def with_a_bad_byte(rng: random.Random) -> Made:
    """UTF-8 with one byte that is none, anywhere: in an id, a note, a measurement or the header."""
    rows, ids, made = _bottles(rng, "éü“€名")
    content = table(rng, Dialect(), rows, ids, ["ä note"] * len(rows)).encode()
    line, which = rng.randrange(len(rows)), rng.choice(("id", "note"))
    lines = content.split(b"\n")
    struck = ids[line].encode() if which == "id" else "ä note".encode()
    lines[line + 1] = lines[line + 1].replace(
        struck, struck[:1] + struck[2:] if rng.random() < 0.5 else b"\xff" + struck
    )
    if which == "id":
        made = (*made[:line], replace(made[line], damaged=True), *made[line + 1 :])
    return Made(b"\n".join(lines), made, note=f"a bad byte in a {which}")


def with_late_letters(rng: random.Random) -> Made:
    """The first letter that is not ASCII comes after what readers decide by."""
    name = rng.choice(("utf-8", "latin-1", "cp1252", "mac_roman"))
    rows, ids, made = _bottles(rng, "B", 24)
    made, late = list(made), rng.randrange(4000, len(rows))
    ids[late] = f"{rng.choice(LETTERS[name])}-{late}"
    made[late] = row(rows[late], ids[late])
    content = table(rng, Dialect(), rows, ids).encode(name)
    return Made(content, tuple(made), note=f"{name}, late") if len(content) > HEAD else with_late_letters(rng)


def _zstd(content):
    return pa.compress(content, "zstd", asbytes=True)


def archived(rng: random.Random) -> Made:
    """Archives that are sound: one member, several, or of a kind that is not read."""
    rows, ids, made = _bottles(rng, "Bé")
    content, cut = table(rng, Dialect(), rows, ids).encode(), rng.randrange(100, 1000)
    how = rng.choice(("gzip", "zstd", "members", "frames", "bzip2", "xz", "zeros"))
    match how:
        case "gzip" | "zstd":
            return Made((gzip.compress if how == "gzip" else _zstd)(content), made, fate="labelled", note=how)
        case "members":
            return Made(gzip.compress(content[:cut]) + gzip.compress(content[cut:]), made, note=how)
        case "frames":
            return Made(_zstd(content[:cut]) + _zstd(content[cut:]), made, note=how)
        case "zeros":
            return Made(gzip.compress(content) + bytes(cut), made, note=how)
    return Made((bz2 if how == "bzip2" else lzma).compress(content), made, fate="refused", note=how)


def broken_archives(rng: random.Random) -> Made:
    """Archives that are cut, of a wrong checksum, or have one bit flipped: refused, or every row as it was."""
    rows, ids, made = _bottles(rng, "Bé")
    content = table(rng, Dialect(), rows, ids).encode()
    packed, how = rng.choice((gzip.compress, _zstd))(content), rng.choice(("cut", "flip", "end", "after"))
    at = rng.randrange(12, len(packed))
    if how == "cut":
        return Made(packed[:at], made, fate="refused", note=how)
    if how == "after":
        return Made(packed + rng.randbytes(rng.randrange(1, 60)), made, note=how)
    if not packed.startswith(b"\x1f"):
        made = None  # these frames carry no checksum: nobody can see it
    at = len(packed) - rng.randint(1, 8) if how == "end" else at
    return Made(packed[:at] + bytes([packed[at] ^ 1 << rng.randrange(8)]) + packed[at + 1 :], made, note=how)


@functools.cache
def _bomb(pack, bit, size):
    head = Dialect().text([LABEL, *FEATURES], bottles(random.Random(0))).encode()
    return pack(head + bit * (size // len(bit)))


def _gzip(content):
    return gzip.compress(content, 1)


def bombs(rng: random.Random) -> Made:
    """Archives of a few kilobytes that hold a hundred megabytes."""
    bit = rng.choice((b"\x00", b" ", b",", b'"', b"\n", b"9", b'"\n', b"1,"))
    size = 100_000_000 if len(bit.strip(b"\n\x00 ,")) else 20_000_000
    return Made(_bomb(rng.choice((_gzip, _zstd)), bit, size), note=f"a bomb of {bit!r}")
