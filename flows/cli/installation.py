"""The installation: whether all rooms of the program come from one place, whole.

Their names are common ones. Another package with a top-level `data`, say, can stand before ours on the path, or be
installed over it, without a word from the installer.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import PackagePath

ROOMS: Final = ("data", "flows", "models", "nn", "schemas")
REPAIR: Final = "install wine-labels in an environment of its own, as `pipx install wine-labels` does"


class InstallationError(ImportError):
    """Other packages stand in the way of ours."""


def check_installation() -> None:
    """InstallationError where a room comes from elsewhere than this module, or has lost or changed a file."""
    here = Path(__file__).parents[2]
    for room in ROOMS:
        spec = find_spec(room)
        place = Path(spec.origin).parents[1] if spec and spec.origin else None
        if place != here:
            message = f"the package {room!r} is another program's; found it in {place or 'no folder'}, not {here}"
            raise InstallationError(f"{message}; {REPAIR}")
    try:
        files = distribution("wine-labels").files or []
    except PackageNotFoundError:  # run from its sources
        return
    ours = [file for file in files if file.parts[0] in ROOMS and file.suffix == ".py"]
    if ours and Path(str(ours[0].locate())).resolve().is_relative_to(here.resolve()):
        _check_files(ours)


def _check_files(files: Iterable[PackagePath]) -> None:
    for file in files:
        place = Path(str(file.locate()))
        try:
            digest = urlsafe_b64encode(hashlib.sha256(place.read_bytes()).digest()).rstrip(b"=").decode()
        except OSError:
            digest = "none"
        if file.hash is not None and digest != file.hash.value:
            found = "no such file" if digest == "none" else "another program's in its place"
            raise InstallationError(f"{file} is not the file that was installed; found {found}; {REPAIR}")
