import re
from xml.etree import ElementTree as ET

import pytest

from flows.pages import charts

CHARTS = {
    "labels": lambda: charts.labels_chart({"barolo": 59, "barbera": 0}),
    "confidence": lambda: charts.confidence_chart([0, 3, 170]),
    "drift": lambda: charts.drift_chart({"hue": 0.01, "ash": 0.4}),
    "drift of one feature": lambda: charts.drift_chart({"hue": 0.01}),
    "training": lambda: charts.training_chart([0, 5], [1.1, 0.2], [0.4, 0.99]),
    "calibration": lambda: charts.calibration_chart([0.5, 0.99], [0.6, 1.0], [3, 170]),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_element_that_scales_and_is_read_out(name):
    root = ET.fromstring(CHARTS[name]())
    assert root.tag.endswith("svg")
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.get("width") is root.get("height") is None


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_no_colour_and_no_time_and_is_the_same_again(name):
    text = CHARTS[name]()
    assert not re.search(r"#[0-9a-f]{6}", text)
    assert "var(--ink)" in text
    assert text == CHARTS[name]()
