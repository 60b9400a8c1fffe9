"""The command line: words in, an exit status out; it imports what a command needs when it is asked for, not before."""

from __future__ import annotations

import logging
import signal
import sys
import time
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import App, CycloptsError, Parameter
from cyclopts.validators import Number

from flows.batch import MAX_REJECTS
from flows.contract import contract
from flows.schedule import LABEL, RETRAIN, Schedule
from flows.terminal import (
    DONE,
    NOT_PROMOTED,
    PLAIN,
    REFUSED,
    SIGNALLED,
    SOME_REFUSED,
    Common,
    Table,
    complain,
)
from flows.versions import models

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.replay import Replay


SAME_SIGNAL: Final = 1.0  # seconds within which another is the same one again: shells and `timeout` send two

QUIET: Final = 2.0  # seconds a file is watched while a person waits

_caught: Final[list[tuple[int, float]]] = []


app = App(
    name="wine-labels",
    help="Puts the labels back on bottles: wine measurements in, labels, rejects and a report out.",
    version=lambda: installed("wine-labels"),
    version_flags=["--version"],
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command(models)
app.command(contract)


@app.command
def run(
    *source: str,
    replace: Annotated[bool, Parameter(negative="")] = False,
    table: Table = "wine",
    common: Common = PLAIN,
) -> int:
    """Train the first version if there is none, label the shipped table and say what came of it.

    Parameters
    ----------
    source
        Files, folders or globs to label instead of the shipped table.
    replace
        Label again what is labelled already.

    """
    from data.sources import shipped_table
    from flows.one_off import OneOff

    with OneOff(common.place, table, quiet=common.quiet or common.json) as one_off:
        names = source or [str(shipped_table())]
        one_off.sources(names)
        if one_off.champion() is None:
            one_off.train(str(shipped_table()), "default", 0, promote=False)
        return _show_batches(one_off.label(names, replace=replace), common, table)


@app.command
def train(
    source: str | None = None,
    *,
    recipe: Literal["default", "article"] = "default",
    seed: Annotated[int, Parameter(validator=Number(gte=0, lt=2**32))] = 0,
    promote: Annotated[bool, Parameter(negative="")] = False,
    table: Table = "wine",
    common: Common = PLAIN,
) -> int:
    """Train a new version from a table that carries truth.

    Parameters
    ----------
    source
        The table to train on; the shipped one unless given.
    recipe
        How to train: `default`, or `article` as the teaching article did.
    seed
        What all random draws start from.
    promote
        Make it champion whatever the gate says; recorded as such.

    """
    from data.sources import shipped_table
    from flows.one_off import OneOff

    with OneOff(common.place, table, quiet=common.quiet or common.json) as one_off:
        path, *others = one_off.sources([str(shipped_table()) if source is None else source])
        if others:
            return _refuse(f"{source}: one table to train on is due; found {1 + len(others)}; name one file")
        trained = one_off.train(path, recipe, seed, promote=promote)
    from flows.summary import trained_lines

    common.show(trained, trained_lines(trained))
    return DONE if trained["promoted"] else NOT_PROMOTED


@app.command
def label(
    *source: Annotated[str, Parameter(required=True)],
    replace: Annotated[bool, Parameter(negative="")] = False,
    model: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    columns: str | None = None,
    max_rejects: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = MAX_REJECTS,
    explain: Annotated[bool, Parameter(negative="")] = False,
    dask: str | None = None,
    table: Table = "wine",
    common: Common = PLAIN,
) -> int:
    """Label tables: files, folders or globs to labels, rejects and reports.

    Parameters
    ----------
    source
        Files, folders or globs.
    replace
        Label again what is labelled already, if the source or the model has changed.
    model
        The version to label with; the champion unless given.
    columns
        What each column is, in the order of the file, with commas between: a feature's name, truth, id or -.
    max_rejects
        The share of rejected rows above which a file is refused whole.
    explain
        Say what each file is taken for, and why, without labelling it.
    dask
        The workers of a Dask cluster that do it, a file each: tcp://host:8786, or local for all processors here.

    """
    stated = columns.split(",") if columns else None
    if explain:
        return _explain(source, stated, common, table)
    from flows.one_off import OneOff

    with OneOff(common.place, table, quiet=common.quiet or common.json) as one_off:
        one_off.sources(source)
        batches = one_off.label(
            source, version=model, replace=replace, columns=stated, max_rejects=max_rejects, dask=dask
        )
        return _show_batches(batches, common, table)


@app.command
def replay(
    batch: str,
    *,
    source: str | None = None,
    version: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    common: Common = PLAIN,
) -> int:
    """Make a batch's labels again from what their file records, and say whether they come out the same.

    Parameters
    ----------
    batch
        The batch: the name of its file without the ending.
    source
        The input, where it is not where it was.
    version
        The version to label with; the one recorded unless given.

    """
    found = _label_again(common, batch, source, version, None)
    if found.differing:
        complain(f"batch {batch!r} comes out otherwise; found {found.differing:,} rows that differ; see them above")
    return REFUSED if found.differing else DONE


@app.command
def diff(
    batch: str,
    *,
    version: Annotated[int, Parameter(validator=Number(gte=1))],
    source: str | None = None,
    parquet: str | None = None,
    common: Common = PLAIN,
) -> int:
    """Show what another version would say of a batch; nothing published is touched.

    Parameters
    ----------
    batch
        The batch: the name of its file without the ending.
    version
        The other version.
    source
        The input, where it is not where it was.
    parquet
        A file for the rows that differ.

    """
    _label_again(common, batch, source, version, parquet)
    return DONE


def _label_again(common: Common, batch: str, source: str | None, version: int | None, parquet: str | None) -> Replay:
    from flows.replay import replay as replay_batch
    from flows.summary import replay_lines

    origin, target = (Path(each) if each else None for each in (source, parquet))
    found = replay_batch(batch, common.place, source=origin, version=version, target=target)
    common.show(_comparison(found), replay_lines(found))
    return found


@app.command(name="open")
def open_page(name: str, *, table: Table = "wine", common: Common = PLAIN) -> int:
    """Draw the page of a batch or a version, and open it in the browser.

    Parameters
    ----------
    name
        A batch, or the number of a version.

    """
    import webbrowser

    from flows.pages import draw_batch, draw_version

    if name.isdecimal() and not common.place.labels(name).exists():
        page = draw_version(common.store(table), int(name), common.place, table)
    else:
        page = draw_batch(name, common.place)
    common.show({"page": str(page)}, [f"{page}"])
    if sys.stdout.isatty():
        webbrowser.open(page.as_uri())
    return DONE


@app.command
def completion(shell: Literal["bash", "zsh", "fish"]) -> int:
    """Print what makes a shell complete these commands: `source <(wine-labels completion bash)`.

    Parameters
    ----------
    shell
        The shell.

    """
    print(app.generate_completion(shell=shell).replace("complete -F", "complete -o default -F"))  # and paths
    return DONE


def _comparison(found: Replay) -> dict[str, Any]:
    names = ("batch", "version", "again", "identical", "rows", "differing")
    changes = [{"from": old, "to": new, "count": count} for (old, new), count in found.changes.most_common()]
    return {name: getattr(found, name) for name in names} | {"changes": changes}


@app.command
def serve(
    *,
    cron: str = LABEL,
    retrain_cron: str = RETRAIN,
    timezone: str = "UTC",
    once: Annotated[bool, Parameter(negative="")] = False,
    again: Annotated[bool, Parameter(negative="")] = False,
    replace: Annotated[bool, Parameter(negative="")] = False,
    table: Table = "wine",
    common: Common = PLAIN,
) -> int:
    """Label what is new in data/inbox every night and train every week, until stopped.

    Parameters
    ----------
    cron
        When to label: minute, hour, day, month, weekday. Between 01 and 03 a clock change may skip or repeat it.
    retrain_cron
        When to train.
    timezone
        The zone of both, like Europe/Rome.
    once
        Label what is new now, and end.
    again
        Look again at files that were refused and have not changed.
    replace
        Label anew, with the champion, what an older version labelled.

    """
    from data.sources import shipped_table
    from flows.one_off import OneOff

    schedule = Schedule(cron, retrain_cron, timezone)
    schedule.check()
    common.place.inbox.mkdir(parents=True, exist_ok=True)
    with OneOff(common.place, table, quiet=common.quiet or common.json, stays=not once) as one_off:
        if one_off.champion() is None:
            one_off.train(str(shipped_table()), "default", 0, promote=False)
        if once:
            return _show_inbox(one_off.label_inbox(again=again, replace=replace, quiet_seconds=QUIET), common, table)
        one_off.serve(schedule, {"again": again, "replace": replace}, _say(common))
    return DONE


def _say(common: Common) -> Callable[[dict[str, Any]], None]:
    from flows.summary import serving_lines

    return lambda document: common.show(document, serving_lines(document))


def _show_inbox(outcome: dict[str, Any], common: Common, table: str) -> int:
    from flows.summary import batch_lines, inbox_lines

    store = common.store(table)
    batches = outcome["batches"]
    done = [batch for batch in batches if batch["status"] != "refused"]
    common.show(outcome, [*inbox_lines(outcome), *(line for batch in done for line in batch_lines(batch, store))])
    return _complain_of([batch for batch in batches if batch not in done], len(batches))


def _explain(names: Sequence[str], columns: Sequence[str] | None, common: Common, table: str) -> int:
    from data.sources import find_sources
    from flows.refusals import REFUSALS, reason
    from flows.steps import explain

    told: dict[str, str] = {}
    refused = []
    for source in find_sources(names):
        try:
            told[str(source)] = explain(source, table=table, columns=columns)
        except REFUSALS as error:
            refused.append(reason(error))
    common.show(told, [f"{source}: {why}" for source, why in told.items()])
    for text in refused:
        complain(text)
    return _status(len(refused), len(refused) + len(told))


def _show_batches(batches: list[dict[str, Any]], common: Common, table: str) -> int:
    from flows.summary import batch_lines

    store = common.store(table)
    refused = [batch for batch in batches if batch["status"] == "refused"]
    lines = [line for batch in batches if batch not in refused for line in batch_lines(batch, store)]
    common.show({"batches": batches}, lines)
    return _complain_of(refused, len(batches))


def _complain_of(refused: Sequence[dict[str, Any]], asked: int) -> int:
    for batch in refused:
        complain(batch["error"])
    return _status(len(refused), asked)


def _status(refused: int, asked: int) -> int:
    if not refused:
        return DONE
    return REFUSED if refused == asked else SOME_REFUSED


def _refuse(text: str) -> int:
    complain(text)
    return REFUSED


def _interrupt(number: int, _frame: object) -> None:
    from flows.progress import stop

    stop(SIGNALLED + number)
    first = not _caught or time.monotonic() - _caught[-1][1] > SAME_SIGNAL
    _caught.append((number, time.monotonic()))
    if first:
        raise KeyboardInterrupt


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    logging.raiseExceptions = False  # a run that is ended may log when its log is closed already
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        complain(f"{error} See `wine-labels --help`.")
        status = REFUSED
    except KeyboardInterrupt:
        status = SIGNALLED + (_caught[-1][0] if _caught else signal.SIGINT)
    except BaseException as error:
        if type(error).__name__ == "TerminationSignal":  # Prefect's own, while a flow runs
            sys.exit(SIGNALLED + signal.SIGTERM)
        if _caught:  # what was interrupted may end in any way
            sys.exit(SIGNALLED + _caught[-1][0])
        from flows.refusals import REFUSALS, reason

        if not isinstance(error, REFUSALS):
            raise
        complain(reason(error))
        status = REFUSED
    sys.exit(status)
