import json
import os
import subprocess
import sys

import pytest

from flows.state import overview as module
from flows.state.home import Home
from flows.state.overview import overview
from work import judged, made_up


@pytest.fixture
def place(tmp_path):
    """A home of two batches whose figures are kept."""
    home = Home(tmp_path)
    made_up(home, "a", review=3)
    record = made_up(home, "b", suspect="swapped")
    judged(home, "b", record, ("judged_rows", "told", 9, 9), ("accuracy_told", None, 1.0, 9))
    overview(home)
    return home


@pytest.fixture
def read(monkeypatch):
    """The batches whose reports are read."""
    names = []

    def figures_of(home, batch):
        names.append(batch)
        return module_figures(home, batch)

    module_figures = module.figures_of
    monkeypatch.setattr(module, "figures_of", figures_of)
    return names


def test_what_has_not_changed_is_not_read_again(place, read):
    first = overview(place)
    assert (read, {batch: figures.review for batch, figures in first.items()}) == ([], {"a": 3, "b": 0})
    assert first["b"].judged["told"].right == 9
    place.figures.unlink()
    assert overview(place) == first


@pytest.mark.parametrize("which", ["labels", "report", "judged"])
def test_a_batch_whose_files_changed_is_read_again_and_no_other(place, read, which):
    path = getattr(place, which)("b")
    before = path.stat()
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    overview(place)
    assert read == ["b"]


def test_a_new_batch_is_read_alone_and_one_that_is_gone_drops_out(place, read):
    made_up(place, "c")
    place.labels("a").unlink()
    assert [*overview(place)] == ["b", "c"]
    assert read == ["c"]
    assert '"a"' not in place.figures.read_text()


DAMAGES = {
    "empty": lambda head, body: b"",
    "another file": lambda head, body: b"{}",
    "cut off": lambda head, body: head + b"\n" + body[:-9],
    "no text": lambda head, body: b"\xff" + head + b"\n" + body,
    "its head alone": lambda head, body: head,
    "of another release": lambda head, body: json.dumps(["0.0.0", *json.loads(head)[1:]]).encode() + b"\n" + body,
    "a letter changed": lambda head, body: head + b"\n" + body.replace(b"swapped", b"swopped"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_kept_is_made_again_where_it_is_damaged_or_of_another_release(place, read, kind):
    whole = place.figures.read_bytes()
    place.figures.write_bytes(DAMAGES[kind](*whole.split(b"\n", 1)))
    assert overview(place)["b"].suspect == "swapped"
    assert (sorted(read), place.figures.read_bytes()) == (["a", "b"], whole)


@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_something_else_in_its_place_stops_nothing(place, read, what):
    place.figures.unlink()
    place.figures.mkdir() if what == "folder" else os.mkfifo(place.figures)
    assert [*overview(place)] == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"PAR1 no more PAR1"])
def test_a_report_that_cannot_be_read_is_none_and_read_again_the_next_time(place, read, content):
    place.report("a").write_bytes(content)
    assert [overview(place)["a"], overview(place)["a"]] == [None, None]
    assert read == ["a", "a"]


def test_what_is_no_batch_is_passed_over(place):
    place.labels("half").touch()
    (place.labels("").parent / "notes.txt").touch()
    assert [*overview(place)] == ["a", "b"]
    assert overview(Home(place.folder / "none")) == {}


def test_two_processes_at_once_leave_it_whole(place):
    code = "import sys; from pathlib import Path; from flows.state.home import Home\n"
    code += "from flows.state.overview import overview\n"
    code += "home = Home(Path(sys.argv[1]))\n"
    code += "for _ in range(20): home.figures.unlink(missing_ok=True); assert len(overview(home)) == 2"
    both = [subprocess.Popen([sys.executable, "-c", code, place.folder]) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    assert len(overview(place)) == 2
    assert [path for path in place.staging.iterdir() if path.is_dir()] == []
