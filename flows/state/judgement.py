"""The judgement of a batch: its labels held against its truth, in long form like a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flows.state.report import Report
from schemas.results import judged_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flows.state.home import Home


def judgement_of(home: Home, batch: str) -> Report | None:
    """The figures of a batch held against its truth; None where there are none that can be read."""
    try:
        return Report.read(home.judged(batch))
    except (OSError, ValueError):
        return None


def judgement_table(
    figures: Sequence[Mapping[str, Any]], batch: str, model_version: int, judged_at: datetime
) -> pa.Table:
    """The figures as the Arrow table that is published."""
    same = {"batch": batch, "model_version": model_version, "judged_at": judged_at}
    return pa.Table.from_pylist([{**same, **figure} for figure in figures], schema=judged_schema())
