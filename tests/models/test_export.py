import csv
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from models.errors import ModelError
from models.export import to_onnx


@pytest.fixture(scope="module")
def session(classifier):
    return onnxruntime.InferenceSession(to_onnx(classifier))


@pytest.fixture(scope="module")
def rows(classifier):
    scaler = classifier.standardizer
    return scaler.mean + scaler.scale * np.random.default_rng(3).normal(size=(500, 13))


def test_another_runtime_gives_the_same_probabilities(session, classifier, rows):
    _, probabilities = session.run(None, {"measurements": rows})
    assert np.abs(probabilities - classifier.predict_proba(rows)).max() < 1e-6


def test_another_runtime_gives_the_same_labels(session, classifier, rows):
    labels, _ = session.run(None, {"measurements": rows})
    expected = np.array(classifier.classes)[classifier.predict_proba(rows).argmax(axis=1)]
    assert labels.tolist() == expected.tolist()


def test_the_file_names_features_and_classes(session, classifier):
    said = session.get_modelmeta().custom_metadata_map
    assert said == {"features": ",".join(classifier.features), "classes": ",".join(classifier.classes)}


def test_without_the_extra_it_says_what_to_install(classifier, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(ModelError, match=r"onnx is not installed; .*; pip install 'wine-labels\[onnx\]'"):
        to_onnx(classifier)


def test_names_with_commas_stand_in_quotes(classifier):
    names = [f"a,{at}" for at in range(len(classifier.features))]
    made = onnxruntime.InferenceSession(to_onnx(replace(classifier, features=tuple(names))))
    said = made.get_modelmeta().custom_metadata_map
    assert next(csv.reader([said["features"]])) == names
