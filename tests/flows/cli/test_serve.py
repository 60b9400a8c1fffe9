import shutil

import pytest

from flows.cli import serve
from work import WINE


@pytest.fixture
def inbox(home):
    shutil.copytree(WINE.parent, home / "data" / "inbox", ignore=shutil.ignore_patterns("*.md"))
    return home / "data" / "inbox"


def test_serve_once_labels_what_is_new_and_ends(wine_labels, home, inbox, monkeypatch):
    monkeypatch.setattr(serve, "QUIET", 0.0)  # seconds
    said = wine_labels("serve", "--once", "--home", home, "--json")
    assert said.status == 0
    assert [(each["batch"], each["status"]) for each in said.document["batches"]] == [("wine", "labelled")]
    (inbox / "bad.csv").write_text("x\n")
    said = wine_labels("serve", "--once", "--home", home)
    assert said.status == 2
    assert said.err.startswith(f"error: {inbox / 'bad.csv'}: ")
    said = wine_labels("serve", "--once", "--home", home)
    assert (said.status, said.err) == (0, "")
    assert "bad.csv: refused before and unchanged; --again looks again" in said.out
