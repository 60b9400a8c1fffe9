"""Lines: how many a text has and what they begin with, as its bytes show it, before any of it is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

LF: Final = ord("\n")
CR: Final = ord("\r")


@dataclass(frozen=True, eq=False)
class Lines:
    """A text, its bytes as numbers, and the place of each line end."""

    text: bytes
    codes: np.ndarray[Any, np.dtype[np.uint8]]
    ends: np.ndarray[Any, np.dtype[np.intp]]

    @classmethod
    def of(cls, text: bytes) -> Self:
        """The lines of a text, the last of which may have no end."""
        codes = np.frombuffer(text, dtype=np.uint8)
        return cls(text, codes, np.flatnonzero(codes == LF))

    @property
    def count(self) -> int:
        """How many lines end in LF or CRLF, or in nothing."""
        return len(self.ends) + (self.text != b"" and not self.text.endswith(b"\n"))

    @property
    def plain(self) -> bool:
        """Whether every CR belongs to a CRLF: a parser takes one that stands alone for a line end too."""
        if b"\r" not in self.text:
            return True
        paired = self.codes[np.maximum(self.ends - 1, 0)] == CR
        return bool(np.count_nonzero(self.codes == CR) == np.count_nonzero(paired))

    def begin_with(self, characters: bytes) -> bool:
        """Whether any line begins with one of these."""
        starts = np.concatenate([[0], self.ends + 1])
        firsts = self.codes[starts[starts < len(self.codes)]]
        return bool(np.isin(firsts, np.frombuffer(characters, dtype=np.uint8)).any())
