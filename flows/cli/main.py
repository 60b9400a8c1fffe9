"""The command line: words in, an exit status out; a command is imported when it is asked for, not before."""

from __future__ import annotations

import atexit
import gc
import logging
import signal
import sys
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Final, Literal

from cyclopts import App, CycloptsError, UnusedCliTokensError

from flows.cli import streams
from flows.cli.installation import InstallationError, check_installation
from flows.cli.terminal import DONE, REFUSED, SIGNALLED, UNPRINTED, complain, print_document
from flows.jobs import limits, stopping
from flows.jobs.stopping import following

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_SIGNAL: Final = 1.0  # seconds within which another is the same one again: shells and `timeout` send two
COMMANDS: Final = {
    "run": ("label:run", "Train the first version if there is none, label the shipped table and say what came of it."),
    "train": ("train:train", "Train a new version from tables with ground-truth labels."),
    "label": ("label:label", "Label tables: files, folders or globs to labels, rejects and reports."),
    "table": ("table:table", "A table of one's own, declared in one file."),
    "truth": ("truth:truth", "Truth that comes later, and what the labels came to."),
    "models": ("models:models", "The versions there are."),
    "review": (
        "review:review",
        "Write a sheet of the rows that a person should look at, most telling first, to be filled in.",
    ),
    "replay": ("replay:replay", "Label a batch again as its file records, and say whether it comes out the same."),
    "diff": ("replay:diff", "Show what another version would say of a batch; nothing published is touched."),
    "open": (
        "open:open_page",
        "Draw the page over everything, or of a batch or a version, and open it in a browser.",
    ),
    "contract": ("contract:contract", "What readers of the results may rely on."),
    "serve": ("serve:serve", "Label what is new in data/inbox every night and train every week, until stopped."),
}
"""Every command but `completion`: where it is, and the first line of its docstring."""
LIGHT: Final = {"models", "completion", "--help", "-h", "--version"}  # words of what takes little memory
GROUPS: Final = {"contract", "models", "table", "truth"}  # which hold commands, and say themselves what flags they have

STANDS: Final = "what is published stands, give it a place to print to"
_caught: Final[list[float]] = []

app = App(
    name="wine-labels",
    help="Puts the labels back: a table of measurements in; labels, rejects and a report out.",
    version=lambda: installed("wine-labels"),
    version_flags=["--version"],
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
for _name, (_place, _help) in COMMANDS.items():
    # With a flag of its own for it, `label x.csv --version 9` would print the program's version and be done.
    _own = {} if _name in GROUPS else {"version_flags": ()}
    app.command(f"flows.cli.{_place}", name=_name, help=_help, **_own)


@app.command
def completion(shell: Literal["bash", "zsh", "fish"]) -> int:
    """Print what makes a shell complete these commands: `source <(wine-labels completion bash)`.

    Args:
        shell: The shell.

    """
    print(app.generate_completion(shell=shell).replace("complete -F", "complete -o default -F"))  # and paths
    return DONE


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    atexit.register(gc.freeze)  # all goes with the process: to look for garbage in it first takes half a second
    logging.raiseExceptions = False  # a run that is ended may log when its log is closed already
    warnings.simplefilter("ignore", ResourceWarning)  # Prefect leaves its connections to the garbage collector
    streams.prepare()
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    given = list(sys.argv[1:] if words is None else words)
    out, err = streams.Stream(sys.stdout), streams.Stream(sys.stderr)
    with redirect_stdout(out), redirect_stderr(err), following():
        status = _status(given)
        out.flush()
        if out.fault and status < SIGNALLED:
            complain(f"what came of it could not be printed; found of stdout: {out.fault}; {STANDS}")
            status = status if status == REFUSED else UNPRINTED
        err.flush()
    sys.exit(status)


def _status(given: Sequence[str]) -> int:
    """The exit status of these words, once they are carried out or refused."""
    try:
        check_installation()
        limits.check_memory(limits.LEAST if {*given} & LIGHT else limits.LEAST_TO_LABEL)
        return int(app(given, exit_on_error=False, print_error=False) or DONE)
    except CycloptsError as error:
        return _refuse(_usage(error), given)
    except InstallationError as error:
        return _refuse(str(error), given)
    except BaseException as error:
        status = stopping.status() or _interrupted(error)  # what is interrupted may end in any way
        if status is not None:
            return status
        from flows.jobs.refusals import is_refusal, reason

        if not is_refusal(error):
            raise
        return _refuse(reason(error), given)


def _interrupted(error: BaseException) -> int | None:
    """The exit status where this is an interrupt, of which Prefect has one of its own while a flow runs."""
    numbers = {"KeyboardInterrupt": signal.SIGINT, "TerminationSignal": signal.SIGTERM}
    number = numbers.get(type(error).__name__)
    return SIGNALLED + number if number else None


def _refuse(text: str, words: Sequence[str]) -> int:
    """Complain, and with --json say it in the document too, which nothing has been printed of yet."""
    if "--json" in words:
        print_document({"error": text})
    complain(text)
    return REFUSED


def _usage(error: CycloptsError) -> str:
    """What is wrong with the words, the command that comes nearest, and where the help is."""
    chain = list(error.command_chain or ())
    message = str(error)
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens and (known := _subcommands(chain)):
        import difflib

        word = error.unused_tokens[0]
        nearest = difflib.get_close_matches(word, known, 1)
        meant = f'Did you mean "{nearest[0]}"? ' if nearest else ""
        message = f'Unknown command "{word}". {meant}Available commands: {", ".join(known)}.'
    ending = "" if message.endswith((".", "?")) else "."
    return f"{message}{ending} See `{' '.join(['wine-labels', *chain])} --help`."


def _subcommands(chain: Sequence[str]) -> list[str]:
    here = app
    for name in chain:
        here = here[name]
    return [name for name in here if not name.startswith("-")]


def _interrupt(number: int, _frame: object) -> None:
    first = not _caught or time.monotonic() - _caught[-1] > SAME_SIGNAL
    _caught.append(time.monotonic())
    stopping.stop(SIGNALLED + number)
    if first:
        raise KeyboardInterrupt
