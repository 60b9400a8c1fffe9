"""The author of an entry in the history: who did it, and on which machine."""

from __future__ import annotations

import getpass
import os
from typing import Final

LONGEST: Final = 200  # characters


def author() -> str:
    """The user and the host, `cellar@winery`; the user's number where no list knows its name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{os.uname().nodename}".encode(errors="replace").decode()[:LONGEST]
