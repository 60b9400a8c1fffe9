import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.cli.main import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
FOLLOWED = ["README.md", "docs/tutorial.md", "docs/library.md"]


def blocks(page):
    return re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


BLOCKS = blocks("README.md")
BEFORE = {"docs/tutorial.md": ["wine-labels run"]}  # the state in which its reader is: what `make run` has done
SHELL = {"bash", "console", "sh", "shell"}
SET_UP = {"cd", "git", "source"}  # done before there is anything to test
STAYS = {"serve"}  # commands that do not come back
READERS = {"cat", "cp", "duckdb", "head", "ls", "mkdir", "python"}  # others that a page may use on what was written


def commands(kind, text):
    """The commands of a block; of a console only what follows a prompt."""
    lines = text.replace("\\\n", " ").splitlines()
    prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [line for line in (prompted if kind == "console" else lines) if shlex.split(line, comments=True)]


def steps(page):
    """Every block in the order of the page, shell blocks command by command."""
    for kind, text in blocks(page):
        if kind in SHELL:
            yield from (("sh", command) for command in commands(kind, text))
        elif kind == "python":
            yield kind, text


def targets():
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def spoken(one, path=()):
    """Every command there is, as it is typed."""
    for name in one:
        if not name.startswith("-"):
            inner = list(spoken(one[name], (*path, name)))
            yield from inner or [" ".join((*path, name))]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder that holds what is shipped and nothing else."""
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.fixture
def do(wine_labels, folder, monkeypatch):
    """Do what a command of the page says, and give the status it leaves with."""

    def command(line):
        words = shlex.split(line, comments=True)
        program = Path(words[0]).name
        if program == "make":
            assert set(words[1:]) <= targets()
        elif program == "wine-labels" and not re.search(r"[|<>;&$]", line):
            return wine_labels(*([*words[1:2], "--help"] if STAYS & set(words[1:2]) else words[1:])).status
        elif program in READERS | {"wine-labels"} or "=" in words[0]:
            return subprocess.run(["bash", "-euc", line], check=False, timeout=600).returncode
        else:
            assert program in SET_UP, f"nothing is known of {line!r}"
        return 0

    return command


@pytest.mark.parametrize("page", FOLLOWED)
def test_the_page_can_be_followed_from_top_to_bottom(do, capfd, page):
    for line in BEFORE.get(page, []):
        assert do(line) == 0
    followed = list(steps(page))
    for kind, text in followed:
        if kind == "python":
            exec(compile(text, page, "exec"), {"__name__": page})
        else:
            assert (text, do(text)) == (text, 0)
    assert followed


def test_every_block_is_of_a_kind_that_is_checked():
    assert {kind for kind, _ in BLOCKS} <= SHELL | {"python", "text"}
    assert README.count("\n```") == 2 * len(BLOCKS)


@pytest.mark.parametrize("command", list(spoken(app)))
def test_every_command_is_on_the_page(command):
    assert re.search(rf"wine-labels {command}\b", README)


def test_what_run_is_said_to_print_is_what_it_prints(wine_labels, folder):
    def form(text):  # without the figures, whose last digits are those of the processor at hand
        return [re.sub(r"[\d.,]+", "0", " ".join(line.split())) for line in text.splitlines()]

    (shown,) = (text for kind, text in BLOCKS if kind == "text" and "labelled by version" in text)
    assert form(wine_labels("run").out) == form(shown)


def test_the_columns_on_the_page_are_those_written(wine_labels, folder):
    wine_labels("run")
    for name in ("labels", "rejects", "reports"):
        (told,) = re.findall(rf"^\| `data/{name}/` \| (.*) \|$", README, re.MULTILINE)
        assert re.findall(r"`(\w+)`", told) == pq.read_schema(f"data/{name}/wine.parquet").names


def test_every_exit_status_on_the_page_is_one_of_the_command_line():
    from flows.cli import terminal

    statuses = {terminal.DONE, terminal.REFUSED, terminal.SOME_REFUSED, terminal.NOT_PROMOTED, terminal.UNPRINTED}
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)] == sorted(statuses)


@pytest.mark.parametrize(
    "page", [path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))]
)
def test_every_link_into_the_project_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text())
    assert [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()] == []


def test_every_option_on_the_page_is_one_of_the_command_line(wine_labels):
    helps = "".join(wine_labels(*command.split(), "--help").out for command in ["", *spoken(app)])
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert {option for option in told if option not in helps} == set()
