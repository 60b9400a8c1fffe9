"""The rows of a batch, passed over once for all that its page shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from flows.state.need import Need
from flows.state.tellings import Tellings
from flows.state.training_table import training_table
from nn.drift import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.state.home import Home
    from flows.state.measured import Measured
    from models.store import Version
    from nn.drift import Spread

BINS: Final = 20  # of confidence


@dataclass(frozen=True, eq=False)
class BatchRows:
    """What one pass over a batch's rows finds.

    ``confidence`` counts them in equal bins from 0 to 1, ``spread`` in the bins of the training rows of ``reference``;
    both are None where the input or the version is not there any more.
    """

    need: Need
    confidence: Sequence[int]
    reference: Reference | None
    spread: Spread | None

    @classmethod
    def of(cls, home: Home, batch: Measured, most: int) -> BatchRows:
        """The rows of a batch, the ``most`` in need among them; SourceError where its input cannot be read."""
        need, confidence, spread = Need(most, others=False), np.zeros(BINS, dtype=np.int64), None
        known = Tellings.readable(home).told(batch.batch, batch.record)
        told = known.rows["row"].combine_chunks() if known else pa.array([], pa.int64())
        reference = _reference(batch.version) if batch.version and batch.source else None
        for part in batch.parts():
            need.add(part, told)
            confidence += np.histogram(part["confidence"].to_numpy(), BINS, (0, 1))[0]
            if reference:
                x = np.stack([part[name].to_numpy() for name in reference.features], axis=1)
                spread = reference.spread(x) if spread is None else spread + reference.spread(x)
        return cls(need, confidence.tolist(), reference, spread)


def _reference(version: Version) -> Reference:
    *features, classes = (column.to_numpy() for column in training_table(version).columns)
    kinds = len(version.classifier.classes)
    return Reference.of(version.classifier.features, np.stack(features, axis=1), classes.astype(np.intp), kinds)
