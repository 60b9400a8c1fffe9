"""Limits: what this process may take of the machine, and which of them an error has met, however a library words it."""

from __future__ import annotations

import errno
import re
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY: Final = ("out of memory", "close other programs, or raise the limit of `ulimit -v`")
DISK: Final = ("no room on the disk", "make room there, or name another --home")
SIZE: Final = ("larger than files may be here", "raise the limit of `ulimit -f`")
FILES: Final = ("too many open files", "raise the limit of `ulimit -n`")
BY_NUMBER: Final = {
    errno.ENOMEM: MEMORY,
    errno.ENOSPC: DISK,
    errno.EDQUOT: DISK,
    errno.EFBIG: SIZE,
    errno.EMFILE: FILES,
    errno.ENFILE: FILES,
}
"""What is exhausted, and what to do, by the number of the error."""
BY_WORDS: Final = {
    r"MemoryError|[Cc]annot allocate memory|[Mm]emory allocation|failed to map segment": MEMORY,
    r"can't start new thread": MEMORY,
    r"No space left on device|database or disk is full": DISK,
    r"File too large": SIZE,
    r"Too many open files": FILES,
}
LEAST: Final = 256 << 20  # bytes of addresses, or the linear algebra of NumPy ends the process by itself
LEAST_TO_LABEL: Final = 1 << 30  # or that of SciPy waits for memory without end
LEAST_DATABASE: Final = 16 << 20  # bytes of a file


def check_memory(least: int) -> None:
    """MemoryError where this process may have fewer bytes of addresses, which libraries would bear without a word."""
    allowed = _allowed(resource.RLIMIT_AS)
    if allowed is not None and allowed < least:
        raise MemoryError(f"a limit of {allowed:,} bytes, {least:,} are needed")


def check_file_size(file: Path, least: int) -> None:
    """OSError where no file of as many bytes may be written."""
    allowed = _allowed(resource.RLIMIT_FSIZE)
    if allowed is not None and allowed < least:
        raise OSError(errno.EFBIG, f"found a limit of {allowed:,} bytes, {least:,} are needed", str(file))


def exhausted(error: BaseException) -> tuple[str, str] | None:
    """What is exhausted, and what to do, where this error or one behind it says so, or all memory is taken."""
    for each in _behind(error):
        if isinstance(each, MemoryError):
            return MEMORY
        found = BY_NUMBER.get(each.errno or 0) if isinstance(each, OSError) else exhausted_in(str(each))
        if found:
            return found
    return MEMORY if _taken() else None


def exhausted_in(text: str) -> tuple[str, str] | None:
    """The same of what another process has said."""
    if "disk I/O error" in text and _allowed(resource.RLIMIT_FSIZE) is not None:  # SQLite's only words for it
        return SIZE
    return next((found for words, found in BY_WORDS.items() if re.search(words, text)), None)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            waiting += [each.__context__, each.__cause__]
            yield each


def _taken() -> bool:
    """Whether the process has had nearly all addresses that it may have: then any error may come of that."""
    allowed = _allowed(resource.RLIMIT_AS)
    try:
        peak = re.search(r"VmPeak:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    except OSError:
        return False
    return allowed is not None and peak is not None and int(peak[1]) << 10 > allowed - allowed // 16


def _allowed(kind: int) -> int | None:
    soft, _ = resource.getrlimit(kind)
    return None if soft == resource.RLIM_INFINITY else soft
