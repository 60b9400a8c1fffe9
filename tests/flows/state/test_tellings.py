import shutil
from pathlib import Path

import pytest

from data.errors import SourceError
from flows.state.home import Home
from flows.state.ledger import record_of
from flows.state.tellings import Tellings, check_deliveries, deliveries
from work import bottles, deliver, label, write


@pytest.fixture
def home(trained_home, tmp_path):
    home = Home.at(shutil.copytree(trained_home, tmp_path / "home"))
    label(bottles(tmp_path / "a.csv", *range(20)), home)
    label(bottles(tmp_path / "b.csv", *range(60, 80)), home)
    return home


def tell(home, path, *lines):
    return deliver(write(path, *lines, header="batch,row,truth,by"), home)


def test_a_home_without_truth_tells_nothing(home):
    assert deliveries(home) == []
    assert Tellings.of(home).batches == []
    assert Tellings.of(home).told("a", record_of(home, "a")) is None


def test_each_batch_has_the_deliveries_that_tell_of_it_in_the_order_they_came(home, tmp_path):
    tell(home, tmp_path / "z.csv", "a,1,barolo,Anna", "b,1,grignolino,Anna")
    tell(home, tmp_path / "y.csv", "a,2,barolo,Bert")
    tellings = Tellings.of(home)
    assert tellings.batches == ["a", "b"]
    assert [each.delivery for each in tellings.deliveries("a")] == ["z.csv", "y.csv"]
    assert [each.delivery for each in tellings.deliveries("b")] == ["z.csv"]


def test_of_each_row_the_newest_telling_counts(home, tmp_path):
    tell(home, tmp_path / "a.csv", "a,1,barolo,Anna", "a,2,barolo,Anna")
    tell(home, tmp_path / "b.csv", "a,1,barbera,Bert", "a,0,barolo,Bert")
    rows = Tellings.of(home).told("a", record_of(home, "a")).rows.to_pylist()
    assert [(row["row"], row["truth"], row["by"], row["contradicted"]) for row in rows] == [
        (0, "barolo", "Bert", False),
        (1, "barbera", "Bert", True),
        (2, "barolo", "Anna", False),
    ]


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda _: b"", lambda _: b"PAR1"])
def test_a_damaged_delivery_is_never_passed_over_in_silence(home, tmp_path, damage):
    done = tell(home, tmp_path / "a.csv", "a,1,barolo,Anna")
    tell(home, tmp_path / "b.csv", "a,2,barolo,Anna")
    path = Path(done.truth)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(
        SourceError, match=r"a-\w+\.parquet: damaged truth; found .*; restore it from a copy, or remove it"
    ):
        Tellings.of(home)
    assert Tellings.readable(home).batches == ["a"]


def test_a_damaged_page_of_a_delivery_is_a_refusal_that_names_it(home, tmp_path):
    path = Path(tell(home, tmp_path / "a.csv", "a,1,barolo,Anna").truth)
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a-\w+\.parquet: damaged truth; found .*"):
        Tellings.of(home).told("a", record_of(home, "a"))


def test_what_is_no_parquet_file_is_not_looked_at(home, tmp_path):
    tell(home, tmp_path / "a.csv", "a,1,barolo,Anna")
    home.truth("any").with_name("notes.txt").write_text("by Anna")
    assert [delivery.delivery for _, delivery in deliveries(home)] == ["a.csv"]
    check_deliveries(home)
