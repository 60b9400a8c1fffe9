import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from mixed import classifier, encoded, encodings, penguins
from models.codec import decode, encode, seal
from models.encoding import describe_encoding, is_encoding, read_encoding
from models.errors import ModelError
from nn.classifier import Classifier
from nn.columns import Column
from nn.encoding import Encoding, fit_standardizer
from nn.network import init_network


@given(encodings())
def test_what_is_described_is_read_again(encoding):
    said = json.loads(json.dumps(describe_encoding(encoding)))
    assert is_encoding(said)
    assert read_encoding(said) == encoding


@settings(max_examples=30)
@given(encoded())
def test_any_version_that_takes_levels_or_missing_values_comes_back_and_answers_with_the_same_bits(table):
    encoding, x = table
    network = init_network((encoding.width(x.shape[1]), 3, 2), np.random.default_rng(0), "glorot")
    standardizer = fit_standardizer(encoding.inputs(x), encoding.flags(x.shape[1]))
    mixed = Classifier(tuple("abcde"[: x.shape[1]]), ("c", "d"), standardizer, network, encoding=encoding)
    files = encode(mixed, {})
    found, notes = decode(files)
    assert (found.encoding, encode(found, notes)) == (encoding, files)
    np.testing.assert_array_equal(found.predict_proba(x), mixed.predict_proba(x))


def test_the_format_says_whether_there_is_an_encoding():
    said = [json.loads(encode(each, {})["model.json"]) for each in (classifier(), plain(classifier()))]
    assert [each["format"] for each in said] == [3, 2]
    assert said[0]["encoding"][1] == {"levels": ["Biscoe", "Dream", "Torgersen"], "unseen": True, "missing": False}
    assert "encoding" not in said[1]


def plain(mixed):
    """The same network of plain numbers, with an encoding that changes nothing."""
    names = tuple(mixed.encoding.names(mixed.features))
    return replace(mixed, features=names, encoding=Encoding((Column(),) * len(names)))


def test_typicality_comes_back_with_a_version():
    x, _ = penguins(50, seed=9)
    found, _ = decode(encode(classifier(), {}))
    np.testing.assert_array_equal(found.typicality(x), classifier().typicality(x))


NUMBER = {"levels": [], "unseen": False, "missing": False}
SPOILED = {
    "too few features": [NUMBER],
    "another width": [NUMBER] * 4,
    "no list": {"levels": []},
    "no objects": [1, 2, 3, 4],
    "another part": [NUMBER | {"pickle": "x"}] * 4,
    "levels of numbers": [NUMBER | {"levels": [1, 2]}] * 4,
    "levels as text": [NUMBER | {"levels": "ab"}] * 4,
    "the same level twice": [NUMBER | {"levels": ["a", "a"]}] * 4,
    "a number that may be unseen": [NUMBER | {"unseen": True}] * 4,
    "no truth value": [NUMBER | {"missing": 1}] * 4,
}


@pytest.mark.parametrize("said", SPOILED.values(), ids=SPOILED)
def test_an_encoding_that_makes_no_sense_is_refused(said):
    with pytest.raises(ModelError, match="the version is damaged"):
        decode(changed(encoding=said))


@pytest.mark.parametrize("number", [1, 2])
def test_an_encoding_in_a_format_without_one_is_refused(number):
    with pytest.raises(ModelError, match=r"^model\.json: "):
        decode(changed(format=number))


def test_a_format_with_an_encoding_without_one_is_refused():
    files = encode(plain(classifier()), {})
    described = json.loads(files["model.json"]) | {"format": 3}
    del described["sha256"]
    with pytest.raises(ModelError, match=r"^model\.json: "):
        decode(files | {"model.json": seal(described)})


def changed(**parts):
    files = encode(classifier(), {})
    described = json.loads(files["model.json"]) | parts
    del described["sha256"]
    return files | {"model.json": seal(described)}
