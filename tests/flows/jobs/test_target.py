import pytest

from data.errors import PublishError
from flows.jobs.target import check_target, written


@pytest.mark.parametrize("name", ["data/labels/a.parquet", "data/inbox/sheet.csv", "models/wine/champion"])
def test_nothing_of_the_home_is_a_target(home, name):
    with pytest.raises(PublishError, match=r"not for a sheet; found it within the home's (data|models); name a file"):
        check_target(home.folder / name, home, "a sheet")
    check_target(home.folder / "sheet.csv", home, "a sheet")


class HalfwayError(Exception):
    pass


def stop_halfway(target):
    with written(target, "sheet") as place:
        place.write_text("half")
        raise HalfwayError


def test_what_is_not_written_to_its_end_does_not_appear_nor_does_anything_else(tmp_path):
    with pytest.raises(HalfwayError):
        stop_halfway(tmp_path / "sheet.csv")
    assert [*tmp_path.iterdir()] == []
    with written(tmp_path / "sheet.csv", "sheet") as place:
        place.write_text("whole")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["whole"]


def test_where_there_is_no_folder_it_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    refused = pytest.raises(PublishError, match=r"cannot be written; .*; name another file")
    with refused, written(tmp_path / "file" / "sheet.csv", "sheet"):
        pass
