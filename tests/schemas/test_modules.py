from __future__ import annotations

import pandera.pandas as pa
import pytest

from schemas.errors import TableError
from schemas.modules import object_of, rules_of


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module in the working folder, and what it is called."""
    text = "import pandera.pandas as pa\nclass Model(pa.DataFrameModel):\n    mass: float\nnumber = 1\n"
    (tmp_path / "my_rules.py").write_text(text)
    (tmp_path / "my_broken_rules.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])


def test_a_module_may_be_in_the_working_folder(module):
    assert object_of("my_rules:number") == 1
    assert isinstance(rules_of("my_rules:Model"), pa.DataFrameSchema)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("my_rules:none", "cannot be imported; found AttributeError"),
        ("nowhere:none", "cannot be imported; found ModuleNotFoundError"),
        ("my_broken_rules:x", "cannot be imported; found ZeroDivisionError"),
        ("my_rules:number", "no rules; found a int; name a pandera DataFrameModel"),
    ],
)
def test_what_gives_no_rules_is_refused_in_a_line(module, reference, words):
    with pytest.raises(TableError, match=f"^{reference}: {words}"):
        rules_of(reference)
