"""The command `serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from flows.cli.terminal import DONE, PLAIN, Common, complain_of
from flows.jobs.counts import counted
from flows.runs.schedule import LABEL, RETRAIN, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.jobs.night import Night

QUIET: Final = 2.0  # seconds a file is watched while a person waits


def serve(
    *,
    cron: str = LABEL,
    retrain_cron: str = RETRAIN,
    timezone: str = "UTC",
    once: Annotated[bool, Parameter(negative="")] = False,
    again: Annotated[bool, Parameter(negative="")] = False,
    replace: Annotated[bool, Parameter(negative="")] = False,
    truth: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Label what is new in data/inbox every night and train every week, until stopped.

    Args:
        cron: When to label: minute, hour, day, month, weekday. Between 01 and 03 a clock change may skip or repeat it.
        retrain_cron: When to train.
        timezone: The zone of both, like Europe/Rome.
        once: Label what is new now, and end.
        again: Look again at files that were refused and have not changed.
        replace: Relabel, with the champion, what an older version labelled.
        truth: Train on all truth that was told as well, every week.

    """
    from flows.cli.one_off import OneOff  # which the help can do without, as it can without what a request imports
    from flows.jobs.request import Training

    schedule = Schedule(cron, retrain_cron, timezone)
    schedule.check()
    common.place.inbox.mkdir(parents=True, exist_ok=True)
    with OneOff(common.place, quiet=common.silent, stays=not once) as one_off:
        if one_off.champion() is None:
            one_off.train(Training(common.place))
        if once:
            options: dict[str, Any] = {"again": again, "replace": replace, "quiet_seconds": QUIET}
            return _show(one_off.idle(**options) or one_off.label_inbox(**options), common)
        each = {"label-inbox": {"again": again, "replace": replace}, "retrain": {"truth": truth}}
        one_off.serve(schedule, each, _announce(common))
    return DONE


def _announce(common: Common) -> Callable[[dict[str, Any]], None]:
    return lambda document: common.show(document, _serving_lines(document))


def _show(night: Night, common: Common) -> int:
    from flows.cli.deliveries import delivery_lines
    from flows.cli.summary import batch_lines

    store = common.store
    done = [batch for batch in night.batches if batch.status != "refused"]
    lines = [*(line for batch in done for line in batch_lines(batch, store)), *delivery_lines(night.truth)]
    broken = [f"  look at: {each['batch']}: {text}" for each in night.judged for text in each["broken_promises"]]
    common.show(night, [*_inbox_lines(night), *lines, *broken])
    return complain_of(night.batches)


def _inbox_lines(night: Night) -> Iterator[str]:
    """A look into the inbox: what there was to do, and what was left alone and why."""
    truth = f", {counted(len(night.truth), 'file')} of truth" if night.truth else ""
    yield f"{counted(len(night.batches), 'file')} to label{truth}, {len(night.unchanged):,} done already"
    for name in night.waiting:
        yield f"  {name}: still being written; left for the next time"
    for name, reason in night.refused_before.items():
        yield f"  {name}: refused before and unchanged; --again looks again; {reason}"


def _serving_lines(document: dict[str, Any]) -> Iterator[str]:
    """What is served, when, and where to watch it."""
    yield f"serving {document['home']}; Ctrl-C ends it"
    for name, cron in document["schedules"].items():
        yield f"  {name:<12} {cron}  {document['timezone']}"
    yield f"  inbox        {document['inbox']}"
    yield f"  Prefect      {document['server']}"
