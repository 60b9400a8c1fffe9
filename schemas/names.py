"""Names: what tables, features, classes and levels may be called, so that no file, path or page trips over one."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300  # characters
MOST_CLASSES: Final = 1000
TABLE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
DEVICES: Final = frozenset({"con", "prn", "aux", "nul"})
"""Names that Windows keeps for itself."""
RESERVED: Final = frozenset(
    {
        "batch", "row", "id", "label", "label_id", "label_set", "confidence", "typicality", "review", "truth", "by",
        "note", "how", "input", "unusual", "source", "source_sha256", "told_at", "class_index", "model_version",
    }
)  # fmt: skip
"""The columns that files of ours have beside features."""
