import numpy as np
import onnxruntime
from hypothesis import given, settings

from mixed import classifier as penguins_classifier
from mixed import encoded, penguins
from models.export import to_onnx
from nn.classifier import Classifier
from nn.columns import Column
from nn.encoding import Encoding, Standardizer, fit_standardizer
from nn.network import init_network


def answers(version, x):
    """What another runtime says of raw rows (n, d): labels, probabilities."""
    columns, parts = version.encoding.columns, {}
    numbers = [at for at, column in enumerate(columns) if not column.levels]
    texts = [[text(columns[at], value) for value in x[:, at]] for at in range(len(columns)) if at not in numbers]
    if numbers:
        parts["measurements"] = np.ascontiguousarray(x[:, numbers])
    if texts:
        parts["categories"] = np.array(texts, dtype=object).T
    return onnxruntime.InferenceSession(to_onnx(version)).run(None, parts)


def text(column, value):
    """A category as people write it."""
    if np.isnan(value):
        return ""
    return column.levels[int(value)] if 0 <= value < len(column.levels) else "what no table declares"


def test_categories_as_text_and_missing_numbers_are_answered_alike():
    x, _ = penguins(500, seed=3, missing=0.2)
    x[::9, 1] = -1
    labels, probabilities = answers(penguins_classifier(), x)
    expected = penguins_classifier().predict_proba(x)
    assert np.abs(probabilities - expected).max() < 1e-6
    assert labels.tolist() == [penguins_classifier().classes[at] for at in expected.argmax(axis=1)]


@settings(max_examples=15, deadline=None)
@given(encoded())
def test_any_encoding_is_answered_alike(table):
    encoding, x = table
    network = init_network((encoding.width(x.shape[1]), 3, 2), np.random.default_rng(0), "glorot")
    standardizer = fit_standardizer(encoding.inputs(x), encoding.flags(x.shape[1]))
    version = Classifier(tuple("abcde"[: x.shape[1]]), ("c", "d"), standardizer, network, encoding=encoding)
    assert np.abs(answers(version, x)[1] - version.predict_proba(x)).max() < 1e-6


def test_a_graph_of_numbers_alone_takes_no_texts_and_one_of_texts_alone_no_numbers(classifier):
    assert [each.name for each in onnxruntime.InferenceSession(to_onnx(classifier)).get_inputs()] == ["measurements"]
    network = init_network((2, 2), np.random.default_rng(0), "glorot")
    encoding = Encoding((Column(("x", "y")),))
    texts = Classifier(("a",), ("c", "d"), Standardizer(np.zeros(2), np.ones(2)), network, encoding=encoding)
    assert [each.name for each in onnxruntime.InferenceSession(to_onnx(texts)).get_inputs()] == ["categories"]
