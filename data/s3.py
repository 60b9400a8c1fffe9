"""Objects: tables on object storage, found by their addresses and fetched to be read like any file."""

from __future__ import annotations

import os
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from pyarrow.fs import FileSelector, FileType, S3FileSystem, resolve_s3_region

from data.errors import MovingError, SourceError
from data.files import SCHEME, is_table
from data.staging import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 10.0
PIECE: Final = 1 << 22


def find_objects(address: str) -> list[str]:
    """The objects an address stands for: one by its key, those under a prefix that ends in /, or those of a glob.

    SourceError where there are none, or where the storage cannot be reached.
    """
    place = address.removeprefix(SCHEME)
    bucket, _, key = place.partition("/")
    magic = any(each in key for each in "*?[")
    try:
        storage = _storage(bucket)
        if not magic and key and not key.endswith("/"):
            found = [place] if storage.get_file_info(place).type == FileType.File else []
        else:
            folder = (
                place.rpartition("/")[0] if not magic else f"{bucket}/{key[: _first_magic(key)].rpartition('/')[0]}"
            )
            infos = storage.get_file_info(FileSelector(folder.rstrip("/"), recursive="**" in key))
            files = sorted(info.path for info in infos if info.type == FileType.File)
            found = [path for path in files if (fnmatchcase(path, place) if magic else is_table(Path(path).name))]
    except (OSError, pa.ArrowException) as error:
        raise _unreachable(address, error) from error
    if not found:
        message = f"{address}: no such object; found none there; check the bucket, the key and your rights"
        raise SourceError(message)
    return [f"{SCHEME}{path}" for path in found]


@contextmanager
def fetched(address: str, staging: Path) -> Iterator[Path]:
    """A local copy of an object, under its own name, for as long as needed; MovingError where it changed meanwhile."""
    place = address.removeprefix(SCHEME)
    with Stage(staging, "object", address) as stage:
        path = stage.room() / Path(place).name
        try:
            storage = _storage(place.partition("/")[0])
            before = storage.get_file_info(place)
            with storage.open_input_stream(place) as source, path.open("wb") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
            after = storage.get_file_info(place)
        except (OSError, pa.ArrowException) as error:
            raise _unreachable(address, error) from error
        if (before.size, before.mtime_ns) != (after.size, after.mtime_ns) or path.stat().st_size != after.size:
            message = f"{address}: changed while it was fetched; found another size or time at the end; run again"
            raise MovingError(message)
        yield path


def _storage(bucket: str) -> S3FileSystem:
    """S3 as the environment has it: AWS_ENDPOINT_URL for a storage of one's own, else Amazon's."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    patience = {"connect_timeout": SECONDS, "request_timeout": SECONDS}
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        return S3FileSystem(endpoint_override=host, scheme=scheme or "https", **patience)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or resolve_s3_region(bucket)
    return S3FileSystem(region=region, **patience)


def _first_magic(key: str) -> int:
    return min((key.index(each) for each in "*?[" if each in key), default=len(key))


def _unreachable(address: str, error: Exception) -> SourceError:
    reason = " ".join(str(error).split())[:160]
    return SourceError(f"{address}: cannot be read; {reason}; check the address, AWS_* and your rights")
