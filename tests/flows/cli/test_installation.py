import os
import subprocess
import sys

import pytest

from flows.cli import installation
from flows.cli.installation import InstallationError, check_installation


def test_the_installation_that_is_tested_is_whole():
    check_installation()


@pytest.mark.parametrize("room", ["data", "models", "nn", "schemas"])
@pytest.mark.parametrize("words", [["models"], ["label", "--help"], ["run", "--json"]], ids=" ".join)
def test_a_room_of_another_program_is_refused_in_one_line(tmp_path, room, words):
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").touch()
    known = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", "import sys; from flows.cli.main import main; main(sys.argv[1:])", *words]
    done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.startswith('{"error": ')) == (2, "--json" in words)
    assert done.stderr.startswith(f"error: the package {room!r} is another program's; found it in {tmp_path}, not ")
    assert done.stderr.count("\n") == 1


def test_a_room_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(installation, "ROOMS", ("flows", "no_such_room"))
    with pytest.raises(InstallationError, match="found it in no folder"):
        check_installation()
