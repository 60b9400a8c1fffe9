"""The encoding of a version: what its features hold, as `model.json` says it, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nn.columns import Column
from nn.encoding import Encoding


def describe_encoding(encoding: Encoding) -> list[dict[str, Any]]:
    """What each feature holds, as plain values for JSON."""
    return [asdict(column) for column in encoding.columns]


def is_encoding(said: Any) -> bool:
    """Whether a description of an encoding has its form."""
    return isinstance(said, list) and all(
        column.keys() == {"levels", "unseen", "missing"}
        and isinstance(column["levels"], list)
        and all(isinstance(level, str) for level in column["levels"])
        and all(type(column[part]) is bool for part in ("unseen", "missing"))
        for column in said
    )


def read_encoding(said: list[dict[str, Any]]) -> Encoding:
    """The encoding of such a description; ValueError for levels that cannot be told apart."""
    return Encoding(tuple(Column(**(column | {"levels": tuple(column["levels"])})) for column in said))
