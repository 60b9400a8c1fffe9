import hashlib
import io
import json
import os
import subprocess
import sys
from copy import deepcopy
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.codec import LARGEST_NUMBER, OWN_FILES, decode, encode
from models.errors import ModelError
from nn.classifier import Classifier
from nn.encoding import Standardizer
from nn.label_sets import ByMass, ByThreshold
from nn.network import Network

OLD_VERSION = Path(__file__).parents[1] / "golden" / "format_1" / "version"
NOTES = {"seed": 7, "name": "Nebbiolo d'Alba, è vero", "figures": [0.1, None, True], "nested": {"a": 1e-300}}
ELSEWHERE = """
import sys
from models.codec import decode, encode

weights, described = (open(path, "rb").read() for path in sys.argv[1:])
again = encode(*decode({"weights.npz": weights, "model.json": described}))
sys.exit(0 if again == {"weights.npz": weights, "model.json": described} else 1)
"""


def bits(classifier):
    arrays = (classifier.standardizer.mean, classifier.standardizer.scale)
    return [array.tobytes() for array in (*arrays, *classifier.network.weights, *classifier.network.biases)]


def finite(shape, **bounds):
    bounds = {"min_value": -LARGEST_NUMBER, "max_value": LARGEST_NUMBER} | bounds
    return hnp.arrays(np.float64, shape, elements=st.floats(**bounds))


@st.composite
def classifiers(draw):
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    weights = tuple(draw(finite(shape)) for shape in zip(sizes[:-1], sizes[1:], strict=True))
    network = Network(weights, tuple(draw(finite(size)) for size in sizes[1:]))
    names = tuple(tuple(draw(st.text(max_size=5)) for _ in range(size)) for size in (sizes[0], sizes[-1]))
    scale = draw(finite(sizes[0], min_value=1 / LARGEST_NUMBER))
    return Classifier(*names, Standardizer(draw(finite(sizes[0])), scale), network)


def test_what_is_encoded_comes_back_bit_for_bit(classifier):
    found, notes = decode(encode(classifier, NOTES))
    assert bits(found) == bits(classifier)
    assert (found.features, found.classes, notes) == (classifier.features, classifier.classes, NOTES)


@settings(max_examples=50)
@given(classifiers())
def test_any_classifier_of_numbers_that_make_sense_comes_back_bit_for_bit(classifier):
    found, _ = decode(encode(classifier, {}))
    assert bits(found) == bits(classifier)
    assert (found.features, found.classes) == (classifier.features, classifier.classes)


def test_what_comes_back_answers_with_the_same_bits(classifier):
    x = np.random.default_rng(1).normal(size=(100, 13))
    found, _ = decode(encode(classifier, {}))
    np.testing.assert_array_equal(found.predict_proba(x), classifier.predict_proba(x))


def test_equal_classifiers_and_notes_give_equal_bytes(classifier):
    found, notes = decode(encode(classifier, NOTES))
    assert encode(found, dict(reversed(notes.items()))) == encode(classifier, NOTES)


def test_how_the_weights_lie_in_memory_changes_no_byte(classifier):
    network = classifier.network
    turned = Network(tuple(np.asfortranarray(weight) for weight in network.weights), network.biases)
    assert encode(replace(classifier, network=turned), {}) == encode(classifier, {})


def test_another_process_writes_the_same_bytes(classifier, tmp_path):
    files = encode(classifier, NOTES)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", ELSEWHERE, tmp_path / "weights.npz", tmp_path / "model.json"]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": "5", "TZ": "Asia/Tokyo"})


def test_model_json_names_the_format_the_names_the_sizes_and_the_hash(classifier):
    files = encode(classifier, NOTES)
    described = json.loads(files["model.json"])
    assert (described["format"], described["sizes"]) == (1, [13, 8, 5, 3])
    assert (tuple(described["features"]), tuple(described["classes"])) == (classifier.features, classifier.classes)
    assert described["files"] == {"weights.npz": hashlib.sha256(files["weights.npz"]).hexdigest()}


@pytest.mark.parametrize(("sets", "number"), [(ByThreshold(0.34), 1), (ByMass(0.98), 2)])
def test_the_kind_of_label_sets_is_told_by_the_format_and_comes_back(conformed, sets, number):
    files = encode(conformed(sets), NOTES)
    described = json.loads(files["model.json"])
    assert described["format"] == number
    assert described["conformal"] == {"level": 0.98, "alarm": 0.02, "rows": 4} | asdict(sets)
    found, notes = decode(files)
    assert found.conformal.sets == sets
    assert encode(found, notes) == files


def test_a_version_saved_in_the_old_form_loads_and_is_written_again_byte_for_byte():
    files = {path.name: path.read_bytes() for path in OLD_VERSION.iterdir()}
    found, notes = decode(files)
    assert found.conformal.sets == ByThreshold(0.3426257770908263)
    extra = {name: content for name, content in files.items() if name not in OWN_FILES}
    assert encode(found, notes, extra) == files


def test_plain_numpy_reads_the_weights(classifier):
    with np.load(io.BytesIO(encode(classifier, {})["weights.npz"]), allow_pickle=False) as archive:
        expected = {"mean", "scale", "weight_1", "bias_1", "weight_2", "bias_2", "weight_3", "bias_3"}
        assert set(archive) == expected
        np.testing.assert_array_equal(archive["weight_2"], classifier.network.weights[1])


@pytest.mark.parametrize("name", ["weights.npz", "model.json"])
def test_a_missing_file_is_refused_by_name(classifier, name):
    files = encode(classifier, {})
    del files[name]
    with pytest.raises(ModelError, match=name):
        decode(files)


INSANE = {
    "weight_1": (lambda each: each.network.weights[0].__setitem__((0, 0), 1e308), "weight_1: expected numbers of"),
    "bias_3": (lambda each: each.network.biases[2].__setitem__(0, -1e31), "bias_3: expected numbers of"),
    "mean": (lambda each: each.standardizer.mean.__setitem__(0, 1e300), "mean: expected numbers of"),
    "scale": (lambda each: each.standardizer.scale.__setitem__(0, 1e-308), "scale: a standard deviation"),
    "zero": (
        lambda each: each.standardizer.scale.__setitem__(0, 0.0),
        "scale: a standard deviation",
    ),
    "nan": (
        lambda each: each.network.weights[1].__setitem__((0, 0), np.nan),
        "weight_2: expected finite",
    ),
    "usual": (
        lambda each: each.conformal.usual.__setitem__(0, 9.0),
        "usual: distances must",
    ),
    "negative": (
        lambda each: each.conformal.usual.__setitem__(0, -1.0),
        "usual: distances must",
    ),
    "centers": (
        lambda each: each.conformal.space.centers.__setitem__((0, 0), 1e200),
        "centers: expected numbers",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), INSANE.values(), ids=INSANE)
def test_a_version_that_agrees_with_itself_but_makes_no_sense_is_refused(conformed, spoil, words):
    spoiled = deepcopy(conformed(ByMass(0.9)))
    spoil(spoiled)
    with pytest.raises(ModelError, match=f"^{words}"):
        decode(encode(spoiled, {}))


@pytest.mark.parametrize("mass", [-0.1, 1.1, 1e308])
def test_a_limit_of_label_sets_that_is_no_share_is_refused(conformed, mass):
    with pytest.raises(ModelError, match=r"^model\.json: "):
        decode(encode(conformed(ByMass(mass)), {}))


def test_the_largest_numbers_that_are_taken_give_probabilities(classifier):
    huge = deepcopy(classifier)
    for array in (*huge.network.weights, *huge.network.biases, huge.standardizer.mean):
        array[:] = np.where(array < 0, -LARGEST_NUMBER, LARGEST_NUMBER)
    huge.standardizer.scale[:] = 1 / LARGEST_NUMBER
    answers = decode(encode(huge, {}))[0].predict_proba(np.random.default_rng(0).normal(0, 1e9, (50, 13)))
    np.testing.assert_allclose(answers.sum(axis=1), 1)
