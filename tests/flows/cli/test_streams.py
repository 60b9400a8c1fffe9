"""Streams: what cannot be written is noted, and the work goes on."""

import os
import subprocess
import sys

import pytest

from flows.cli import streams


def test_a_stream_that_takes_nothing_notes_why_and_is_not_tried_again():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        stream = streams.Stream(full)
        print("a line", file=stream)
        stream.flush()
        assert stream.fault == "No space left on device"
        print("another", file=stream)
        stream.flush()


def test_a_stream_that_was_closed_when_the_program_started_is_noted():
    stream = streams.Stream(None)
    print("a line", file=stream)
    assert stream.fault == "it is closed"


def test_letters_that_a_stream_has_not_are_escaped(tmp_path):
    with (tmp_path / "out").open("w", encoding="ascii") as narrow:
        stream = streams.Stream(narrow)
        print("→ é", file=stream)
        stream.flush()
    assert stream.fault is None
    assert (tmp_path / "out").read_text() == "\\u2192 \\xe9\n"


@pytest.mark.parametrize(("given", "kept"), [("0", None), ("-1", None), ("x", None), ("9" * 40, None), ("80", "80")])
def test_a_width_that_no_terminal_has_is_forgotten(given, kept, monkeypatch):
    monkeypatch.setenv("COLUMNS", given)
    streams.prepare()
    assert os.environ.get("COLUMNS") == kept


def test_what_is_closed_is_opened_before_a_file_takes_its_place():
    code = (
        "import os; from flows.cli import streams; os.close(0); os.close(2); streams.prepare(); "
        "os._exit(os.open('.', os.O_RDONLY))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=600, check=False).returncode > 2
