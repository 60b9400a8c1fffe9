"""Files: which files a name stands for, and the batch each one makes."""

from __future__ import annotations

import re
from glob import glob, has_magic
from pathlib import Path
from typing import Final

from data.errors import SourceError

SCHEME: Final = "s3://"
LONGEST: Final = 255 - len(".lock")  # bytes that file systems allow a name, and what locks add
ENDINGS: Final = (".csv", ".data", ".dat", ".parquet", ".tab", ".tsv", ".txt")
COMPRESSIONS: Final = (".gz", ".zst")
ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+://")


def is_object(name: str) -> bool:
    """Whether a name is an address of object storage (see `data.s3`)."""
    return name.startswith(SCHEME)


def expand(name: str) -> list[Path]:
    """The files a name stands for: a file, the tables directly in a folder, those of a glob; SourceError for none."""
    if not name.strip() or not name.isprintable():
        message = f"no name of a file; found {name!r}; name or rename it with letters"
        raise SourceError(message)
    if ADDRESS.match(name):
        message = f"{name}: an address that is not read; found one of another kind than {SCHEME}; save it to a file"
        raise SourceError(message)
    path = Path(name)
    if path.is_dir():
        tables = sorted(each for each in path.iterdir() if is_table(each.name) and each.is_file())
        if not tables:
            message = f"{path}: a folder without tables; found no file ending in {', '.join(ENDINGS)}; name a file"
            raise SourceError(message)
        return tables
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


def is_table(name: str) -> bool:
    """Whether a file of this name, in a folder that is named, is taken for a table."""
    plain = name.isprintable() and not name.startswith((".", "_"))
    return plain and Path(without_compression(name.lower())).suffix in ENDINGS


def without_compression(name: str) -> str:
    """The name without the ending of its compression."""
    return next((name.removesuffix(ending) for ending in COMPRESSIONS if name.endswith(ending)), name)


def batch_name(name: str) -> str:
    """The name of the batch a file or object makes: its own, without its ending and that of its compression.

    >>> batch_name("nights/october.csv.gz")
    'october'
    """
    return Path(without_compression(Path(name).name)).stem


def check_name(name: str) -> None:
    """SourceError for the name of a file that the results cannot bear."""
    try:
        length = len(f"{batch_name(name)}.parquet".encode())
    except UnicodeEncodeError:
        message = f"{name}: a name that is not UTF-8; found other bytes; rename the file"
        raise SourceError(message) from None
    if length > LONGEST:
        message = f"{name}: a name too long for its results; found {length} bytes, {LONGEST} at most; rename the file"
        raise SourceError(message)
