import re
from dataclasses import replace

import pytest

from flows.pages.timeline import Point, Timeline
from hostile import HOSTILE, Parsed

POINTS = [Point(0.5, 0.4, 0.6, f"half {HOSTILE}"), None, Point(1.0, 0.9, 1.0, "all"), Point(0.0, -9.0, 9.0, "none")]


@pytest.fixture
def timeline():
    dates = [f"2026-01-0{day}" for day in range(1, 5)]
    return Timeline("Share", "of rows", dates, POINTS, 0.0, 1.0, "{:.0%}".format, marks={0.5: "2", 0.52: "3"})


def paths(text):
    return dict(re.findall(r'<path class="(\w+)" d="([^"]*)"', text))


def test_a_line_goes_through_the_parts_that_have_a_value_between_the_ends_of_the_scale(timeline):
    found = paths(timeline.draw("a"))
    assert found["line"] == "M5 50.0L25 0.0L35 100.0"
    assert found["range"] == "M5 60.0V40.0M25 10.0V0.0M35 100.0V0.0"
    assert found["mark"] == "M20.0 0V100M20.8 0V100"


def test_each_part_that_has_a_value_can_be_pointed_at_and_reached_by_keyboard_without_a_script(timeline):
    page = Parsed(timeline.draw("a"))
    assert page.open == []
    assert page.elements.count("input") == page.elements.count("label") == 3
    assert {value for name, value in page.attributes if name == "name"} == {"a"}  # so that the arrows lead along it
    assert not {"script", "img"} & {*page.elements}
    assert f"2026-01-01: half {HOSTILE}" in page.texts
    assert page.texts.count("2026-01-04: none") == 2  # the latest is shown as long as none is pointed at


def test_marks_that_lie_close_are_drawn_and_the_first_is_named(timeline):
    assert re.findall(r'class="name" style="left:([\d.]+)%">(\d)<', timeline.draw("a")) == [("50.0", "2")]


def test_a_single_part_is_a_short_line(timeline):
    text = replace(timeline, dates=timeline.dates[:1], points=POINTS[:1], expected=[0.25], limits=(0.1, 2.0)).draw("a")
    found = paths(text)
    assert (found["line"], found["expected"], found["limit"]) == ("M4 50.0h2", "M4 75.0h2", "M0 90.0H10")
