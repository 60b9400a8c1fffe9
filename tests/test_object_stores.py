"""The stores that tests use: they go with whoever started them, and the proxy before them loses answers alone."""

import os
import signal
import subprocess
import sys
import urllib.request
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import AlreadyExistsError
from obstore.store import S3Store

from object_stores import DroppingProxy

QUICK = {"backoff": {"init_backoff": timedelta(milliseconds=10)}}
STARTER = """
import sys, time
import object_stores

store = getattr(object_stores, sys.argv[1])()
print(store.endpoint, store._folder, flush=True)
time.sleep(600)
"""


def opened(bucket, proxy=None):
    endpoint = (proxy or bucket).endpoint
    return S3Store(bucket.bucket, endpoint=endpoint, client_options={"allow_http": True}, retry_config=QUICK)


def test_a_bucket_of_a_store_is_found_by_the_environment(object_store):
    store = S3Store.from_url(object_store.address, client_options={"allow_http": True})
    obstore.put(store, "a/b", b"c")
    assert [each["path"] for each in obstore.list(store).collect()] == ["a/b"]


@pytest.mark.parametrize("kind", ["moto", "seaweedfs"])
def test_a_store_ends_with_whoever_started_it_and_leaves_nothing(kind, eventually):
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, kind],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
    ) as process:
        endpoint, folder = process.stdout.readline().split()
        assert Path(folder).is_dir()
        process.send_signal(signal.SIGKILL)
    assert eventually(lambda: not Path(folder).exists())
    assert not answers(endpoint)


def answers(endpoint):
    try:
        urllib.request.urlopen(endpoint, timeout=10)
    except OSError as error:
        return hasattr(error, "code")
    return True


def test_without_loss_the_proxy_passes_on_what_a_store_says(object_store):
    with DroppingProxy(object_store.endpoint, every=10**9) as proxy:
        store = opened(object_store, proxy)
        big = os.urandom(12_000_000)
        obstore.put(store, "big", big, chunk_size=5 * 2**20)
        obstore.put(store, "small", b"x")
        assert obstore.get(store, "big").bytes() == big
        assert obstore.head(store, "small")["size"] == 1
        assert obstore.get_range(store, "big", start=5, end=9) == big[5:9]
        obstore.delete(store, ["small", "big"])
        assert obstore.list(store).collect() == []


def test_a_lost_answer_to_a_plain_put_is_asked_for_again_and_ends_well(object_store):
    with DroppingProxy(object_store.endpoint) as proxy:
        store = opened(object_store, proxy)
        for number in range(6):
            obstore.put(store, f"{number}", b"x")
    assert len(proxy.lost) == 2
    assert len(obstore.list(opened(object_store)).collect()) == 6


def test_a_lost_answer_to_a_create_ends_in_the_news_that_somebody_was_there_before(object_store):
    """It was this very request: who is told so must look whose the object is."""
    with DroppingProxy(object_store.endpoint, every=2) as proxy:
        store = opened(object_store, proxy)
        obstore.put(store, "before", b"x")
        with pytest.raises(AlreadyExistsError):
            obstore.put(store, "mine", b"x", mode="create")
    assert obstore.get(opened(object_store), "mine").bytes() == b"x"
