"""A night: what came of a look into the inbox, as `--json` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.jobs.batch import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.jobs.batch import Batch
    from flows.jobs.delivered import Delivered


@dataclass(frozen=True)
class Night:
    """What a run found in the inbox: batches, truth, what labels came to, and the names of files it left alone and why.

    ``judged`` are the batches that were held against their truth, as `flows.state.judgement` describes them.
    """

    batches: Sequence[Batch]
    unchanged: Sequence[str] = ()
    waiting: Sequence[str] = ()
    refused_before: Mapping[str, str] = field(default_factory=dict)
    truth: Sequence[Delivered] = ()
    judged: Sequence[dict[str, Any]] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many files came to what, in words."""
        counts: dict[str, int] = {status: sum(each.status == status for each in self.batches) for status in STATUSES}
        counts["unchanged"] += len(self.unchanged)
        others = {"waiting": self.waiting, "refused before": self.refused_before, "truth taken in": self.truth}
        return counts | {words: len(files) for words, files in others.items()}
