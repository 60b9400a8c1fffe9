"""The commands `run` and `label`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from data.sources import find, opened
from data.stated import split_stated
from flows.cli.terminal import PLAIN, Common, complain, complain_of, status_of
from flows.jobs.batch import MAX_REJECTS
from flows.jobs.counts import counted
from flows.jobs.refusals import REFUSALS, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.jobs.batch import Batch


def run(
    *source: str,
    replace: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Train the first version if there is none, label the shipped table and say what came of it.

    Args:
        source: Files, folders or globs to label instead of the shipped table.
        replace: Label again what is labelled already.

    """
    from flows.cli.one_off import OneOff  # which the help can do without, as it can without what a request imports
    from flows.jobs.request import Request, Training

    with OneOff(common.place, quiet=common.silent) as one_off:
        files = find(source) or one_off.shipped()
        pinned = partial(Request.pinned, common.place, replace=replace)
        if one_off.champion() is not None and (done := one_off.unchanged(files, pinned())):
            return _show(done, common)
        if refused := one_off.refused(files):
            return _show_refused(refused, common)
        if one_off.champion() is None:
            one_off.train(Training(common.place))
        return _show(one_off.label(files, pinned(), named=source), common)


def label(
    *source: Annotated[str, Parameter(required=True)],
    replace: Annotated[bool, Parameter(negative="")] = False,
    model: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    columns: str | None = None,
    max_rejects: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = MAX_REJECTS,
    accept_suspect: Annotated[bool, Parameter(negative="")] = False,
    explain: Annotated[bool, Parameter(negative="")] = False,
    dask: str | None = None,
    common: Common = PLAIN,
) -> int:
    """Label tables: files, folders or globs to labels, rejects and reports.

    Args:
        source: Files, folders, globs or addresses of object storage.
        replace: Label again what is labelled already, if the source or the model has changed.
        model: The version to label with; the champion unless given.
        columns: What each column is, in the order of the file, separated by commas: a feature's name, truth, id or -.
        max_rejects: The share of rejected rows above which a file is refused whole.
        accept_suspect: Label a file whose columns do not go together; recorded as such.
        explain: Say what each file is taken for, and why, without labelling it.
        dask: The workers of a Dask cluster that do it, a file each or a range of a large one: tcp://host:8786, or
            local for all processors here.

    """
    stated = split_stated(columns or "")
    files = find(source)
    if explain:
        return _explain(files, stated, common)
    from flows.cli.one_off import OneOff
    from flows.jobs.request import Request

    with OneOff(common.place, quiet=common.silent) as one_off:
        asked = {"replace": replace, "columns": stated, "max_rejects": max_rejects, "accept_suspect": accept_suspect}
        request = Request.pinned(common.place, model, **asked)
        if dask is None and (done := one_off.unchanged(files, request)):
            return _show(done, common)
        if refused := one_off.refused(files, stated):
            return _show_refused(refused, common)
        return _show(one_off.label(files, request, named=source, dask=dask), common)


def _explain(files: Sequence[str], columns: Sequence[str] | None, common: Common) -> int:
    from flows.jobs.label import explain

    explained: dict[str, str] = {}
    refused = []
    for name in files:
        try:
            with opened(name, common.place.staging) as source:
                explained[name] = explain(source, common.place.table, columns)
        except REFUSALS as error:
            refused.append(reason(error))
    if refused and not explained and common.json:
        common.show({"error": "; ".join(refused)}, [])
    else:
        common.show(explained, [f"{name}: {why}" for name, why in explained.items()])
    for text in refused:
        complain(text)
    return status_of(len(refused), len(files))


def _show(batches: Sequence[Batch], common: Common) -> int:
    from flows.cli.summary import batch_lines
    from flows.jobs.night import Night
    from flows.runs.markdown import counts

    store = common.store
    lines = [line for batch in batches if batch.status != "refused" for line in batch_lines(batch, store)]
    together = [f"{counted(len(batches), 'file')}: {counts(Night(batches))}"] if len(batches) > 1 else []
    common.show({"batches": batches}, [*lines, *together])
    return complain_of(batches)


def _show_refused(batches: Sequence[Batch], common: Common) -> int:
    """All that was asked for is refused before anything has started."""
    common.show({"error": "; ".join(batch.error or "" for batch in batches), "batches": batches}, [])
    return complain_of(batches)
