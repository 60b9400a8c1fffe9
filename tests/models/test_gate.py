from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from models.evidence import Candidate, Evidence, Later, Origin
from models.gate import Champion, sign_test, weigh
from models.store import Version
from nn.classifier import Classifier
from nn.drift import Reference
from nn.recipe import RECIPES
from nn.validation import cross_validate

FEATURES, CLASSES = tuple(f"f{at}" for at in range(13)), ("barolo", "grignolino", "barbera")
QUICK = replace(RECIPES["default"], epochs=40, sharpened=False)
BAD = replace(QUICK, name="bad", epochs=4)

FLOOR = 0.8


@pytest.mark.parametrize(("against", "in_favour"), [(0, 0), (1, 0), (5, 0), (9, 3), (3, 9), (20, 20)])
def test_the_sign_test_is_the_exact_binomial(against, in_favour):
    expected = binomtest(against, against + in_favour, alternative="greater").pvalue if against + in_favour else 1
    assert sign_test(against, in_favour) == pytest.approx(expected)


def candidate(x, classes, recipe=QUICK):
    return Candidate(x, classes, cross_validate(x, np.eye(3)[classes], recipe, 0, folds=5))


def champion(x, classes, recipe=QUICK):
    """A version of these rows, and the rows."""
    made = candidate(x, classes, recipe)
    classifier = Classifier(FEATURES, CLASSES, made.validated.standardizer, made.validated.network)
    evidence = Evidence.of(classifier, made, Origin("wine", "wine.csv", "0" * 64, recipe, 0, "1"), 0)
    return Champion(Version(7, "0" * 64, classifier, evidence.to_notes()), Reference.of(FEATURES, x, classes, 3))


@pytest.fixture(scope="module")
def good(wine):
    return candidate(wine.x, wine.classes)


def test_without_a_champion_a_good_candidate_passes(good, wine):
    verdict = weigh(good, None, 0, FLOOR)
    right = good.validated.held_out[0].argmax(axis=1) == wine.classes
    assert (verdict.passed, verdict.reason) == (True, "the first champion")
    assert verdict.figures == {"right_out_of_fold": right.mean(), "floor": FLOOR}


def test_below_the_floor_a_candidate_fails_without_a_champion_too(wine):
    verdict = weigh(candidate(wine.x, np.random.default_rng(0).permutation(wine.classes)), None, 0, FLOOR)
    assert not verdict.passed
    assert verdict.reason.endswith("below the floor of 80%")


def test_a_champion_that_is_as_good_is_followed(good, wine):
    verdict = weigh(good, champion(wine.x, wine.classes), 0, FLOOR)
    assert verdict.passed
    assert verdict.reason.startswith("not worse than the champion: ")


def test_a_candidate_worse_than_the_champion_fails_with_the_figures(wine):
    verdict = weigh(candidate(wine.x, wine.classes, BAD), champion(wine.x, wine.classes), 0, FLOOR)
    figures = verdict.figures
    assert not verdict.passed
    assert f"version 7 {figures['champion_accuracy']:.2%}" in verdict.reason
    assert sign_test(figures["only_champion_right"], figures["only_new_right"]) < 0.05


def test_on_rows_it_was_trained_on_the_champion_is_judged_out_of_fold(good, wine):
    figures = weigh(good, champion(wine.x, wine.classes), 0, FLOOR).figures
    assert figures["champion_accuracy"] == figures["right_out_of_fold"]  # the same recipe, seed, folds and rows


def test_on_rows_it_has_not_seen_the_champion_is_judged_as_it_is(good, wine):
    old = champion(wine.x + 0.001, wine.classes)
    right = old.version.classifier.predict_proba(wine.x).argmax(axis=1) == wine.classes
    assert weigh(good, old, 0, FLOOR).figures["champion_accuracy"] == right.mean()


def test_on_rows_drawn_at_random_the_new_one_must_not_be_worse_alone(wine, good):
    """The champion knows every bottle but those drawn; the new one has those wrong, and all others right."""
    drawn = np.zeros(len(wine.x), dtype=bool)
    drawn[::9] = True
    old = champion(wine.x[~drawn], wine.classes[~drawn])
    answers = np.eye(3)[wine.classes][None].repeat(len(good.validated.held_out), axis=0)
    answers[:, drawn] = np.roll(answers[:, drawn], 1, axis=2)
    worse = replace(good.validated, held_out=answers)
    verdict = weigh(Candidate(wine.x, wine.classes, worse, Later(drawn, np.zeros_like(drawn))), old, 0, FLOOR)
    assert not verdict.passed
    assert "20 drawn at random, new to both, 0.00% and" in verdict.reason
    assert verdict.figures["sampled"] == 20


def test_rows_drawn_that_the_champion_was_trained_on_say_nothing(wine, good):
    old = champion(wine.x, wine.classes)
    drawn = np.ones(len(wine.x), dtype=bool)
    verdict = weigh(Candidate(wine.x, wine.classes, good.validated, Later(drawn, drawn)), old, 0, FLOOR)
    assert "drawn" not in verdict.reason
    assert "sampled" not in verdict.figures


@pytest.mark.parametrize(("rows", "passed"), [(30, False), (19, True)])
def test_rows_told_later_have_a_floor_of_their_own(wine, good, rows, passed):
    """All that was known before is right, and of the rows told later seven of ten."""
    told = np.zeros(len(wine.x), dtype=bool)
    told[:rows] = True
    wrong = told & (np.arange(len(told)) % 10 < 3)
    answers = np.eye(3)[wine.classes][None].repeat(len(good.validated.held_out), axis=0)
    answers[:, wrong] = np.roll(answers[:, wrong], 1, axis=2)
    made = Candidate(wine.x, wine.classes, replace(good.validated, held_out=answers), Later(np.zeros_like(told), told))
    verdict = weigh(made, None, 0, FLOOR)
    assert verdict.passed == passed
    assert passed or verdict.reason.startswith("cross-validated accuracy 70.00% on 30 rows told later, below the floor")
