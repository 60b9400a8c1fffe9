import ast
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from cyclopts import App

from flows.cli.main import COMMANDS as COMMANDS_BY_NAME
from source_code import packages
from work import is_refusal, snapshot

PROGRAM = Path(sys.executable).with_name("wine-labels")


BAD_WORDS = [
    ["frobnicate"],
    ["label"],
    ["label", "--frobnicate", "wine.csv"],
    ["label", "wine.csv", "--version", "9"],
    ["models", "--version"],
    ["label", "wine.csv", "--model", "0"],
    ["label", "wine.csv", "--model", "one"],
    ["train", "--recipe", "secret"],
    ["train", "--seed", "-1"],
    ["train", "--seed", "some"],
    ["models", "show"],
    ["models", "show", "one"],
    ["models", "frobnicate"],
    ["run", "--json", "no"],
]


COMMANDS = [[], ["run"], ["train"], ["label"], ["models"], ["models", "list"], ["models", "show"]]


@pytest.mark.parametrize("words", BAD_WORDS, ids=" ".join)
def test_words_that_mean_nothing_are_refused_in_one_line(wine_labels, here, words):
    before = snapshot(here)
    said = wine_labels(*words)
    assert (said.status, bool(said.out)) == (2, "--json" in words)
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert snapshot(here) == before


@pytest.mark.parametrize("words", [["label", "wine.csv", "--model", "7"], ["models", "show", "7"]])
def test_an_unknown_version_is_refused_with_those_there_are(wine_labels, home, here, words):
    said = wine_labels(*words, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "no version 7; found 1 in " in said.err


def test_no_words_are_answered_with_the_help(wine_labels):
    assert wine_labels() == wine_labels("--help")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_of_every_command_works(wine_labels, words):
    said = wine_labels(*words, "--help")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(" ".join(["Usage: wine-labels", *words]))


def test_version_is_the_one_installed(wine_labels):
    assert wine_labels("--version").out.strip() == version("wine-labels")


def imported_for(words):
    """The modules that the program has imported when it ends."""
    code = (
        "import atexit, sys; from flows.cli.main import main; "
        "atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr)); "
        f"main({words})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    return set(ast.literal_eval(done.stderr))


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["models", "list"], ["models", "--json"]], ids=" ".join
)
def test_what_needs_no_table_imports_neither_pandas_nor_prefect(home, words):
    imported = imported_for([*words, "--home", str(home)] if words[-1] != "--help" else words)
    assert "cyclopts" in imported
    assert not packages(imported) & {"prefect", "pandas", "pandera", "pyarrow", "pydantic"}


@pytest.mark.parametrize("name", ["", *COMMANDS_BY_NAME, "models show"])
def test_help_of_any_command_imports_what_says_it_and_nothing_that_does_it(name):
    imported = imported_for([*name.split(), "--help"])
    assert not {each.split(".")[0] for each in imported} & {"asyncio", "httpx", "numpy", "pandas", "prefect", "pyarrow"}
    assert "flows.cli.one_off" not in imported
    places = {f"flows.cli.{place.partition(':')[0]}" for place, _ in COMMANDS_BY_NAME.values()}
    own = {f"flows.cli.{COMMANDS_BY_NAME[name.split()[0]][0].partition(':')[0]}"} if name else set()
    assert imported & places == own


def test_an_interrupt_that_a_library_swallows_ends_the_run_all_the_same(tmp_path):
    code = """
import contextlib, os, signal
from flows.cli import one_off
from flows.cli.main import main

def swallow(*_):  # as imports do that catch everything and go on with half a module
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    raise AttributeError("half imported")

one_off.OneOff.champion = swallow
main(["run"])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (130, "")


OUTPUTS = {"full": ">/dev/full", "closed": ">&-", "a reader that has gone": "| exit"}


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("words", ["models show 1", "models list --json", "--help"])
def test_what_could_not_be_printed_is_one_line_and_a_status_of_its_own(home, output, words):
    words = words if "help" in words else f"{words} --home {home}"
    shell = f"trap '' PIPE; set -o pipefail; sleep 0 | {PROGRAM} {words} {OUTPUTS[output]}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout) == (5, "")
    assert is_refusal(done.stderr)


def test_a_request_that_is_refused_stays_refused_where_nothing_can_be_printed(here):
    shell = f"{PROGRAM} models show 7 --json >/dev/full 2>&-"
    assert subprocess.run(["bash", "-c", shell], check=False, timeout=600).returncode == 2


@pytest.mark.parametrize("name", COMMANDS_BY_NAME)
def test_every_command_is_where_it_is_said_to_be_and_its_help_is_the_first_line_of_its_docstring(name):
    place, told = COMMANDS_BY_NAME[name]
    module, _, attribute = place.partition(":")
    command = getattr(import_module(f"flows.cli.{module}"), attribute)
    first = command.help if isinstance(command, App) else command.__doc__.splitlines()[0]
    assert first == told


@pytest.mark.parametrize(
    ("words", "nearest", "page"),
    [
        (["trian"], "train", "wine-labels"),
        (["models", "shwo"], "show", "wine-labels models"),
        (["label", "a.csv", "--replce"], "--replace", "wine-labels label"),
    ],
    ids=" ".join,
)
def test_a_mistyped_word_is_answered_with_the_nearest_and_the_help_at_hand(wine_labels, words, nearest, page):
    said = wine_labels(*words)
    assert (said.status, said.out) == (2, "")
    assert re.search(rf'Did you mean "?{nearest}"?\?', said.err)
    assert said.err.endswith(f"See `{page} --help`.\n")


@pytest.mark.parametrize(
    "words", [["trian"], ["label", "none.csv"], ["models", "show"], ["replay", "none"]], ids=" ".join
)
def test_with_json_a_refusal_is_an_object_too(wine_labels, home, words):
    said = wine_labels(*words, "--json", "--home", home)
    assert said.status == 2
    assert said.err == f"error: {said.document['error']}\n"
