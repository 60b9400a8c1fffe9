import io

import pytest

from data.seekable_file import SeekableFile


class Zeros(SeekableFile):
    """Ten zeros."""

    size = 10


def test_places_are_counted_from_the_beginning_from_here_and_from_the_end():
    file = Zeros()
    assert [file.seek(4), file.seek(3, io.SEEK_CUR), file.tell(), file.seek(-1, io.SEEK_END)] == [4, 7, 7, 9]
    assert file.readable()
    assert file.seekable()


def test_before_the_beginning_is_no_place():
    file = Zeros()
    file.seek(5)
    with pytest.raises(ValueError, match="negative seek value -1"):
        file.seek(-11, io.SEEK_END)
    assert file.tell() == 5


def test_who_does_not_say_its_size_has_none():
    with pytest.raises(NotImplementedError):
        SeekableFile().seek(0, io.SEEK_END)
