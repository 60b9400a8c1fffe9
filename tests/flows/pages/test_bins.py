from datetime import UTC, datetime

import pytest

from flows.pages.bins import DAY, MOST, Bins
from flows.state.figures import figures_of
from flows.state.home import Home
from work import made_up


@pytest.fixture
def batches(tmp_path):
    """Batches that were labelled on these days, 0 being the first of 2026."""

    def make(*days):
        home = Home(tmp_path)
        for day in days:
            made_up(home, f"{day}", day=day)
        return [figures_of(home, f"{day}") for day in days]

    return make


CUTS = [([4], 1, 1), ([0, 59], 60, 1), ([0, 60], 31, 2), ([9, 3659], 60, 61)]


@pytest.mark.parametrize(("days", "parts", "width"), CUTS)
def test_time_is_cut_into_equal_parts_of_whole_days_few_enough_to_be_drawn(batches, days, parts, width):
    bins = Bins.of(batches(*days))
    assert (len(bins.parts), bins.seconds) == (parts, width * DAY)
    assert parts <= MOST
    assert all(bins.parts[at] for at in (0, -1))
    assert sum(map(len, bins.parts)) == len(days)


def test_a_part_is_called_by_its_days_and_none_lies_after_the_last_batch(batches):
    assert Bins.of(batches(0, 1)).dates(1) == "2026-01-02"
    bins = Bins.of(batches(0, 60))
    assert (bins.dates(0), bins.dates(30)) == ("2026-01-01 to 2026-01-02", "2026-03-02")


def test_a_moment_has_its_place_between_the_first_part_and_the_last(batches):
    bins = Bins.of(batches(0, 9))
    assert bins.place(datetime(2026, 1, 1, tzinfo=UTC)) == 0
    assert bins.place(datetime(2026, 1, 6, tzinfo=UTC)) == 0.5
    assert bins.place(datetime(2025, 12, 1, tzinfo=UTC)) < 0
