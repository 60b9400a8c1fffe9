"""Arrays of a version: read from `weights.npz` only where their names, types, shapes and sizes are those expected."""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any, Final

import numpy as np

from models.errors import ModelError, damaged

LARGEST_MEMBER: Final = 16 << 20
MOST_INPUTS: Final = 1_024  # of a network: the matrix that whitens them is then of half that size


def shapes_of(sizes: list[int], conformal: dict[str, Any] | None) -> dict[str, tuple[int, ...]]:
    """The shape of each array of a network of these sizes, and of its conformal part where it has one."""
    shapes: dict[str, tuple[int, ...]] = {"mean": (sizes[0],), "scale": (sizes[0],)}
    for layer, (inputs, outputs) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), start=1):
        shapes |= {f"weight_{layer}": (inputs, outputs), f"bias_{layer}": (outputs,)}
    if conformal:
        width, classes = sizes[0], sizes[-1]
        shapes |= {"whitening": (width, width), "origin": (width,), "centers": (classes, width)}
        shapes["usual"] = (conformal["rows"],)
    return shapes


def read_arrays(packed: bytes, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of these names and shapes in the bytes of `weights.npz`; ModelError where it holds anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = {member.filename: member.file_size for member in archive.infolist()}
            if len(members) != len(archive.infolist()) or members.keys() != {f"{name}.npy" for name in shapes}:
                raise damaged(f"weights.npz: expected {', '.join(shapes)}; found {', '.join(sorted(members))[:200]}")
            return {name: _read_array(archive, name, shape) for name, shape in shapes.items()}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, ModelError):
            raise
        raise damaged(f"weights.npz: {error}") from error


def _read_array(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": shape})
    header = head.getvalue()
    expected = len(header) + 8 * math.prod(shape)
    member = archive.getinfo(f"{name}.npy")
    if member.compress_type != zipfile.ZIP_STORED or member.file_size != expected or expected > LARGEST_MEMBER:
        raise damaged(f"{name}: expected {expected:,} bytes, not packed; found a member of {member.file_size:,}")
    content = archive.read(member)
    if not content.startswith(header):
        raise damaged(f"{name}: expected float64 of shape {shape}; found {content[10 : len(header)].strip()!r}")
    array = np.frombuffer(content, "<f8", offset=len(header)).reshape(shape)
    if not np.isfinite(array).all():
        raise damaged(f"{name}: expected finite numbers; found some that are not")
    return array.copy()
