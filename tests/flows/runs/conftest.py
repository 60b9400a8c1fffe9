import os

import pytest

from flows.runs.settings import UI_ENABLED


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder and an environment in which a server may be named."""

    def make(env=None, **files):
        for name in {"PREFECT_API_URL", UI_ENABLED, *(name for name in os.environ if name.startswith("PREFECT_API"))}:
            monkeypatch.setenv(name, "")  # so that what a test leaves there goes with it
            monkeypatch.delenv(name)
        monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
        monkeypatch.chdir(tmp_path)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return make
