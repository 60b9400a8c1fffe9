from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from data import object_store
from data.conditions import check_conditions
from data.errors import ObjectError
from data.object_path import ObjectPath
from object_stores import DroppingProxy, variables


@pytest.fixture
def place(object_store):
    check_conditions.cache_clear()
    return ObjectPath.at(object_store.address) / "home"


def test_a_store_that_keeps_conditions_is_taken_and_nothing_is_left_in_it(place):
    check_conditions(place)
    assert [*place.iterdir()] == []


def test_it_is_taken_though_answers_are_lost(place, object_store, monkeypatch):
    with DroppingProxy(object_store.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        check_conditions(place)


@pytest.mark.parametrize(
    ("ignored", "found"),
    [
        ("if-none-match", "it wrote over an object that was to be created"),
        ("if-match", "it wrote over an object by the tag of another"),
    ],
)
def test_a_store_that_ignores_a_condition_is_refused_in_a_line(moto, monkeypatch, ignored, found):
    check_conditions.cache_clear()
    with moto.bucket("careless") as made, DroppingProxy(made.endpoint, every=10**9, without=(ignored,)) as proxy:
        for name, value in (made.variables | {"AWS_ENDPOINT_URL": proxy.endpoint}).items():
            monkeypatch.setenv(name, value)
        home = ObjectPath.at(made.address) / "home"
        with pytest.raises(ObjectError, match=f"not for a home; found that {found}; use a store with conditional"):
            check_conditions(home)
        assert [*home.iterdir()] == []


def test_a_server_that_is_no_store_is_refused_in_a_line(monkeypatch):
    check_conditions.cache_clear()
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # which answers 501 to whatever it is asked
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        for name, value in variables(f"http://127.0.0.1:{server.server_port}").items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(object_store, "RETRIES", object_store.RETRIES | {"max_retries": 0})
        with pytest.raises(ObjectError, match="found that it takes no conditional write: 501 Not Implemented; use"):
            check_conditions(ObjectPath.at("s3://wines/home"))
        server.shutdown()
