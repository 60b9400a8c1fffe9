from xml.etree import ElementTree as ET

import numpy as np
import pytest

from flows.pages.histograms import HEIGHT, histograms
from nn.columns import Column
from nn.drift import Reference
from nn.encoding import Encoding

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn():
    """Two features: one as in training, one of which half lies above all training rows."""
    x = np.column_stack([np.arange(100.0), np.arange(100.0)])
    reference = Reference.of(["a<b", "hue"], x, np.zeros(100, dtype=np.intp), 1)
    batch = x.copy()
    batch[50:, 1] += 100
    return ET.fromstring(histograms(reference, reference.spread(batch)))


def test_each_feature_has_a_drawing_that_is_read_out_and_says_how_much_lies_outside(drawn):
    labels = [svg.get("aria-label") for svg in drawn.iter("svg")]
    assert labels[0] == "a<b: drift 0.00, small"
    assert labels[1].startswith("hue: drift ")
    assert labels[1].endswith("large, 50.0% outside the range of the training rows")


def test_every_bar_says_its_share_of_the_batch_and_of_the_training_rows(drawn):
    said = [title.text for title in [*drawn.iter("svg")][1].iter("title")]
    assert len(said) == 10
    assert said[-1] == "89.1 to 99: 50.0% of this batch, 10.0% of the training rows"


def test_bars_stay_within_their_drawing(drawn):
    heights = [float(path.get("d").split("v-")[1].split("h")[0]) for path in drawn.iter("path")]
    assert max(heights) == HEIGHT
    assert len(heights) == 2 * 2 * 10


def test_a_category_has_a_bar_for_each_level_and_a_number_one_for_what_is_missing():
    encoding = Encoding((Column(("red", "<white>"), unseen=True), Column(missing=True)))
    x = np.column_stack([np.repeat([0.0, 1.0], [25, 75]), np.where(np.arange(100) < 10, np.nan, np.arange(100))])
    reference = Reference.of(["colour", "hue"], x, np.zeros(100, dtype=np.intp), 1, encoding)
    batch = np.array([[0.0, 50.0], [1.0, np.nan], [-1.0, 50.0], [1.0, 50.0]])
    drawing = ET.fromstring(histograms(reference, reference.spread(batch)))
    said = [[title.text for title in svg.iter("title")] for svg in drawing.iter("svg")]
    assert said[0] == [
        "red: 25.0% of this batch, 25.0% of the training rows",
        "<white>: 50.0% of this batch, 75.0% of the training rows",
        "unseen: 25.0% of this batch, 0.0% of the training rows",
    ]
    assert said[1][-1] == "missing: 25.0% of this batch, 10.0% of the training rows"
    assert "25.0% outside" in "".join(drawing.itertext())
