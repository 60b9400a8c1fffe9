import re

import pytest

from flows.jobs.refusals import ScheduleError
from flows.runs.schedule import Schedule


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--cron", "nonsense"), r"error: 'nonsense': no cron line; found other than five fields.*; write "),
        (("--timezone", "Mars/Olympus"), r"error: Mars/Olympus: no such time zone; found none of that name; write "),
    ],
)
def test_a_schedule_that_there_is_not_is_refused(wine_labels, home, words, error):
    said = wine_labels("serve", *words, "--home", home)
    assert said.status == 2
    assert re.fullmatch(rf"{error}.*\n", said.err)


@pytest.mark.parametrize("line", ["30 4 * * *", "0 6 * * sun", "*/5 * * * *", "* * * * * *"])
def test_a_line_of_five_or_six_fields_passes(line):
    Schedule(line, line, "Europe/Rome").check()


@pytest.mark.parametrize("line", ["", "daily", "1 2 3 4", "1 2 3 4 5 6 7", "; rm * * * *"])
def test_any_other_line_does_not(line):
    with pytest.raises(ScheduleError, match="no cron line"):
        Schedule(label=line).check()
