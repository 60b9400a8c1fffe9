"""The rows of a batch, passed over once for all that its page shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from flows.state.need import Need
from flows.state.raw_rows import to_matrix
from flows.state.tellings import Tellings
from flows.state.training_table import load_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.state.home import Home
    from flows.state.measured import Measured
    from nn.drift import Reference, Spread

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
        version = batch.version if batch.source else None
        reference = load_reference(version) if version else None
        for part in batch.parts():
            need.add(part, told)
            confidence += np.histogram(part["confidence"].to_numpy(), BINS, (0, 1))[0]
            if reference and version:
                x = to_matrix(part, reference.features, version.classifier.encoding)
                spread = reference.spread(x) if spread is None else spread + reference.spread(x)
        return cls(need, confidence.tolist(), reference, spread)
