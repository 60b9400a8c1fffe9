"""The inbox's survey: of all the files there, which are to be labelled now, and why the others are left alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.arrivals import arrivals, misplaced, names
from data.errors import SourceError
from data.files import batch_name
from data.held import held
from data.sources import Source
from data.staging import sweep
from flows.jobs.batch import Batch, clash
from flows.jobs.delivered import delivered_before, stem
from flows.jobs.night import Night
from flows.jobs.request import Request
from flows.jobs.stopping import check
from flows.state.judgement import unjudged
from flows.state.ledger import published
from flows.state.leftovers import sweep_leftovers
from flows.state.refused_files import RefusedFiles
from flows.state.seen import Seen
from flows.state.tellings import Tellings, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from data.places import Place
    from flows.state.home import Home
    from schemas.record import Record


@dataclass
class Survey:
    """What a look into the inbox found: sources to label, truth, refusals, and the names of files left alone."""

    new: list[Source] = field(default_factory=list)
    truth: list[Source] = field(default_factory=list)
    refused: list[Batch] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused_before: dict[str, str] = field(default_factory=dict)


class _BusyError(Exception):
    """There is something to do, or a while to wait."""


def alone(home: Home) -> AbstractContextManager[None]:
    """Be the only one to look into the inbox of a home; HeldError where another does."""
    return held(home.runs / "inbox.lock")


def idle(home: Home, *, quiet: float, **asked: Any) -> Night | None:
    """What a survey of the home's inbox finds where nothing is new or to be refused; None where a run has to see to it.

    That every file has labels, or was refused before, is looked at first, so that none is read in vain.
    """
    try:
        with alone(home):
            request = Request.pinned(home, replace=True)
            request.model()
            _check_known(home, request)
            found = survey(home.inbox, request, quiet=quiet, sleep=_give_up, **asked)
            sweep(home.staging)
            sweep_leftovers(home)
    except Exception:  # noqa: BLE001  whatever it is, a run says it better
        return None
    return (
        None
        if found.new or found.truth or found.refused
        else Night([], found.unchanged, found.waiting, found.refused_before)
    )


def _check_known(home: Home, request: Request) -> None:
    remembered = RefusedFiles(home, request.terms)
    delivered = {path.stem.rpartition("-")[0] for path, _ in deliveries(home)}
    for name in names(home.inbox):
        if not (home.labels(batch_name(name)).exists() or remembered.knows(name) or stem(name) in delivered):
            raise _BusyError
    if unjudged(home, Tellings.of(home)):
        raise _BusyError


def _give_up(_seconds: float) -> None:
    raise _BusyError


def survey(
    inbox: Place,
    request: Request,
    *,
    relabel: bool,
    again: bool,
    quiet: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Survey:
    """Look at every file of an inbox, and settle by its bytes what is to be done with it.

    New is what is not labelled, what has other bytes than its labels were made from, with ``relabel`` also what another
    model labelled, and with ``again`` what was refused before. A file changed less than ``quiet`` seconds ago is
    watched for as long. SourceError where there is no inbox.
    """
    whole, moving = arrivals(inbox, quiet, sleep=sleep)
    look = _Look(request, relabel=relabel, again=again, held={path.name for path in moving})
    look.found.waiting += [path.name for path in moving]
    for path, error in misplaced(inbox):
        look.refuse(Source.named(path, str(error)), error)
    for path in whole:
        if not look.is_seen(path):
            look.at(path)
    look.remembered.forget(but=look.held)
    look.seen.keep()
    return look.found


@dataclass
class _Look:
    """One look into an inbox, file by file in the order of their names."""

    request: Request
    relabel: bool
    again: bool
    held: set[str]
    """The files whose refusals are remembered."""
    found: Survey = field(default_factory=Survey)
    first: dict[str, Place] = field(default_factory=dict)
    """The file that makes each batch."""

    def __post_init__(self) -> None:
        self.remembered = RefusedFiles(self.request.home, self.request.terms)
        self.seen = Seen.of(self.request.home)

    def is_seen(self, path: Place) -> bool:
        """Whether a file is unchanged, as its stamps show."""
        batch = batch_name(path.name)
        model = self.request.sha256 if self.relabel else None
        if batch in self.first or not self.seen.stands(path, model):
            return False
        self.first[batch] = path
        self.found.unchanged.append(path.name)
        return True

    def at(self, path: Place) -> None:
        """Settle by its bytes what is to be done with a file."""
        try:
            source = Source.at(str(path), each=check)
        except SourceError as error:
            self.found.refused.append(self.request.refused(str(path), error))
            return
        earlier = self.first.get(source.batch)
        if earlier is None and (record := self._standing(source)):
            self.first[source.batch] = path
            self.found.unchanged.append(path.name)
            self.seen.add(path, record.model_sha256)
        elif delivered_before(source, self.request.home):
            self.found.unchanged.append(path.name)
        elif self._refused_before(source, earlier.name if earlier else None):
            self.first.setdefault(source.batch, path)
        elif self._tells_truth(source):
            self.found.truth.append(source)
        elif earlier:
            self.refuse(source, clash(source.name, str(earlier)), earlier.name)
        else:
            self.first[source.batch] = path
            self.found.new.append(source)

    def refuse(self, source: Source, error: SourceError, other: str | None = None) -> None:
        """Refuse a source, or leave it as it was refused before; ``other`` is a file that makes the same batch."""
        if not self._refused_before(source, other):
            self.held.add(source.file)
            self.found.refused.append(self.request.refused(source, error, other))

    def _refused_before(self, source: Source, other: str | None = None) -> bool:
        reason = None if self.again else self.remembered.reason(source, other)
        if reason is None:
            return False
        self.held.add(source.file)
        self.found.refused_before[source.file.encode(errors="backslashreplace").decode()] = reason
        return True

    def _tells_truth(self, source: Source) -> bool:
        from data.truth_files import is_truth_file  # which take a while, and most nights there is nothing new

        return is_truth_file(source, self.request.home.table)

    def _standing(self, source: Source) -> Record | None:
        """The record of a batch labelled from these very bytes and, to relabel, by this very model; else None."""
        record = published(self.request.home, source.batch)
        if record is None or (self.relabel and record.model_sha256 != self.request.sha256):
            return None
        return record if record.source_sha256 == source.sha256 else None
