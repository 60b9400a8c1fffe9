"""Prune: old versions of a table's models removed, but for those that published labels name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.state.ledger import batches_of
from flows.state.leftovers import sweep_leftovers
from models import pruning
from models.store import ModelStore
from schemas.record import Record

if TYPE_CHECKING:
    from flows.state.home import Home


@dataclass(frozen=True)
class Pruned:
    """What came of a pruning: the versions removed, those that stay, and those of them that published labels name."""

    pruned: list[int]
    kept: list[int]
    named_by_labels: list[int]
    champion: int | None
    dry_run: bool


def prune(home: Home, keep: int, *, labelled: bool = False, dry_run: bool = False) -> Pruned:
    """Remove all versions but the newest ``keep``, the champion, and those that published labels name.

    Args:
        home: The home.
        keep: How many of the newest stay, one or more.
        labelled: Remove also those that published labels name.
        dry_run: Say what would be removed, and remove nothing.

    Raises:
        ModelError: Where the store is not in order, or a folder cannot be removed.

    """
    store = ModelStore(home.models)
    named = _named_by_labels(home)
    spared = set() if labelled else {*named}
    before = store.versions()
    gone = pruning.prunable(store, keep, spared) if dry_run else pruning.prune(store, keep, spared)
    if not dry_run:
        sweep_leftovers(home)
        for batch in (batch for number in gone for batch in named.get(number, ())):
            home.page(batch).unlink(missing_ok=True)  # its link would lead nowhere; it is drawn again when it is opened
    kept = [number for number in before if number not in gone]
    return Pruned(gone, kept, [number for number in kept if number in named], store.champion(), dry_run)


def _named_by_labels(home: Home) -> dict[int, list[str]]:
    """The batches that each version has labelled."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for batch in batches_of(home):
        record = Record.read(home.labels(batch))
        if record:
            found[record.model_version].append(batch)
    return found
