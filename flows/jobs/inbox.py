"""The inbox's survey: of all the files there, which are to be labelled now, and why the others are left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.arrivals import arrivals
from data.errors import SourceError
from data.sources import Source
from flows.jobs.batch import Batch, clash
from flows.jobs.stopping import check
from flows.state.ledger import published
from flows.state.refused_files import RefusedFiles

if TYPE_CHECKING:
    from pathlib import Path

    from flows.jobs.request import Request


@dataclass
class Survey:
    """What a look into the inbox found: sources to label, refusals, and the names of files that are left alone."""

    new: list[Source] = field(default_factory=list)
    refused: list[Batch] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused_before: dict[str, str] = field(default_factory=dict)


def survey(inbox: Path, request: Request, *, relabel: bool, again: bool, quiet: float) -> Survey:
    """Look at every file of an inbox, and settle by its bytes what is to be done with it.

    New is what is not labelled, what has other bytes than its labels were made from, with ``relabel`` also what another
    model labelled, and with ``again`` what was refused before. A file changed less than ``quiet`` seconds ago is
    watched for as long. SourceError where there is no inbox.
    """
    whole, moving = arrivals(inbox, quiet)
    found = Survey(waiting=[path.name for path in moving])
    remembered = RefusedFiles(request.home, request.terms)
    first: dict[str, Path] = {}
    held = {path.name for path in moving}  # whose refusals are remembered
    for path in whole:
        try:
            source = Source.at(str(path), each=check)
        except SourceError as error:
            found.refused.append(request.refused(str(path), error))
            continue
        earlier = first.setdefault(source.batch, path)
        other = None if earlier == path else earlier.name
        if other is None and _stands(source, request, relabel=relabel):
            found.unchanged.append(path.name)
        elif not again and (reason := remembered.reason(source, other)) is not None:
            held.add(path.name)
            found.refused_before[path.name.encode(errors="backslashreplace").decode()] = reason
        elif other is not None:
            held.add(path.name)
            found.refused.append(request.refused(source, clash(source.name, str(earlier)), other))
        else:
            found.new.append(source)
    remembered.forget(but=held)
    return found


def _stands(source: Source, request: Request, *, relabel: bool) -> bool:
    """Whether the batch is labelled from these very bytes; and, to relabel, by this very model."""
    record = published(request.home, source.batch)
    if record is None or (relabel and record.model_sha256 != request.sha256):
        return False
    return record.source_sha256 == source.sha256
