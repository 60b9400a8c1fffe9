import errno

import pytest

from data import sources
from flows import labelling, training
from work import result, run

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def faulty(monkeypatch):
    """Have a function fail with an error once, then work."""

    def break_once(module, name, error):
        calls = []
        works = getattr(module, name)

        def step(*arguments, **named):
            calls.append(arguments)
            if len(calls) == 1:
                raise error
            return works(*arguments, **named)

        monkeypatch.setattr(module, name, step)
        return calls

    return break_once


def test_a_bad_input_is_not_tried_again(recorded, home, empty, tmp_path):
    _, (labelled,), _ = recorded(run(labelling.label, [str(empty)], str(home), 1))
    _, (trained,), _ = recorded(run(training.train, [str(empty)], str(tmp_path)))
    assert (labelled.run_count, trained.run_count) == (1, 1)


def test_a_disk_that_is_full_is_not_tried_again(recorded, home, bottles, faulty):
    calls = faulty(sources, "digest_of", OSError(errno.ENOSPC, "No space left on device"))
    state = run(labelling.label, [str(bottles)], str(home), 1)
    assert recorded(state)[0].state_name == "Failed"
    assert len(calls) == 1


def test_an_error_that_may_pass_is_tried_again(recorded, home, bottles, faulty):
    calls = faulty(sources, "digest_of", OSError(errno.EIO, "Input/output error"))
    state = run(labelling.label, [str(bottles)], str(home), 1)
    flow_run, (task_run,), _ = recorded(state)
    assert result(state)[0].status == "labelled"
    assert (flow_run.state_name, task_run.run_count, len(calls)) == ("Completed", 2, 2)


def test_an_error_that_is_a_bug_ends_failed_and_is_not_tried_again(recorded, home, bottles, faulty):
    calls = faulty(labelling, "label_source", ZeroDivisionError("a bug"))
    flow_run, (task_run,), log = recorded(run(labelling.label, [str(bottles)], str(home), 1))
    assert (flow_run.state_name, task_run.run_count, len(calls)) == ("Failed", 1, 1)
    assert "found ZeroDivisionError: a bug; this is a bug, please report it" in flow_run.state.message
    assert "Traceback" not in flow_run.state.message
    assert "Traceback" in "\n".join(log)  # for whoever looks into it
