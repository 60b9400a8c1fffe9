"""Files: which files a name stands for, and the batch each one makes."""

from __future__ import annotations

import re
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.addresses import SCHEMES, is_address, without_query
from data.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST: Final = 255  # bytes that file systems allow a name
ENDINGS: Final = (".csv", ".data", ".dat", ".parquet", ".tab", ".tsv", ".txt")
SHOWN: Final = 60  # characters of a name in a message
COMPRESSIONS: Final = (".gz", ".zst")
PARTITION: Final = re.compile(r"[^=]+=.*", re.DOTALL)
MARKS: Final = ("_SUCCESS", "_metadata", "_common_metadata", "_delta_log")  # of a folder that is one table


def expand(name: str) -> list[Path]:
    """The files a name stands for: a file, the tables directly in a folder, those of a glob; SourceError for none."""
    if not name.strip() or not (name.isprintable() or Path(name).exists()):
        message = f"no name of a file; found {name!r}; name or rename it with letters"
        raise SourceError(message)
    if is_address(name):
        kinds = ", ".join(SCHEMES)
        message = f"{without_query(name)}: an address that is not read; found one of another kind than {kinds}"
        message = f"{message}; save it to a file"
        raise SourceError(message)
    path = Path(name)
    if path.is_dir():
        return _tables_in(path)
    if path.is_file():
        return [path]
    if path.exists():
        message = f"{path}: not a file; found a pipe or a device, which cannot be read twice; save it to a file"
        raise SourceError(message)
    if has_magic(name):
        tables = [Path(each) for each in sorted(glob(name, recursive=True)) if Path(each).is_file()]  # noqa: PTH207
        if tables:
            return tables
        message = f"{name}: matches no file; found none in {Path.cwd()}; check the pattern"
        raise SourceError(message)
    message = f"{path}: no such file; found nothing at that path; check the spelling"
    raise SourceError(message)


def _tables_in(folder: Path) -> list[Path]:
    check_folder(folder)
    tables = [each for each in sorted(folder.iterdir()) if is_table(each.name) and each.is_file()]
    if not tables:
        message = f"{folder}: a folder without tables; found no file ending in {', '.join(ENDINGS)}; name a file"
        raise SourceError(message)
    return tables


def check_folder(folder: Path) -> None:
    """SourceError where a folder is one table in several parts, as Spark and others write them."""
    found = sorted(folder.iterdir())
    parts = [each.name for each in found if PARTITION.fullmatch(each.name) and each.is_dir()]
    if any((folder / mark).exists() for mark in MARKS):
        parts += [each.name for each in found if is_table(each.name) and each.is_file()]
        parts = parts if len(parts) > 1 else []
    if parts:
        raise _in_parts(str(folder), parts)


def check_whole(names: Iterable[str]) -> None:
    """SourceError where some of these files are parts of one table: in several folders `key=value` of one folder."""
    parts: dict[str, dict[str, None]] = {}
    for name in names:
        *folders, _ = name.split("/")
        depth = next((at for at, each in enumerate(folders) if PARTITION.fullmatch(each)), len(folders))
        if depth < len(folders):
            parts.setdefault("/".join(folders[:depth]) or ".", {}).setdefault("/".join(folders[depth:]))
    for folder, each in parts.items():
        if len(each) > 1:
            raise _in_parts(folder, [*each])


def _in_parts(folder: str, parts: Sequence[str]) -> SourceError:
    shown = ", ".join(part[:SHOWN] for part in parts[:2])
    more = f" and {len(parts) - 2:,} more" if len(parts) > 2 else ""  # noqa: PLR2004
    message = f"{folder}: one table in several parts; found {shown}{more}"
    return SourceError(f"{message}; save it as one file, or name one part alone")


def is_table(name: str) -> bool:
    """Whether a file of this name, in a folder that is named, is taken for a table."""
    return not name.startswith((".", "_")) and Path(without_compression(name.lower())).suffix in ENDINGS


def without_compression(name: str) -> str:
    """The name without the ending of its compression."""
    return next((name.removesuffix(ending) for ending in COMPRESSIONS if name.endswith(ending)), name)


def batch_name(name: str) -> str:
    """The name of the batch a file or object makes: its own, without its ending and that of its compression.

    >>> batch_name("nights/october.csv.gz")
    'october'
    """
    file = without_compression(name.rpartition("/")[2])
    stem, _, ending = file.rpartition(".")
    return stem if stem and ending else file


def check_text(name: str) -> None:
    """SourceError for a name that is no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        message = f"{name}: a name that is not UTF-8; found other bytes; rename the file"
        raise SourceError(message) from None


def check_name(name: str) -> None:
    """SourceError for the name of a file that the results, or those who read them, cannot bear."""
    batch = batch_name(name)
    check_text(batch)
    length = len(f"{batch}.parquet".encode())
    if not batch.isprintable():
        message = f"{name!r}: a name that cannot be printed; found line breaks or control characters; rename the file"
        raise SourceError(message)
    if batch.startswith(("_", ".")):
        message = f"{name}: a name whose results readers would pass over; found {batch[0]!r} in front; rename the file"
        raise SourceError(message)
    if length > LONGEST:
        message = f"{name}: a name too long for its results; found {length} bytes, {LONGEST} at most; rename the file"
        raise SourceError(message)
