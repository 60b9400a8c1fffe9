"""A verified file gives the bytes that were hashed, wherever it is read, or none."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import MovingError
from data.verified_file import PIECE, VerifiedFile, digest_of

CONTENT = bytes(range(256)) * (PIECE // 128) + b"the end"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    place = tmp_path_factory.mktemp("verified") / "long"
    place.write_bytes(CONTENT)
    return place


def test_the_digest_is_the_sha256_of_the_whole_and_can_be_ended_at_every_piece(path):
    pieces = []
    assert digest_of(path, lambda: pieces.append(1)).sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert len(pieces) == 3


@settings(max_examples=50)
@given(reads=st.lists(st.tuples(st.integers(0, len(CONTENT) + 9), st.integers(0, PIECE + 9)), max_size=5))
def test_it_reads_as_any_file_does(path, reads):
    with VerifiedFile(path, "long", digest_of(path)) as file, io.BytesIO(CONTENT) as plain:
        for place, size in reads:
            assert file.seek(place) == plain.seek(place)
            assert file.read(size) == plain.read(size)
            assert file.tell() == plain.tell()
        assert io.BufferedReader(file).read(99) == plain.read(99)


def test_ends_and_wholes_are_read_as_of_any_file(path):
    with VerifiedFile(path, "long", digest_of(path)) as file:
        assert file.seek(-7, io.SEEK_END) == len(CONTENT) - 7
        assert (file.read(), file.read(), file.read(1)) == (b"the end", b"", b"")
        file.seek(0)
        assert file.readall() == CONTENT


@pytest.mark.parametrize("at", [0, PIECE - 1, PIECE, len(CONTENT) - 1])
def test_a_byte_that_changed_is_never_read(tmp_path, at):
    (tmp_path / "long").write_bytes(CONTENT)
    digest = digest_of(tmp_path / "long")
    changed = bytearray(CONTENT)
    changed[at] ^= 1
    (tmp_path / "long").write_bytes(changed)
    with VerifiedFile(tmp_path / "long", "long", digest) as file:
        file.seek(at)
        with pytest.raises(MovingError, match=r"^long: changed while it was read; found other bytes than were hashed"):
            file.read(1)


@pytest.mark.parametrize("content", [CONTENT + b"!", CONTENT[:-1], b""], ids=["longer", "shorter", "empty"])
def test_a_file_of_another_length_is_never_read_to_its_end(tmp_path, content):
    (tmp_path / "long").write_bytes(CONTENT)
    digest = digest_of(tmp_path / "long")
    (tmp_path / "long").write_bytes(content)
    with VerifiedFile(tmp_path / "long", "long", digest) as file, pytest.raises(MovingError):
        file.read()


def test_an_empty_file_is_one(tmp_path):
    (tmp_path / "empty").touch()
    with VerifiedFile(tmp_path / "empty", "empty", digest_of(tmp_path / "empty")) as file:
        assert file.read() == b""
