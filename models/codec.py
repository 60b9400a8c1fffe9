"""The codec: a classifier as two files, `weights.npz` and `model.json`, and back; bytes only, no paths.

`weights.npz` holds float64 arrays `weight_1`, `bias_1`, ... of each layer, and `mean` and `scale` of the standardizer,
of float32 values since versions are rounded when they are made.
`model.json` names the features and classes in their order and carries the notes of the training and the sha256 of every
other file and of itself. Nothing is ever unpickled; names, types, shapes and sizes are checked before an array is made.
A version whose label sets are by mass is of format 2; one whose sets are by threshold, or that has none, of format 1.
One that takes categories or missing values is of format 3: `encoding` says what each feature holds; sets are by mass.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import asdict
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.arrays import read_arrays, shapes_of
from models.encoding import describe_encoding, is_encoding, read_encoding
from models.errors import ModelError, damaged
from nn.classifier import Classifier
from nn.conformal import Conformal, Space
from nn.encoding import Standardizer
from nn.label_sets import ByMass, ByThreshold
from nn.network import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

WITH_MASS: Final = 2
ENCODED: Final = 3
FORMATS: Final = MappingProxyType(
    {1: "threshold", WITH_MASS: "mass", ENCODED: "mass"}
)  # and the limit each has of its label sets
LARGEST_NUMBER: Final = 1e30
OWN_FILES: Final = ("model.json", "weights.npz")


_SEAL: Final = re.compile(rb'^  "sha256": "[0-9a-f]{64}",\n', re.MULTILINE)  # the entry of a text about itself


def encode(
    classifier: Classifier, notes: dict[str, Any], extra_files: Mapping[str, bytes] = MappingProxyType({})
) -> dict[str, bytes]:
    """The files of a classifier and those to be kept with it; what is equal gives equal bytes.

    ModelError where the name of an extra file is not that of a file beside the others.
    """
    for name in extra_files:
        if not name or name in OWN_FILES or name != PurePath(name).name or name.startswith(".") or "\0" in name:
            message = f"{name!r}: not a name for a file of a version; found it among the extra files; give it another"
            raise ModelError(message)
    arrays = {"mean": classifier.standardizer.mean, "scale": classifier.standardizer.scale}
    network = classifier.network
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        arrays |= {f"weight_{layer}": weight, f"bias_{layer}": bias}
    conformal = classifier.conformal
    if conformal:
        space = conformal.space
        arrays |= {"whitening": space.whitening, "origin": space.origin, "centers": space.centers}
        arrays["usual"] = conformal.usual
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in arrays.items()})
    files = {"weights.npz": packed.getvalue(), **extra_files}
    described: dict[str, Any] = {
        "format": WITH_MASS if conformal and isinstance(conformal.sets, ByMass) else 1,
        "features": list(classifier.features),
        "classes": list(classifier.classes),
        "sizes": list(network.sizes),
        "conformal": conformal
        and {
            "level": conformal.level,
            "alarm": conformal.alarm,
            "rows": len(conformal.usual),
            **asdict(conformal.sets),
        },
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "notes": notes,
    }
    if not classifier.encoding.plain:
        described |= {"format": ENCODED, "encoding": describe_encoding(classifier.encoding)}
    return files | {"model.json": seal(described)}


def seal(described: dict[str, Any]) -> bytes:
    """A description as the text of `model.json`, its own sha256 in it: that of the text without that entry."""
    digest = hashlib.sha256(_text(described)).hexdigest()
    return _text(described | {"sha256": digest})


def _text(described: dict[str, Any]) -> bytes:
    return (json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def decode(files: dict[str, bytes]) -> tuple[Classifier, dict[str, Any]]:
    """The classifier of these files and its notes; ModelError where anything is off."""
    if "model.json" not in files:
        raise damaged("model.json: no such file")
    described = describe(files["model.json"])
    for name, expected in described["files"].items():
        found = hashlib.sha256(files[name]).hexdigest() if name in files else "no such file"
        if found != expected:
            message = (
                f"{name}: not the file that was saved; expected sha256 {expected[:12]}, found {found[:12]}; restore it"
            )
            raise ModelError(message)
    sizes = described["sizes"]
    arrays = read_arrays(files["weights.npz"], shapes_of(sizes, described["conformal"]))
    layers = range(1, len(sizes))
    network = Network(
        tuple(arrays[f"weight_{layer}"] for layer in layers), tuple(arrays[f"bias_{layer}"] for layer in layers)
    )
    _check_sane(arrays)
    standardizer = Standardizer(arrays["mean"], arrays["scale"])
    try:
        names = tuple(described["features"]), tuple(described["classes"])
        conformal, encoding = _conformal(described, arrays), read_encoding(described.get("encoding", []))
        classifier = Classifier(*names, standardizer, network, conformal, encoding)
    except ValueError as error:
        raise damaged(str(error)) from error
    return classifier, described["notes"]


def _check_sane(arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """ModelError for numbers that no training gives, with which sums overflow and answers are no probabilities."""
    for name, array in arrays.items():
        if array.size and np.abs(array).max() > LARGEST_NUMBER:
            raise damaged(f"{name}: expected numbers of at most {LARGEST_NUMBER:g}; found {np.abs(array).max():g}")
    if not (arrays["scale"] >= 1 / LARGEST_NUMBER).all():
        raise damaged(f"scale: a standard deviation must be positive; found {arrays['scale'].min():g}")
    usual = arrays.get("usual", np.zeros(1))
    if (usual < 0).any() or (np.diff(usual) < 0).any():
        raise damaged("usual: distances must be ascending and not negative; found others")


def describe(text: bytes) -> dict[str, Any]:
    """What `model.json` says, checked for its form; needs none of the arrays."""
    try:
        described = json.loads(text)
        version = _version(described)
        names = (*described["features"], *described["classes"], *described["files"], *described["files"].values())
        formed = all(isinstance(name, str) for name in names) and "weights.npz" in described["files"]
        sizes = described["sizes"]
        formed = formed and len(sizes) > 1 and all(type(size) is int and 0 < size < 1 << 16 for size in sizes)
        formed = formed and isinstance(described["notes"], dict)
        formed = formed and _is_conformal(described["conformal"], FORMATS[version])
        formed = formed and all(isinstance(described[part], list) for part in ("features", "classes", "sizes"))
        formed = formed and ("encoding" in described) == (version == ENCODED)
        formed = formed and is_encoding(described.get("encoding", []))
        digest = described.pop("sha256")
        formed = formed and digest == hashlib.sha256(_SEAL.sub(b"", text)).hexdigest()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ModelError):
            raise
        raise damaged(f"model.json: {type(error).__name__} {error}") from error
    if not formed:
        raise damaged("model.json: not the text that was saved, or its parts are not of their kind")
    return dict(described)


def _version(described: dict[str, Any]) -> int:
    """The format of a description; ModelError where it is none of those read here."""
    version = described["format"]
    if type(version) is not int or version not in FORMATS:
        known = ", ".join(map(str, FORMATS))
        message = f"model.json: formats {known} are read here; found {version!r}; use the release that wrote it"
        raise ModelError(message)
    return version


def _conformal(described: dict[str, Any], arrays: dict[str, np.ndarray[Any, Any]]) -> Conformal | None:
    said = described["conformal"]
    if said is None:
        return None
    space = Space(arrays["whitening"], arrays["origin"], arrays["centers"])
    sets = ByMass(said["mass"]) if "mass" in said else ByThreshold(said["threshold"])
    return Conformal(said["level"], said["alarm"], sets, space, arrays["usual"])


def _is_conformal(said: Any, limit: str) -> bool:
    """Whether what a description says of conformal prediction has its form: shares, and a count of held-out rows.

    ``limit`` is what it calls the limit of its label sets.
    """
    if said is None:
        return True
    shares = [said[name] for name in ("level", "alarm", limit)]
    return (
        said.keys() == {"level", "alarm", limit, "rows"}
        and all(type(share) is float and 0 <= share <= 1 for share in shares)
        and type(said["rows"]) is int
        and said["rows"] > 0
    )
