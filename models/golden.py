"""Golden rows: what a version answered when it was trained, asked again in a fresh process, to the last bit."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.classifier import Classifier

ROWS: Final = 20
PATIENCE: Final = 120.0


@dataclass(frozen=True)
class Golden:
    """Raw rows, None where a value is missing, and the probabilities given to them, as plain numbers."""

    rows: Sequence[Sequence[float | None]]
    probabilities: Sequence[Sequence[float]]


def golden_rows(classifier: Classifier, x: np.ndarray[Any, Any]) -> Golden:
    """Some of the raw rows x (n, d), evenly spread, with the classifier's answers."""
    chosen = x[np.linspace(0, len(x) - 1, min(ROWS, len(x))).astype(int)]
    rows = chosen.astype(object)
    rows[np.isnan(chosen)] = None  # JSON has no NaN
    return Golden(rows.tolist(), classifier.predict_proba(chosen).tolist())


def repeats(store: ModelStore, number: int) -> bool:
    """Whether a version loads in a fresh process and gives its golden rows the same bits."""
    with _on_disk(store, number) as folder:
        command = [sys.executable, "-P", "-m", "models.golden", str(folder), str(number)]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603  our own
    return done.returncode == 0


@contextmanager
def _on_disk(store: ModelStore, number: int) -> Iterator[Path]:
    """The store's folder; where that is on object storage, one with a copy of this version and nothing else."""
    if isinstance(store.folder, Path):
        yield store.folder
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / store.path(number).name
        copy.mkdir()
        for path in store.path(number).iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        yield Path(folder)


def _answers_agree(folder: str, number: str) -> bool:
    version = ModelStore(Path(folder)).load(int(number))
    golden = Golden(**version.notes["golden"])
    again = version.classifier.predict_proba(np.array(golden.rows, dtype=float))
    return bool(np.array_equal(again, np.array(golden.probabilities)))


if __name__ == "__main__":
    sys.exit(0 if _answers_agree(*sys.argv[1:]) else 1)
