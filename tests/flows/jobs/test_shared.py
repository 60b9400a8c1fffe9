import shutil

import pytest

from data.errors import MovingError
from data.row_ranges import RowRange
from data.sources import Source
from flows.jobs import shared
from flows.jobs.label import layout_of
from flows.jobs.shared import Shared
from work import TABLE, WINE, request

ROWS = RowRange((0, 1), 50, 100)


@pytest.fixture
def asked(home, version):
    return request(home.folder, version)


def test_a_source_is_hashed_once_in_a_process(tmp_path, asked, monkeypatch):
    source = Source.at(str(shutil.copy(WINE, tmp_path / "a.csv")))
    hashed = []
    monkeypatch.setattr(shared.Source, "at", lambda *where: (hashed.append(where), source)[1])
    one = Shared.of(source, layout_of(source, TABLE), asked)
    assert [one.source(), one.source()] == [source, source]
    assert len(hashed) == 1


def test_other_bytes_than_were_hashed_are_refused(tmp_path, asked):
    path = shutil.copy(WINE, tmp_path / "b.csv")
    source = Source.at(str(path))
    one = Shared.of(source, layout_of(source, TABLE), asked)
    path.write_text(path.read_text() + "\n")
    with pytest.raises(MovingError, match=r"b\.csv: changed while it was read; found other bytes"):
        one.source()


def test_parts_of_two_runs_are_never_the_same(asked):
    source = Source.at(str(WINE))
    one, other = (Shared.of(source, layout_of(source, TABLE), asked) for _ in range(2))
    assert one.part(ROWS, "some.arrow") != other.part(ROWS, "some.arrow")
    assert one.part(ROWS, "some.arrow").parent == asked.home.parts
