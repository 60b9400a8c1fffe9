"""The card of a version: what it is, what it was made from, how good it is, and what it is not for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from nn.conformal import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.evidence import Evidence

ALONE = "It knows these classes and no other"


def card(evidence: Evidence, row: str, classes: Sequence[str], sizes: Sequence[int]) -> str:
    """A model card (Mitchell et al., 2019) in Markdown, of a network of these sizes for these classes.

    ``row`` is what one row is: a bottle, say.
    """
    origin, cv = evidence.origin, evidence.cross_validation
    lines = [
        f"# A version for the table {origin.table}",
        "",
        f"A network {' -> '.join(map(str, sizes))} (tanh, softmax) that tells {', '.join(classes)}.",
        "",
        "## Made from",
        "",
        f"- {evidence.rows:,} rows of `{origin.source}`, sha256 `{origin.source_sha256}`",
        *_truth(evidence),
        f"- {evidence.rows_left_out:,} rows left out, which did not meet the table or {_lacking(evidence)}",
        f"- seed {origin.seed}, recipe {', '.join(f'{name} {value}' for name, value in asdict(origin.recipe).items())}",
        "",
        "## How good it is",
        "",
        "| figure | value |",
        "|---|---|",
        f"| accuracy, {cv.folds}-fold cross-validated {cv.repeats} times | {cv.accuracy:.2%} |",
        f"| its standard deviation between times | {cv.accuracy_sd:.2%} |",
        f"| log loss, the same | {cv.log_loss:.4f} nats |",
        f"| calibration error, the same | {cv.calibration_error:.4f} |",
        f"| accuracy on the rows it was trained on | {evidence.training_accuracy:.2%} |",
        "",
        "| class | precision | recall |",
        "|---|---|---|",
        *(
            f"| {_cell(name)} | {_percent(precision)} | {_percent(recall)} |"
            for name, precision, recall in zip(classes, cv.precision, cv.recall, strict=True)
        ),
        "",
        "## Limits",
        "",
        f"{ALONE}: {_a(row)} of another kind gets one of them, and a typicality that should",
        "put it up for review. Labels of rows far from those it was trained on are guesses.",
        "",
        f"Its label sets hold the true class in at least {LEVEL:.0%} of rows like those it was trained on. Of other",
        "rows, another laboratory's or noisier ones, nothing is promised.",
        "",
    ]
    return "\n".join(lines)


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].casefold() in 'aeiou' else 'a'} {noun}"


def _cell(name: str) -> str:
    """A name as a cell of a table in Markdown."""
    return name.replace("\\", "\\\\").replace("|", "\\|")


def _lacking(evidence: Evidence) -> str:
    more = ", or were told without their measurements or two ways" if evidence.origin.deliveries else ""
    return f"carried no truth{more}"


def _truth(evidence: Evidence) -> list[str]:
    """What was learned from truth that was told; nothing where none was."""
    if not evidence.origin.deliveries:
        return []
    told = evidence.truth
    rows = f"- {told.rows:,} of them told later, {told.sampled:,} drawn at random; {told.contradicting:,} told two ways"
    return [f"{rows} and left out; deliveries:", *(f"  - sha256 `{sha256}`" for sha256 in evidence.origin.deliveries)]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"
