"""The command `train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from data.sources import find
from flows.cli.grid import figures
from flows.cli.terminal import DONE, NOT_PROMOTED, PLAIN, Common
from flows.jobs.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.cli.grid import Grid
    from flows.jobs.batch import Trained


def train(
    *source: str,
    recipe: Literal["default", "article"] = "default",
    seed: Annotated[int, Parameter(validator=Number(gte=0, lt=2**32))] = 0,
    promote: Annotated[bool, Parameter(negative="")] = False,
    again: Annotated[bool, Parameter(negative="")] = False,
    trust_labels: Annotated[bool, Parameter(negative="")] = False,
    accept_suspect: Annotated[bool, Parameter(negative="")] = False,
    truth: Annotated[bool, Parameter(negative="")] = False,
    common: Common = PLAIN,
) -> int:
    """Train a new version from tables with ground-truth labels.

    Args:
        source: The tables to train on together; the shipped one unless given.
        recipe: How to train: `default`, which follows the table's size, or `article` as the teaching article did.
        seed: The random seed.
        promote: Make it champion whatever the gate says; recorded as such.
        again: Train even where a version was made from the same bytes in the same way.
        trust_labels: Train on labels that contradict the champion; recorded as such.
        accept_suspect: Train on tables whose columns do not go together; recorded as such.
        truth: Learn from all truth that was told as well (`wine-labels truth add`).

    """
    from flows.cli.one_off import OneOff  # which the help can do without, as it can without what a request imports
    from flows.jobs.request import Training

    files = tuple(find(source))
    with OneOff(common.place, quiet=common.silent) as one_off:
        if truth:
            one_off.check_told()
        one_off.check_trainable(files)
        trust = {"trust_labels": trust_labels, "accept_suspect": accept_suspect, "truth": truth}
        trained = one_off.train(Training(common.place, files, recipe, seed, promote, again, **trust))
    common.show(trained, _lines(trained))
    return DONE if trained.promoted else NOT_PROMOTED


def _lines(trained: Trained) -> Iterator[str | Grid]:
    """A training: the figures, each named as what it is."""
    verdict = "is champion" if trained.promoted else "was not promoted"
    yield f"version {trained.version} from {counted(trained.rows, 'row')} {verdict}: {trained.reason}"
    accuracies = {"cross-validated": trained.cv_accuracy, "on the training rows": trained.training_accuracy}
    yield figures({f"accuracy {name}": f"{value:.2%}" for name, value in accuracies.items()})
