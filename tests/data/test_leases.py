import json
import time

import pytest

from data import leases
from data.errors import HeldError
from data.held import given_up, held, is_held
from data.leases import is_leased, lease
from data.object_path import ObjectPath


@pytest.fixture
def place(object_store):
    return ObjectPath.at(object_store.address) / "inbox.lock"


def until(place):
    return json.loads(place.read_bytes())["until"]


def test_a_lease_is_one_process_at_a_time_and_gone_afterwards(place):
    with lease(place):
        assert is_leased(place)
        with pytest.raises(HeldError, match=r"held by another run, .*; found it renewed; wait until it has"):
            lease(place).__enter__()
    assert not place.exists()
    with lease(place):
        pass


def test_a_lease_is_renewed_for_as_long_as_the_work_takes(place):
    with lease(place, 0.3):
        first = until(place)
        end = time.monotonic() + 60
        while until(place) == first and time.monotonic() < end:
            time.sleep(0.02)
        assert until(place) > first


def test_a_lease_that_nobody_renews_is_free(place, monkeypatch):
    monkeypatch.setattr(leases, "_renew", lambda *_: None)
    with lease(place, 0.05):
        time.sleep(0.1)
        assert not is_leased(place)
        with lease(place):
            assert is_leased(place)
        assert not is_leased(place)


def test_what_was_taken_over_is_not_given_back_by_who_had_it_before(place, monkeypatch):
    monkeypatch.setattr(leases, "_renew", lambda *_: None)
    before = lease(place, 0.05)
    before.__enter__()
    time.sleep(0.1)
    with lease(place):
        before.__exit__(None, None, None)
        assert is_leased(place)


def test_a_lease_that_says_nothing_is_free(place):
    place.create(b"{}")
    with lease(place):
        assert is_leased(place)


def test_a_place_is_held_by_a_lease_or_by_a_lock(place, tmp_path):
    for each in (place, tmp_path / "inbox.lock"):
        assert not is_held(each)
        with held(each):
            assert is_held(each)
            assert not given_up(each)
        assert given_up(each)
