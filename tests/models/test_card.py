from dataclasses import replace

import pytest

from models.card import card

CLASSES = ("barolo", "grignolino", "barbera")


@pytest.fixture(scope="module")
def text(trained):
    return card(trained.evidence, "bottle", CLASSES, (13, 8, 5, 3))


def test_a_card_says_what_the_version_is(text):
    assert text.startswith("# A version for the table wine\n")
    assert "A network 13 -> 8 -> 5 -> 3 (tanh, softmax)" in text
    assert all(name in text for name in CLASSES)


def test_a_card_says_what_the_version_was_made_from(text, trained):
    assert f"- 178 rows of `wine.csv`, sha256 `{trained.evidence.origin.source_sha256}`" in text
    assert "- 4 rows left out" in text
    assert "- seed 0, recipe name default, hidden (8, 5), " in text


def test_a_card_keeps_held_out_accuracy_apart_from_that_on_training_rows(text, trained):
    evidence = trained.evidence
    assert f"| accuracy, 5-fold cross-validated 2 times | {evidence.cross_validation.accuracy:.2%} |" in text
    assert f"| accuracy on the rows it was trained on | {evidence.training_accuracy:.2%} |" in text


def test_a_class_that_was_never_predicted_has_no_precision(trained):
    never = replace(trained.evidence.cross_validation, precision=[None, 1.0, 1.0], recall=[0.0, 1.0, 1.0])
    found = card(replace(trained.evidence, cross_validation=never), "bottle", CLASSES, (13, 8, 5, 3))
    assert "| barolo | - | 0.00% |" in found
    assert "| barbera | 100.00% | 100.00% |" in found


def test_a_card_says_of_which_rows_the_promise_of_label_sets_holds(text):
    assert "the true class in at least 98% of rows like those it was trained on. Of other\nrows, " in text


def test_equal_evidence_gives_an_equal_card(text, trained):
    assert card(trained.evidence, "bottle", CLASSES, (13, 8, 5, 3)) == text


def test_a_bar_in_a_class_breaks_no_row_of_its_table(trained):
    found = card(trained.evidence, "apple", ("a|b", *CLASSES[1:]), (13, 8, 5, 3))
    assert "| a\\|b | " in found
    assert "an apple of another kind" in found
