import pytest

from data.object_path import ObjectPath
from models.layout import largest, number_in, numbers_in, pointer_to, sequence_in


@pytest.mark.parametrize(
    ("pointer", "number", "sequence"),
    [
        (b"0007\n", 7, 0),
        (b"0007 12\n", 7, 12),
        (b"12345 99999\n", 12345, 99999),
        (b"", None, 0),
        (b"latest\n", None, 0),
        (b"-1\n", None, 0),
        (b"0007 x\n", None, 0),
        (b"0007 12 3\n", None, 0),
        (b"7" * 40, None, 0),
        (b"\xff\xfe1", None, 0),
        ("²\n".encode(), None, 0),
    ],
)
def test_a_champions_file_names_a_version_and_a_line_or_nothing(pointer, number, sequence):
    assert (number_in(pointer), sequence_in(pointer)) == (number, sequence)


@pytest.mark.parametrize("number", [1, 9999, 10_000])
@pytest.mark.parametrize("sequence", [None, 1, 123_456])
def test_what_a_champions_file_is_made_of_is_what_it_says(number, sequence):
    pointer = pointer_to(number, sequence)
    assert (number_in(pointer), sequence_in(pointer)) == (number, sequence or 0)


NAMES = ("0001", "0010", "12345", "7", "00002", "notes", ".claims")


def test_versions_on_a_disk_are_folders_of_the_right_name(tmp_path):
    for name in NAMES:
        (tmp_path / name).mkdir()
    (tmp_path / "0003").touch()
    assert numbers_in(tmp_path) == [1, 10, 12345]
    assert numbers_in(tmp_path / "none") == []


def test_versions_on_object_storage_are_folders_of_the_right_name(object_store):
    folder = ObjectPath.at(f"{object_store.address}/models")
    for name in NAMES:
        (folder / name / "model.json").create(b"{}")
    (folder / "0003").create(b"")
    assert numbers_in(folder) == [1, 10, 12345]
    assert numbers_in(folder / "none") == []


def test_a_file_nobody_knows_may_be_larger_than_one_that_is_parsed():
    assert largest("model.json") < largest("training.parquet")
