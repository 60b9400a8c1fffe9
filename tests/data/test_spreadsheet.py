import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spreadsheet import RUN, guarded, guarded_cell, guarded_number, plain

CHANGED = [
    "007", "=1+1", "+3", "-5", "@x", "1E5", "2024-01-02", "123456789012345678901", "TRUE", "Falsch", "MARCH1", "Jan-5",
    "3/4", "14:30", "50%", "$5", "1,5", "#N/A", " a", "\ta", "a\rb", "R5.1.2",
]  # fmt: skip
"""What Excel or LibreOffice take for something else, in one language or another."""


@pytest.mark.parametrize("text", CHANGED)
def test_what_a_spreadsheet_would_change_has_an_apostrophe_in_front(text):
    assert guarded(text).startswith("'")


@pytest.mark.parametrize(
    "text", ["", "B-0017", "b7", "barolo|barbera", "reviewed", "hue 0.6: lower than 98 % of the training rows"]
)
def test_what_it_leaves_alone_stays_as_it_is(text):
    assert guarded(text) == guarded_cell(text) == text


@given(st.text() | st.sampled_from(CHANGED) | st.from_regex(r"'?\\[\\xuU0-9a-f']{0,9}"))
def test_every_text_comes_back_and_nothing_in_it_runs_or_breaks_a_line(text):
    for guard in (guarded, guarded_cell):
        cell = guard(text)
        assert plain(cell) == text
        assert cell.isprintable()
        assert not cell.startswith(RUN)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_to_its_last_digit_from_what_keeps_fifteen(value):
    cell = guarded_number(value)
    shown = cell if cell.startswith("'") else f"{float(cell):.15g}"
    assert float(plain(shown)) == value


def test_what_nobody_guarded_is_left_as_it_is():
    assert [plain(each) for each in ("a\\nb", "007", r"'a\nb", "'tis")] == ["a\\nb", "007", r"a\nb", "tis"]
