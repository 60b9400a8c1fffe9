"""The gate: whether a new version may label when none is named.

It must load in a fresh process and repeat its golden rows bit for bit, have the least out-of-fold accuracy that its
table asks for, not contradict the champion on rows which that one was made from, and not be worse than it on rows
that neither has been trained on: the new one out of fold, the champion as it is on rows it has not seen; where it has
seen a row, its recipe answers instead, out of fold on the same folds. Worse means that, of the rows only one of them
has right, so many speak against the new one as chance would not bring in one case of twenty (the exact sign test).
Where truth was told of rows drawn at random, which the champion has not seen, it must not be worse on those alone
either: rows that were picked for review say little of all the others. A least accuracy holds of rows told later by
themselves too, for beside many that were known before a wrong truth would hardly show.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.evidence import Evidence
from nn.encoding import one_hot
from nn.fingerprints import fingerprint
from nn.validation import cross_validate

if TYPE_CHECKING:
    from models.evidence import Candidate
    from models.store import Version
    from nn.arrays import Rows
    from nn.drift import Reference

HELD: Final = 0.8  # of its usual accuracy, which a version must keep on rows that speak for themselves
CHANCE: Final = 0.05
FEWEST: Final = 20  # rows told later, below which their accuracy says little


@dataclass(frozen=True, eq=False)
class Champion:
    """The version that labels, and the rows it was trained on."""

    version: Version
    reference: Reference


@dataclass(frozen=True)
class Verdict:
    """Whether a version passes, why, and on what figures."""

    passed: bool
    reason: str
    figures: dict[str, float]


def weigh(candidate: Candidate, champion: Champion | None, seed: int, floor: float = 0.0) -> Verdict:
    """Weigh a candidate against the champion, whose recipe starts from the seed where it must answer again.

    ``floor`` is the least accuracy out of fold that the table asks for.
    """
    right = candidate.validated.held_out[0].argmax(axis=1) == candidate.classes
    figures = {"right_out_of_fold": float(right.mean()), "floor": floor}
    if right.mean() < floor:
        return Verdict(False, f"cross-validated accuracy {right.mean():.2%}, below the floor of {floor:.0%}", figures)  # noqa: FBT003
    if fault := _of_later(right, candidate, floor or HELD * float(right.mean())):
        return Verdict(False, fault, figures)  # noqa: FBT003
    if champion is None:
        return Verdict(True, "the first champion", figures)  # noqa: FBT003
    answers = champion.version.classifier.predict_proba(candidate.x)
    seen = champion.reference.seen(fingerprint(candidate.x))
    against = int((answers.argmax(axis=1) != candidate.classes)[seen].sum())
    usual = Evidence.from_notes(champion.version.notes).training_accuracy
    if against > (1 - HELD * usual) * seen.sum():
        rows = f"{against} of {seen.sum()} rows that it was trained on"
        return Verdict(False, f"contradicts version {champion.version.number} on {rows}", figures)  # noqa: FBT003
    if seen.any():
        answers = np.where(seen[:, None], _again(candidate, champion, seed), answers)
    theirs = answers.argmax(axis=1) == candidate.classes
    only_new, only_old = int((right & ~theirs).sum()), int((theirs & ~right).sum())
    figures |= {"champion_accuracy": float(theirs.mean()), "only_new_right": only_new, "only_champion_right": only_old}
    compared = f"{right.mean():.2%} right out of fold, version {champion.version.number} {theirs.mean():.2%}"
    worse = sign_test(only_old, only_new) < CHANCE
    fresh = candidate.later.sampled & ~seen if candidate.later else np.zeros_like(seen)
    if fresh.any():
        drawn, figures_of_drawn, words = _drawn(right[fresh], theirs[fresh])
        worse, figures, compared = worse or drawn, figures | figures_of_drawn, f"{compared}; {words}"
    return Verdict(not worse, f"{'worse' if worse else 'not worse'} than the champion: {compared}", figures)


def _of_later(right: Rows, candidate: Candidate, floor: float) -> str:
    """Why rows told later, but for those picked for their doubt, must not be learned from; empty where they may."""
    fair = right[candidate.later.fair] if candidate.later else right[:0]
    if len(fair) < FEWEST or fair.mean() >= floor:
        return ""
    return (
        f"cross-validated accuracy {fair.mean():.2%} on {len(fair):,} rows told later, below the floor of {floor:.0%}"
    )


def _drawn(right: Rows, theirs: Rows) -> tuple[bool, dict[str, float], str]:
    """Whether the new one is worse on rows drawn at random, the figures, and both in words; right or not, (n,) each."""
    only_new, only_old = int((right & ~theirs).sum()), int((theirs & ~right).sum())
    figures = {
        "sampled": float(len(right)),
        "sampled_right": float(right.mean()),
        "sampled_champion": float(theirs.mean()),
    }
    words = f"of {len(right):,} drawn at random, new to both, {right.mean():.2%} and {theirs.mean():.2%}"
    return sign_test(only_old, only_new) < CHANCE, figures, words


def sign_test(against: int, in_favour: int) -> float:
    """The chance of at least so many against among so many in all, were either as likely."""
    count = against + in_favour
    ways: int = sum(comb(count, each) for each in range(against, count + 1))
    return float(ways / 2**count)


def _again(candidate: Candidate, champion: Champion, seed: int) -> np.ndarray[Any, Any]:
    """What the champion's recipe answers out of fold on the candidate's folds, (n, k)."""
    recipe = Evidence.from_notes(champion.version.notes).origin.recipe
    y = one_hot(candidate.classes, candidate.validated.held_out.shape[2])
    encoding, folds = champion.version.classifier.encoding, candidate.validated.folds_a_repeat
    again = cross_validate(candidate.x, y, recipe, seed, encoding=encoding, folds=folds)
    return np.asarray(again.held_out[0])
