import os
import shutil

import pytest

from data.sources import Source
from flows.state.home import Home
from flows.state.refused_files import RefusedFiles, remembered
from work import WINE, write

TERMS = {"table": "wine", "max_rejects": 0.2}


@pytest.fixture
def refused(tmp_path):
    return RefusedFiles(Home(tmp_path), TERMS)


@pytest.fixture
def source(tmp_path):
    return Source.at(str(shutil.copy(WINE, tmp_path / "may.csv")))


def test_a_refusal_is_remembered_of_these_bytes_on_these_terms(refused, source, tmp_path):
    refused.keep(source, "no table")
    assert refused.reason(source) == "no table"
    assert refused.reason(source, "other.csv") is None
    assert RefusedFiles(refused.home, TERMS | {"max_rejects": 1}).reason(source) is None
    (tmp_path / "may.csv").write_text("x")
    assert refused.reason(Source.at(source.name)) is None


def test_it_is_a_file_that_a_person_finds_by_its_name(refused, source):
    refused.keep(source, "no table")
    (path,) = refused.home.refused.iterdir()
    assert path.name == "may.csv.json"
    assert '"reason": "no table"' in path.read_text()


@pytest.mark.parametrize("name", ["x" * 240 + ".csv", "a\nb.csv", "ab" * 32])
def test_a_name_that_no_file_can_bear_is_remembered_under_its_hash(refused, tmp_path, name):
    source = Source.at(str(shutil.copy(WINE, tmp_path / name)))
    refused.keep(source, "no table")
    assert refused.reason(source) == "no table"


def test_what_is_forgotten_is_gone_but_for_those_named(refused, source, tmp_path):
    other = Source.at(str(shutil.copy(WINE, tmp_path / "june.csv")))
    for each in (source, other):
        refused.keep(each, "no table")
    refused.forget(but={"may.csv"})
    assert (refused.reason(source), refused.reason(other)) == ("no table", None)


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_a_file_that_is_none_of_ours_is_no_refusal(refused, source, content):
    refused.home.refused.mkdir(parents=True)
    (refused.home.refused / "may.csv.json").write_text(content)
    assert refused.reason(source) is None


def test_a_file_called_like_the_hash_of_another_name_does_not_meet_it(refused, tmp_path):
    odd = Source.at(str(shutil.copy(WINE, tmp_path / "a\nb.csv")))
    refused.keep(odd, "no table")
    (path,) = refused.home.refused.iterdir()
    other = Source.at(str(shutil.copy(WINE, tmp_path / path.stem)))
    refused.keep(other, "none either")
    assert (refused.reason(odd), refused.reason(other)) == ("no table", "none either")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.touch() or os.truncate(path, 1 << 40)])
def test_what_is_no_file_or_a_huge_one_is_no_refusal(refused, source, make):
    refused.home.refused.mkdir(parents=True)
    make(refused.home.refused / "may.csv.json")
    assert refused.reason(source) is None


def test_the_newest_refusals_can_be_listed_with_their_reasons(refused, tmp_path):
    home = refused.home
    assert remembered(home, 5) == (0, [])
    for number in range(4):
        path = write(tmp_path / f"{number}.csv", "x")
        refused.keep(Source.at(str(path)), f"reason {number}")
        os.utime(home.refused / f"{number}.csv.json", ns=(number, number))
    assert remembered(home, 2) == (4, [("3.csv", "reason 3"), ("2.csv", "reason 2")])
    (home.refused / "3.csv.json").write_text("[")
    assert remembered(home, 1)[0] == 4
