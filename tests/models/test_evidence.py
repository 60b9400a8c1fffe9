import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_score, recall_score

from models.errors import ModelError
from models.evidence import Evidence, origin_of


@pytest.fixture
def notes(trained):
    return trained.evidence.to_notes()


def test_the_figures_of_cross_validation_are_scikit_learns(trained, wine):
    cv, held_out = trained.evidence.cross_validation, trained.candidate.validated.held_out
    accuracies = [accuracy_score(wine.classes, each.argmax(axis=1)) for each in held_out]
    assert (cv.folds, cv.repeats) == (5, 2)
    assert (cv.accuracy, cv.accuracy_sd) == pytest.approx((np.mean(accuracies), np.std(accuracies)), rel=1e-5)
    assert cv.log_loss == pytest.approx(np.mean([log_loss(wine.classes, each) for each in held_out]), rel=1e-5)


def test_confusion_precision_and_recall_are_those_of_the_first_repeat(trained, wine):
    cv, predicted = trained.evidence.cross_validation, trained.candidate.validated.held_out[0].argmax(axis=1)
    assert cv.confusion == confusion_matrix(wine.classes, predicted).tolist()
    assert cv.precision == pytest.approx(precision_score(wine.classes, predicted, average=None), rel=1e-5)
    assert cv.recall == pytest.approx(recall_score(wine.classes, predicted, average=None), rel=1e-5)


def test_the_accuracy_on_training_rows_is_kept_apart_from_that_on_held_out_ones(trained, wine):
    answers = trained.classifier.predict_proba(wine.x).argmax(axis=1)
    assert trained.evidence.training_accuracy == pytest.approx(accuracy_score(wine.classes, answers), rel=1e-5)
    assert (trained.evidence.rows, trained.evidence.rows_left_out) == (178, 4)


def test_the_calibration_counts_every_held_out_answer_of_every_repeat(trained):
    assert sum(trained.evidence.cross_validation.calibration.count) == 2 * 178


def test_every_figure_has_six_digits_and_so_is_the_same_on_other_processors(trained, notes):
    def figures(part):
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
        return [part] if isinstance(part, float) else [each for one in inner for each in figures(one)]

    found = figures({name: notes[name] for name in ("cross_validation", "history", "training_accuracy")})
    assert len(found) > 20
    assert found == [float(f"{each:.6g}") for each in found]


def test_notes_come_back_from_json_as_the_evidence_they_were(trained, notes):
    assert Evidence.from_notes(json.loads(json.dumps(notes))).to_notes() == notes
    assert Evidence.from_notes(notes).origin == trained.evidence.origin


def test_what_a_version_was_made_from_is_read_without_the_rest(trained, notes):
    del notes["golden"], notes["history"]
    assert origin_of(json.loads(json.dumps(notes))) == trained.evidence.origin


def test_versions_from_before_the_calibration_was_kept_are_read_and_written_as_they_are(trained):
    older = replace(trained.evidence, cross_validation=replace(trained.evidence.cross_validation, calibration=None))
    notes = older.to_notes()
    assert "calibration" not in notes["cross_validation"]
    assert Evidence.from_notes(notes) == older


@pytest.mark.parametrize("name", ["table", "recipe", "rows", "training_accuracy", "cross_validation", "golden"])
def test_notes_without_one_of_their_parts_are_refused_by_its_name(notes, name):
    del notes[name]
    with pytest.raises(ModelError, match=rf"^model\.json: its notes are not those of a training; KeyError\('{name}'\)"):
        Evidence.from_notes(notes)


@pytest.mark.parametrize("cross_validation", [{}, {"folds": 10}, None, {"unheard of": 1}])
def test_notes_of_another_form_are_refused(notes, cross_validation):
    with pytest.raises(ModelError, match="its notes are not those of a training"):
        Evidence.from_notes(notes | {"cross_validation": cross_validation})
