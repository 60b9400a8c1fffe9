import itertools
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.threads import MOST, THREADS, in_order, threads

counts = pytest.mark.parametrize("count", [1, 2, 5])


@settings(max_examples=30)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 4))
def test_whatever_the_threads_what_is_made_comes_in_the_order_of_the_items(items, count):
    assert list(in_order(lambda item: item * 2, iter(items), count)) == [item * 2 for item in items]


def test_a_slow_item_keeps_its_place():
    first = threading.Event()

    def work(item):
        if item:
            first.set()
        else:
            assert first.wait(600)
        return item

    assert list(in_order(work, iter(range(3)), 2)) == [0, 1, 2]


@counts
def test_no_more_items_are_drawn_than_the_threads_need(count):
    drawn = itertools.count()
    made = in_order(lambda item: item, (next(drawn) for _ in range(1000)), count)
    next(made)
    made.close()
    assert next(drawn) <= count + 3


@counts
def test_an_error_of_the_work_ends_it_in_the_callers_thread(count):
    made = in_order(lambda item: 1 // item, iter([1, 0, 2]), count)
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        list(made)


@counts
def test_an_error_of_the_items_ends_it_too(count):
    def items():
        yield 1
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  any would do
        list(in_order(lambda item: item, items(), count))


@counts
def test_the_first_error_in_the_items_order_is_raised_whoever_meets_it_first(count):
    ended = threading.Event()

    def items():
        yield "a"
        ended.set()
        raise OSError

    def work(_):
        assert count == 1 or ended.wait(600)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(in_order(work, items(), count))


@counts
def test_no_thread_is_left_when_it_is_given_up(count):
    before = threading.active_count()
    made = in_order(lambda item: item, itertools.count(), count)
    next(made)
    made.close()
    assert threading.active_count() == before


def test_with_a_count_of_one_all_is_done_in_the_callers_thread():
    found = in_order(lambda _: threading.current_thread(), iter([1, 2]), 1)
    assert set(found) == {threading.current_thread()}


def test_the_environment_says_how_many_threads_work(monkeypatch):
    monkeypatch.setenv(THREADS, "5")
    assert threads() == 5


@pytest.mark.parametrize("text", ["", "many", "-2"])
def test_else_there_are_as_many_as_processors_up_to_a_limit(monkeypatch, text):
    monkeypatch.setenv(THREADS, text)
    assert threads() == min(MOST, len(os.sched_getaffinity(0)))


def test_there_is_always_one_thread(monkeypatch):
    monkeypatch.setenv(THREADS, "0")
    assert threads() == 1
