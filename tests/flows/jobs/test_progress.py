import pytest

from flows.jobs import stopping
from flows.jobs.progress import advance, listening


def test_a_listener_hears_every_row_for_as_long_as_it_listens():
    rows = []
    advance(1)
    with listening(rows.append):
        advance(2)
        with pytest.raises(ZeroDivisionError), listening(lambda _: 1 / 0):
            advance(3)
        advance(4)
    advance(5)
    assert rows == [2, 3, 4]


def test_a_run_that_should_stop_stops_at_its_next_rows(monkeypatch):
    monkeypatch.setattr(stopping._stopped, "is_set", lambda: True)
    with pytest.raises(KeyboardInterrupt):
        advance(1)
