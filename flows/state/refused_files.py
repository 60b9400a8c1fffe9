"""Refused files: what an inbox holds that was refused and reported already, a small file each for `ls` to show."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

from data.places import states
from data.staging import Stage
from models.disk import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.places import Place
    from data.sources import Source
    from flows.state.home import Home

ENDING: Final = ".json"
LARGEST: Final = 1 << 20
NAMED: Final = 200  # bytes; a longer name, one that is not text, or one like a hash is replaced by its hash
HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class RefusedFiles:
    """The refusals of a home that hold on these terms; on other terms a file is looked at again."""

    home: Home
    terms: Mapping[str, Any]

    def reason(self, source: Source, other: str | None = None) -> str | None:
        """Why these very bytes were refused, beside this other file; None where they were not, or on other terms."""
        kept = _read(self._file(source.file))
        reason: str | None = kept.pop("reason", None)
        return reason if kept and kept == self._facts(source, other) else None

    def knows(self, name: str) -> bool:
        """Whether a refusal of a file of this name is remembered, on whatever terms."""
        return self._file(name).exists()

    def keep(self, source: Source, reason: str, other: str | None = None) -> None:
        """Remember a refusal; ``other`` is the file that makes the same batch, where that is the reason.

        On a disk that cannot be written nothing is remembered, and the file is reported again.
        """
        path = self._file(source.file)
        with suppress(OSError), Stage(self.home.staging, "refusal", path.name) as stage:
            text = json.dumps(self._facts(source, other) | {"reason": reason}, indent=2)
            stage.file(path).write_text(text, encoding="utf-8")
            stage.publish()

    def forget(self, but: set[str]) -> None:
        """Forget every refusal but those of the files of these names."""
        kept = set(map(self._file, but))
        for path in self.home.refused.glob(f"*{ENDING}"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def _file(self, name: str) -> Place:
        raw = os.fsencode(name)
        plain = name.isprintable() and len(raw) <= NAMED and not HASH.fullmatch(name)
        return self.home.refused / f"{name if plain else hashlib.sha256(raw).hexdigest()}{ENDING}"

    def _facts(self, source: Source, other: str | None) -> dict[str, Any]:
        facts = {"source": source.file, "sha256": source.sha256, "other": other}
        return facts | {"code_version": installed("wine-labels"), **self.terms}


def remembered(home: Home, most: int) -> tuple[int, list[tuple[str, str]]]:
    """How many refusals are remembered, and of the newest of them the name of the file and the reason."""
    with suppress(OSError):
        found = [(state.st_mtime_ns, name) for name, state in states(home.refused) if name.endswith(ENDING)]
        newest = (_read(home.refused / name) for _, name in sorted(found, reverse=True)[:most])
        return len(found), [(str(kept.get("source", "")), str(kept.get("reason", ""))) for kept in newest]
    return 0, []


def _read(path: Place) -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(read(path, LARGEST))
        return kept if isinstance(kept, dict) else {}
    return {}
