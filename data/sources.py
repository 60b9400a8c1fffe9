"""Sources: the files that a list of files, folders and globs stands for, and the batch each one makes."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from data.layouts import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

Stamp: TypeAlias = tuple[int, int]

SCHEME: Final = "s3://"
LONGEST: Final = 255 - len(".lock")  # bytes that file systems allow a name, and what locks add
ENDINGS: Final = (".csv", ".data", ".dat", ".parquet", ".tab", ".tsv", ".txt")


class MovingError(SourceError):
    """A file that changes while it is read."""


def shipped_table() -> Path:
    """The table that comes with the program: 178 bottles."""
    return Path(__file__).parent / "raw" / "wine.csv"


def is_object(name: str) -> bool:
    """Whether a name is an address of object storage (see `data.objects`)."""
    return name.startswith(SCHEME)


def find_sources(names: Iterable[str]) -> list[Path]:
    """The files named, each once, in the order named; a folder stands for the tables directly in it."""
    found = [path for name in names for path in _expand(name)]
    return list(dict.fromkeys(found))


def find_files_and_objects(names: Iterable[str]) -> list[str]:
    """The files and the objects of object storage that these names stand for, each once; SourceError as by both."""
    found: list[str] = []
    for name in names:
        if is_object(name):
            from data.objects import find_objects  # which takes a while to import

            found += find_objects(name)
        else:
            found += map(str, _expand(name))
    return list(dict.fromkeys(found))


def _expand(name: str) -> list[Path]:
    if not name.strip() or not name.isprintable():
        message = f"no name of a file; found {name!r}; name or rename it with letters"
        raise SourceError(message)
    path = Path(name)
    if path.is_dir():
        tables = sorted(each for each in path.iterdir() if _is_table(each))
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


def check_name(source: Path) -> None:
    """SourceError for a name that the results cannot bear."""
    try:
        length = len(f"{batch_name(source)}.parquet".encode())
    except UnicodeEncodeError:
        message = f"{source}: a name that is no UTF-8; found other bytes; rename the file"
        raise SourceError(message) from None
    if length > LONGEST:
        message = f"{source}: a name too long for its results; found {length} bytes, {LONGEST} at most; rename the file"
        raise SourceError(message)


def batch_name(source: Path) -> str:
    """The name of the batch a file makes: the file's own, without its ending and that of its compression."""
    return Path(source.name.removesuffix(".gz").removesuffix(".zst")).stem


def stamp_of(source: Path) -> Stamp:
    """Size and time of a file: another stamp means other bytes."""
    state = source.stat()
    return state.st_size, state.st_mtime_ns


def _is_table(path: Path) -> bool:
    ending = Path(path.name.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    plain = path.name.isprintable() and not path.name.startswith((".", "_"))
    return plain and ending in ENDINGS and path.is_file()
