import os
import subprocess
import sys

import pytest

from data import object_store
from data.errors import ObjectError
from data.object_path import ObjectPath
from object_stores import KEY, REGION, SECRET

UNSET = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")


@pytest.fixture
def profile(seaweedfs, monkeypatch, tmp_path):
    """A bucket whose store checks signatures; who asks is said by a profile alone."""
    with seaweedfs.bucket("profiles") as made:
        (tmp_path / "credentials").write_text(
            f"[night]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\nregion = {REGION}\n"
            "[stranger]\naws_access_key_id = nobody\naws_secret_access_key = knows\n"
        )
        for name in UNSET:
            monkeypatch.delenv(name, raising=False)
        for name, value in {
            "AWS_ENDPOINT_URL": made.endpoint,
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_CONFIG_FILE": str(tmp_path / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        yield ObjectPath.at(made.address)


def test_a_profile_says_who_asks(profile, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "night")
    assert (profile / "a").create(b"x")
    assert (profile / "a").read_bytes() == b"x"


def test_nobody_is_refused_in_a_line(profile):
    with pytest.raises(ObjectError, match="no credentials; found no variables, no profile and no role; set AWS_ACCESS"):
        (profile / "a").read_bytes()


def test_a_profile_that_is_not_there_is_refused_in_a_line(profile, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "day")
    with pytest.raises(ObjectError, match=r"no credentials; found The config profile .* could not be found; set AWS_"):
        (profile / "a").read_bytes()


def test_a_stranger_is_refused_in_a_line_that_shows_nothing_secret(profile, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "stranger")
    with pytest.raises(ObjectError, match=r"access is denied; found 403 Forbidden .*; check the credentials") as error:
        (profile / "a").create(b"x")
    assert "knows" not in str(error.value)


def test_a_store_that_is_not_there_is_refused_in_a_line_that_may_pass(object_store_gone):
    with pytest.raises(ObjectError, match=r"cannot be reached; found HTTP error: .*; check the address, ") as error:
        (object_store_gone / "a").read_bytes()
    assert error.value.errno


@pytest.fixture
def object_store_gone(monkeypatch):
    monkeypatch.setattr(object_store, "RETRIES", object_store.RETRIES | {"max_retries": 1})
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "gone",
    }.items():
        monkeypatch.setenv(name, value)
    return ObjectPath.at("s3://wines")


def test_what_knows_of_object_storage_costs_nothing_where_there_is_none():
    code = "import sys, flows.state.home; print([name for name in ('obstore', 'boto3') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_endpoint_of_a_profile_is_taken(profile, monkeypatch, tmp_path):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    (tmp_path / "config").write_text(f"[profile night]\nendpoint_url = {endpoint}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "night")
    assert (profile / "a").create(b"x")


@pytest.mark.parametrize("endpoint", ["127.0.0.1:1", "localhost:8333", "http://", "ftp://x", "http://x:y"])
def test_an_endpoint_that_is_no_address_is_refused_in_a_line(object_store_gone, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(
        ObjectError, match=r"^AWS_ENDPOINT_URL: no address of a store; found '.*'; write http://HOST:PORT"
    ):
        (object_store_gone / "a").read_bytes()
