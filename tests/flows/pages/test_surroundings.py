import os

import pytest

from flows.pages import surroundings


@pytest.mark.parametrize("chosen", [None, "/elsewhere"])
def test_charts_are_drawn_by_our_backend_and_fonts_listed_in_the_home_unless_a_place_was_chosen(
    chosen, place, monkeypatch
):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("MPLCONFIGDIR", chosen or "")
    if not chosen:
        monkeypatch.delenv("MPLCONFIGDIR")
    surroundings.prepare(place)
    assert os.environ["MPLBACKEND"] == "svg"
    assert os.environ["MPLCONFIGDIR"] == (chosen or str(place.fonts))
