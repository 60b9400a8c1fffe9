"""Declared: what is kept of a table's declaration holds for as long as its module says the same."""

import json
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from flows.state import declared
from flows.state.declared import Declared
from flows.state.home import Home
from work import TABLE


@pytest.fixture
def kept(tmp_path):
    """A home in which the declaration of the wine table is kept."""
    home = Home.at(tmp_path)
    Declared.of(TABLE).keep(home)
    return home


def test_what_was_kept_is_what_the_table_declares(kept):
    found = Declared.read(kept, "wine")
    assert found == Declared.of(TABLE)
    assert found.class_names == TABLE.class_names
    assert asdict(found) == {name: getattr(TABLE, name) for name in ("name", "features", "classes", "shipped")}


def test_it_is_written_once(kept):
    before = kept.declared("wine").stat()
    Declared.of(TABLE).keep(kept)
    assert kept.declared("wine").stat() == before


@pytest.mark.parametrize("changed", ["module", "version"])
def test_where_the_table_may_declare_something_else_nothing_is_known(kept, tmp_path, monkeypatch, changed):
    if changed == "version":
        monkeypatch.setattr(declared, "installed", lambda _: "0.0.1")
    else:
        spec = SimpleNamespace(origin=str(tmp_path / "wine.py"))  # the module's own is shared by the whole process
        (tmp_path / "wine.py").write_text("TABLE = None\n")
        monkeypatch.setattr(declared, "find_spec", lambda _: spec)
    assert Declared.read(kept, "wine") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"module": 1}', "[" * 100_000, "\x00", None])
def test_what_cannot_be_read_is_nothing(kept, content):
    if content is None:
        kept.declared("wine").unlink()
    else:
        kept.declared("wine").write_text(content)
    assert Declared.read(kept, "wine") is None
    assert Declared.read(kept, "none") is None


@pytest.mark.parametrize("name", ["features", "classes", "shipped"])
def test_a_part_of_it_is_nothing(kept, name):
    path = kept.declared("wine")
    path.write_text(json.dumps({each: value for each, value in json.loads(path.read_text()).items() if each != name}))
    assert Declared.read(kept, "wine") is None


def test_what_was_changed_by_a_character_is_nothing(kept):
    path = kept.declared("wine")
    path.write_text(path.read_text().replace('"1": "barolo"', '"0": "barolo"'))
    assert Declared.read(kept, "wine") is None
