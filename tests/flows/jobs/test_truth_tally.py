import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import accuracy_score, confusion_matrix

from flows.jobs.truth_tally import BROKEN, FEWEST, HOWS, JudgedRows, TruthTally
from nn.intervals import wilson

NAMES = ("barolo", "grignolino", "barbera")


def rows(count, rng, *, right=0.9, confidence=0.95, how=None):
    truth = rng.integers(3, size=count)
    label = np.where(rng.random(count) < right, truth, (truth + 1) % 3)
    return JudgedRows(
        truth=truth,
        label=label,
        how=rng.integers(len(HOWS), size=count) if how is None else np.full(count, HOWS.index(how)),
        covered=(label == truth) | (rng.random(count) < 0.5),
        confidence=np.full(count, confidence),
        log_loss=rng.random(count),
        review=rng.random(count) < 0.2,
        unseen=rng.random(count) < 0.7,
    )


def figures(tally):
    lines = [{"label": None, "other": None, "value": None} | line for line in tally.figures(NAMES)]
    return {(line["metric"], line["label"], line["other"]): (line["value"], line["count"]) for line in lines}


@pytest.fixture
def some():
    return rows(400, np.random.default_rng(0))


def test_the_figures_are_those_of_another_program(some):
    found = figures(TruthTally.of(some, 3))
    assert found["accuracy", None, None] == (accuracy_score(some.truth, some.label), 400)
    counts = confusion_matrix(some.truth, some.label)
    assert [[found["confusion", a, b][0] for b in NAMES] for a in NAMES] == counts.tolist()
    assert found["coverage", None, None][0] == some.covered.mean()
    assert found["log_loss", None, None][0] == pytest.approx(some.log_loss.mean())
    assert found["accuracy_unseen", None, None] == ((some.truth == some.label)[some.unseen].mean(), some.unseen.sum())
    wrong = some.truth != some.label
    assert found["review_wrong", None, None] == (wrong[some.review].sum(), some.review.sum())
    assert found["others_wrong", None, None] == (wrong[~some.review].sum(), (~some.review).sum())


def test_each_way_a_truth_is_known_has_its_own_figures(some):
    found = figures(TruthTally.of(some, 3))
    for place, way in enumerate(HOWS):
        mine = some.how == place
        right = (some.truth == some.label)[mine]
        assert found["judged_rows", way, None][0] == mine.sum()
        assert found[f"accuracy_{way}", None, None] == (right.mean(), mine.sum())
        assert found[f"accuracy_{way}_low", None, None][0] == wilson(int(right.sum()), int(mine.sum()))[0]
        assert found[f"coverage_{way}", None, None][0] == some.covered[mine].mean()


def test_tallies_of_parts_add_up_to_that_of_the_whole(some):
    halves = [
        JudgedRows(**{name: column[part] for name, column in vars(some).items()})
        for part in (slice(0, 130), slice(130, 400))
    ]
    together = TruthTally.empty(3) + TruthTally.of(halves[0], 3) + TruthTally.of(halves[1], 3)
    whole, found = figures(TruthTally.of(some, 3)), figures(together)
    assert found.keys() == whole.keys()
    assert all(
        found[name][0] == pytest.approx(value, rel=1e-12) for name, (value, _) in whole.items() if value is not None
    )


def test_of_no_rows_nothing_is_said():
    found = figures(TruthTally.empty(3))
    assert found["accuracy", None, None] == (None, 0)
    assert not [*TruthTally.empty(3).broken()]


def test_a_promise_is_broken_where_chance_would_hardly_bring_as_much():
    ok = rows(500, np.random.default_rng(1), right=0.97, how="sampled")
    covered = np.ones(500, dtype=bool)
    fewest = int(binom.ppf(BROKEN, 500, 0.98))
    for missed, broken in ((500 - fewest, False), (500 - fewest + 1, True)):
        held = covered.copy()
        held[:missed] = False
        tally = TruthTally.of(JudgedRows(**vars(ok) | {"covered": held}), 3)
        assert any("label sets hold" in text for text in tally.broken()) == broken
    sure = TruthTally.of(rows(500, np.random.default_rng(1), right=0.8, confidence=0.95, how="told"), 3)
    assert any(", 95.0% were expected" in text for text in sure.broken())


def test_rows_that_were_picked_for_their_doubt_break_no_promise():
    assert not [*TruthTally.of(rows(500, np.random.default_rng(2), right=0.3, how="reviewed"), 3).broken()]


def test_a_handful_of_rows_breaks_no_promise():
    few = rows(FEWEST - 1, np.random.default_rng(3), right=0.0, how="told")
    assert not [*TruthTally.of(few, 3).broken()]
    assert [*TruthTally.of(rows(FEWEST, np.random.default_rng(3), right=0.0, how="told"), 3).broken()]
