import pytest

from data.errors import SourceError
from flows.jobs.batch import Batch
from flows.jobs.night import Night
from flows.runs.states import ended

DONE = Batch("a", "a.csv", "labelled")


def refused(count):
    return [Batch.refused(f"{number}.csv", SourceError(f"no table {number}")) for number in range(count)]


ENDS = {
    "nothing": (Night([]), "COMPLETED", "Completed", "no files"),
    "all labelled": (Night([DONE], unchanged=["b.csv"]), "COMPLETED", "Completed", "1 labelled, 1 unchanged"),
    "some refused": (Night([DONE, *refused(1)]), "COMPLETED", "SomeRefused", "1 labelled, 1 refused: no table 0"),
    "all refused": (Night(refused(2), unchanged=["b.csv"]), "FAILED", "Failed", "no table 0; no table 1"),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_state_says_what_came_of_a_run(end):
    night, kind, name, message = ENDS[end]
    state = ended(night, None)
    assert (state.type.value, state.name, state.message) == (kind, name, message)


def test_of_thousands_of_refusals_a_message_has_the_first_and_counts_the_others():
    message = ended(Night(refused(3_000)), None).message
    assert message.endswith("no table 18; no table 19; and 2,980 more")
