"""The list of versions, newest first: when each was made, how good it is, what was decided of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from flows.pages.points import percent
from flows.state.lives import lives, reigns
from models.errors import ModelError
from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flows.pages.link import Links
    from flows.state.home import Home

MOST: Final = 50


@dataclass(frozen=True)
class Versions:
    """The versions: a row for each of the newest and the champion, and when which became champion."""

    rows: Sequence[dict[str, Any]] = ()
    reigns: Sequence[tuple[datetime, int]] = ()
    fault: str = ""
    """Why there are none, where they cannot be read."""

    @classmethod
    def read(cls, home: Home, links: Links) -> Self:
        """The versions in a home, as links lead to their pages."""
        store, table = ModelStore(home.models), home.table.name
        try:
            known, champion = lives(store), store.champion()
        except (ModelError, OSError) as error:
            return cls(fault=f"the versions of {table} cannot be listed: {error}")
        rows = [
            {
                "version": links.version(table, number),
                "made": known[number].registered_at[:10],
                "champion": f"since {known[number].since[:10]}" if number == champion else "",
                "cross-validated": _accuracy(store, number),
                "decided": "; ".join(map(str, known[number].decisions)) or "nothing yet",
            }
            for number in _newest(store.versions(), champion)
        ]
        return cls(rows, reigns(known))


def _newest(versions: list[int], champion: int | None) -> Iterator[int]:
    yield from reversed(versions[-MOST:])
    if champion in versions[:-MOST]:
        yield champion


def _accuracy(store: ModelStore, number: int) -> str:
    with suppress(ModelError, OSError, KeyError, TypeError):
        return percent(store.describe(number)["notes"]["cross_validation"]["accuracy"])
    return "unreadable"
