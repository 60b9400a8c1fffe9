"""Settings: what Prefect reads of its surroundings, read as Prefect does; what it refuses is one line."""

import os
import pwd

import pytest

from flows.jobs.refusals import ServerError
from flows.runs import settings

NAMED = "http://127.0.0.1:4299/api"


PROFILES = """
active = "{active}"
[profiles.mine]
PREFECT_API_URL = "http://127.0.0.1:4299/api"
[profiles.ephemeral]
PREFECT_SERVER_ALLOW_EPHEMERAL_MODE = "true"
"""


PLACES = {
    "nothing": (False, {}),
    "environment": (True, {"env": {"PREFECT_API_URL": NAMED}}),
    "settings file": (True, {"prefect.toml": f'[api]\nurl = "{NAMED}"'}),
    "settings file without": (False, {"prefect.toml": "[client]\nmax_retries = 3"}),
    "project": (True, {"pyproject.toml": f'[tool.prefect.api]\nurl = "{NAMED}"'}),
    "project without": (False, {"pyproject.toml": '[tool.other]\nurl = "x"'}),
    "active profile": (True, {"prefect/profiles.toml": PROFILES.format(active="mine")}),
    "active profile without": (False, {"prefect/profiles.toml": PROFILES.format(active="ephemeral")}),
    "profile of the environment": (
        True,
        {"prefect/profiles.toml": PROFILES.format(active="ephemeral"), "env": {"PREFECT_PROFILE": "mine"}},
    ),
    "profiles elsewhere": (
        True,
        {"elsewhere.toml": PROFILES.format(active="mine"), "env": {"PREFECT_PROFILES_PATH": "elsewhere.toml"}},
    ),
    "environment file": (True, {".env": f"PREFECT_API_URL={NAMED}"}),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_server_is_named_where_prefect_reads_its_address(place, name):
    named, files = PLACES[name]
    place(**files)
    from prefect.context import root_settings_context

    assert settings.names_a_server() == named
    assert root_settings_context().settings.api.url == (NAMED if named else None)


@pytest.mark.parametrize("content", [b"[api", b"\xff\xfe[tool]"])
def test_a_settings_file_that_is_broken_names_no_server(place, content):
    place(**dict.fromkeys(("prefect.toml", "pyproject.toml", "prefect/profiles.toml"), content))
    assert not settings.names_a_server()


def test_the_settings_of_the_user_are_kept(place, tmp_path):
    place(env={"PREFECT_API_URL": NAMED, "PREFECT_LOGGING_SERVER_LEVEL": "INFO"})
    settings.prepare(tmp_path)
    assert os.environ["PREFECT_LOGGING_SERVER_LEVEL"] == "INFO"
    assert os.environ["DO_NOT_TRACK"] == "1"


def test_local_hosts_are_asked_directly_and_proxies_that_cannot_be_used_are_dropped(place, tmp_path):
    proxies = {"ALL_PROXY": "socks5://127.0.0.1:9", "HTTP_PROXY": "http://proxy:8080", "NO_PROXY": "example.org"}
    place(env=proxies)
    settings.prepare(tmp_path)
    assert os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost,::1"
    assert os.environ["HTTP_PROXY"] == "http://proxy:8080"
    assert "ALL_PROXY" not in os.environ


@pytest.mark.parametrize("content", [b"X=\xe9", b"\xff\xfe"])
def test_an_environment_file_that_is_no_text_is_an_error(place, tmp_path, content):
    place(**{".env": content})
    with pytest.raises(ServerError, match=r"^\.env: settings that Prefect cannot read; "):
        settings.prepare(tmp_path)


def test_without_a_prefect_home_of_the_user_it_is_the_folder(place, tmp_path, monkeypatch):
    place(env={"HOME": str(tmp_path)})
    monkeypatch.delenv("PREFECT_HOME")
    settings.prepare(tmp_path / "here")
    assert os.environ.pop("PREFECT_HOME") == str(tmp_path / "here")


def test_a_user_whom_no_list_knows_has_a_home_for_prefect(place, tmp_path, monkeypatch):
    def none(number):
        raise KeyError(number)

    place()
    monkeypatch.setattr(pwd, "getpwuid", none)
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("HOME")
    settings.prepare(tmp_path)
    assert os.environ["HOME"] == str(tmp_path)
