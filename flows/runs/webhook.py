"""The webhook: where notices are sent."""

from __future__ import annotations

import json
import os
from typing import Any, Final
from urllib.request import Request, urlopen

WEBHOOK: Final = "WINE_LABELS_WEBHOOK"
PATIENCE: Final = 10.0


def post(text: str, details: dict[str, Any]) -> str | None:
    """Send a text to the webhook that WINE_LABELS_WEBHOOK names, if it names one; what went wrong, if anything did.

    The document is `{"text": ..., ...details}`, which Slack, Mattermost and their like take as it is.
    """
    address = os.environ.get(WEBHOOK)
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        return f"{WEBHOOK}: not the address of a webhook; found {address[:40]!r}; begin it with https://"
    content = json.dumps({"text": text} | details, ensure_ascii=False).encode()
    request = Request(address, content, {"Content-Type": "application/json"})  # noqa: S310  checked above
    try:
        with urlopen(request, timeout=PATIENCE):  # noqa: S310  checked above
            return None
    except OSError as error:
        return f"{WEBHOOK}: the notice could not be sent; {error}; check the address"
