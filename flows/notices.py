"""Notices: what somebody should be told of a run, and the webhook that tells it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.request import Request, urlopen

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

WEBHOOK: Final = "WINE_LABELS_WEBHOOK"
PATIENCE: Final = 10.0
FEWEST: Final = 50  # rows below which a drift index says little


def notices(batch: dict[str, Any], reject_share: float, review_share: float) -> Iterator[str]:
    """What a person should look at in a batch: its refusal, shares above these limits, large drift."""
    if batch["status"] == "refused":
        yield f"{batch['batch']} was refused: {batch['error']}"
    if batch["status"] != "labelled":
        return
    for what, count, of, limit in (
        ("rejected", batch["rejected"], batch["rows"], reject_share),
        ("to review", batch["review"], batch["labelled"], review_share),
    ):
        if count > limit * of:
            yield f"{batch['batch']}: {count:,} of {of:,} rows {what}, more than {limit:.0%}"
    if features := _drifted(batch):
        yield f"{batch['batch']}: large drift against the training rows in {', '.join(features)}"


def _drifted(batch: dict[str, Any]) -> list[str]:
    kinds = [("metric", "in", ["drift", "drift_labels"]), ("other", "=", "large")]
    lines = pq.read_table(batch["report"], filters=kinds).to_pylist()
    return [line["label"] or "the labels" for line in lines if line["count"] >= FEWEST]


def post(text: str, details: dict[str, Any]) -> str | None:
    """Send a text to the webhook that WINE_LABELS_WEBHOOK names, if it names one; what went wrong, if anything did.

    The document is `{"text": ..., ...details}`, which Slack, Mattermost and their like take as it is.
    """
    address = os.environ.get(WEBHOOK)
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        return f"{WEBHOOK}: no address of a webhook; found {address[:40]!r}; begin it with https://"
    content = json.dumps({"text": text} | details, ensure_ascii=False).encode()
    request = Request(address, content, {"Content-Type": "application/json"})  # noqa: S310  checked above
    try:
        with urlopen(request, timeout=PATIENCE):  # noqa: S310  checked above
            return None
    except OSError as error:
        return f"{WEBHOOK}: the notice could not be sent; {error}; check the address"
