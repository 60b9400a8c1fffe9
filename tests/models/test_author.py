import getpass
import os

import pytest

from models import author


def test_an_author_is_a_user_and_a_host():
    assert author.author() == f"{getpass.getuser()}@{os.uname().nodename}"


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("no username set in the environment")])
def test_a_user_whom_no_list_knows_is_a_number(monkeypatch, error):
    def fail():
        raise error

    monkeypatch.setattr(getpass, "getuser", fail)
    assert author.author().startswith(f"{os.getuid()}@")


@pytest.mark.parametrize("name", ["\udce9l\u00e8ve", "x" * 5_000])
def test_whatever_the_user_is_called_it_is_text_of_bounded_length(monkeypatch, name):
    monkeypatch.setenv("LOGNAME", name)
    found = author.author()
    assert (len(found.encode()) <= 400, found[1]) == (True, name[1])
