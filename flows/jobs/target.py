"""A target: a file outside the home that a user names for what a command finds; it appears whole or not at all."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.errors import PublishError
from data.object_path import ObjectPath
from data.staging import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.staging import Kind
    from flows.state.home import Home


def check_target(target: Path, home: Home, what: str) -> None:
    """PublishError where what is published, or a version, could be written over by ``what``."""
    if isinstance(home.folder, ObjectPath):
        return
    place = target.resolve()
    for state in ("data", "models"):
        if (home.folder / state).resolve() in place.parents:
            message = f"{target}: not for {what}; found it within the home's {state}; name a file elsewhere"
            raise PublishError(message)


@contextmanager
def written(target: Path, kind: Kind) -> Iterator[Path]:
    """Where to write what becomes the target at the end of the block; PublishError where it cannot."""
    stages = target.parent / f".{target.name}.staging"
    try:
        with Stage(stages, kind, target.name) as stage:
            yield stage.file(target)
            stage.publish()
    except PublishError:
        raise
    except OSError as error:
        message = f"{target}: cannot be written; {error.strerror or error}; name another file"
        raise PublishError(message) from error
    finally:
        shutil.rmtree(stages, ignore_errors=True)
