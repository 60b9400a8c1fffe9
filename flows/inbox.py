"""The inbox's survey: of all the files there, which are to be labelled now, and what is with the others."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.inbox import arrivals
from data.sources import batch_name
from flows.ledger import published, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.home import Home
    from flows.refused import Refused


@dataclass
class Survey:
    """What a look into the inbox found, by the names of files; ``due`` and ``clashing`` are paths, in their order."""

    due: list[str] = field(default_factory=list)
    clashing: dict[str, str] = field(default_factory=dict)
    """Files whose batch another file makes already, and the name of that."""
    unchanged: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused_before: dict[str, str] = field(default_factory=dict)


def survey(
    inbox: Path, home: Home, model_sha256: str, refused: Refused, *, replace: bool, again: bool, quiet: float
) -> Survey:
    """Look at every file of an inbox, and settle by its bytes what is with it.

    Due is what is not labelled, what has other bytes than its labels were made from, with ``replace`` also what another
    model labelled, and with ``again`` what was refused before. SourceError where there is no inbox.
    """
    whole, moving = arrivals(inbox, quiet)
    found = Survey(waiting=[path.name for path in moving])
    first: dict[str, str] = {}
    before: set[str] = set()
    for source in whole:
        batch = batch_name(source)
        earlier = first.setdefault(batch, source.name)
        other = None if earlier == source.name else earlier
        if other is None and _stands(source, batch, home, None if not replace else model_sha256):
            found.unchanged.append(source.name)
        elif not again and (reason := refused.reason(source, other)) is not None:
            before.add(source.name)
            found.refused_before[source.name.encode(errors="backslashreplace").decode()] = reason
        elif other is not None:
            found.clashing[str(source)] = other
        else:
            found.due.append(str(source))
    refused.forget(but=before | {path.name for path in moving})
    return found


def _stands(source: Path, batch: str, home: Home, model_sha256: str | None) -> bool:
    """Whether the batch is labelled from these very bytes; and by this very model, where one is named."""
    record = published(home, batch)
    if record is None or model_sha256 not in {None, record.model_sha256}:
        return False
    with suppress(OSError):
        return record.source_sha256 == sha256_of(source)
    return False
