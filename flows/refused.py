"""Refused files: what an inbox holds that was refused and told of already, a small file each for `ls` to show."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

from data.publishing import Stage
from flows.ledger import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.home import Home

ENDING: Final = ".json"
NAMED: Final = 200  # bytes; a longer name, or one of other bytes than letters, is told by its hash


@dataclass(frozen=True)
class Refused:
    """The refusals of a home that hold on these terms; on other terms a file is looked at again."""

    home: Home
    terms: dict[str, Any]

    def reason(self, source: Path, other: str | None = None) -> str | None:
        """Why these very bytes were refused, beside this other file; None where they were not, or on other terms.

        None as well for a file that cannot be read, which is refused again when it is labelled.
        """
        kept = self._read(self._file(source))
        reason: str | None = kept.pop("reason", None)
        with suppress(OSError):
            return reason if kept and kept == self._facts(source, other) else None
        return None

    def keep(self, source: Path, reason: str, other: str | None = None) -> None:
        """Remember a refusal; ``other`` is the file that makes the same batch, where that is the reason.

        One that cannot be read, or on a disk that cannot be written, is not remembered, and told again.
        """
        name = f"refused {self._file(source).stem[:NAMED]}"
        with suppress(OSError), Stage(self.home.staging, name) as stage:
            text = json.dumps(self._facts(source, other) | {"reason": reason}, indent=2)
            stage.file(self._file(source)).write_text(text, encoding="utf-8")
            stage.publish()

    def forget(self, but: set[str]) -> None:
        """Forget every refusal but those of the files of these names."""
        kept = {self._file(self.home.inbox / name) for name in but}
        for path in self.home.refused.glob(f"*{ENDING}"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def _file(self, source: Path) -> Path:
        name = os.fsencode(source.name)
        plain = source.name.isprintable() and len(name) <= NAMED
        return self.home.refused / f"{source.name if plain else hashlib.sha256(name).hexdigest()}{ENDING}"

    def _facts(self, source: Path, other: str | None) -> dict[str, Any]:
        facts = {"source": source.name, "sha256": sha256_of(source), "other": other}
        return facts | {"code_version": installed("wine-labels"), **self.terms}

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            kept = json.loads(path.read_text(encoding="utf-8"))
            return kept if isinstance(kept, dict) else {}
        return {}
