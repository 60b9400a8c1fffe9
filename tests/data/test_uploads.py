import threading

import boto3
import pytest

from data import uploads
from data.errors import ObjectError
from data.object_path import ObjectPath
from data.uploads import PIECE, sweep_uploads, upload
from object_stores import DroppingProxy


@pytest.fixture
def files(tmp_path):
    """Files of one piece, of several and of none."""
    sizes = {"rejects": 10, "report": 2 * PIECE + 5, "labels": 0}
    made = {name: tmp_path / name for name in sizes}
    for at, (name, path) in enumerate(made.items()):
        path.write_bytes(bytes([at]) * sizes[name])
    return made


@pytest.fixture
def targets(object_store, files):
    folder = ObjectPath.at(object_store.address) / "home"
    return {path: folder / f"{name}.parquet" for name, path in files.items()}


def unfinished(bucket):
    return [each["Key"] for each in boto3.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", ())]


def test_files_become_objects_of_the_same_bytes(targets):
    upload(targets)
    assert {path: target.read_bytes() for path, target in targets.items()} == {
        path: path.read_bytes() for path in targets
    }


def test_none_is_seen_before_all_are_sent_and_each_after_the_one_before(targets, monkeypatch):
    seen, real = [], uploads._Turns.done
    places = [*targets.values()]

    def done(turns):
        real(turns)
        seen.append([place.exists() for place in places])

    monkeypatch.setattr(uploads._Turns, "done", done)
    upload(targets)
    assert [states[at] for at, states in enumerate(seen)] == [True] * 3


def test_one_that_cannot_be_read_keeps_all_back(targets, files, object_store):
    files["report"].unlink()
    with pytest.raises(FileNotFoundError):
        upload(targets)
    assert not any(target.exists() for target in targets.values())
    assert unfinished(object_store.bucket) == []


def test_a_bucket_that_is_not_there_is_refused_in_a_line(targets, moto, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.endpoint)  # SeaweedFS makes a bucket of whatever is written to
    with pytest.raises(ObjectError, match=r"^s3://no-such-bucket-of-ours/x: (no such bucket|access is denied); "):
        upload(dict.fromkeys(targets, ObjectPath.at("s3://no-such-bucket-of-ours/x")))


def test_whoever_is_asked_meanwhile_may_end_it_and_nothing_is_seen(targets, object_store, monkeypatch):
    monkeypatch.setattr(uploads, "PAUSE", 0.0)

    def end():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upload(targets, end)
    assert threading.active_count() < 20
    assert not any(target.exists() for target in targets.values())


def test_lost_answers_leave_whole_objects(targets, object_store, monkeypatch):
    with DroppingProxy(object_store.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        upload(targets)
        assert proxy.lost
    monkeypatch.setenv("AWS_ENDPOINT_URL", object_store.endpoint)
    assert [target.read_bytes() for target in targets.values()] == [path.read_bytes() for path in targets]


def test_uploads_of_a_home_begun_long_ago_are_given_up_and_no_others(object_store, monkeypatch):
    client = boto3.client("s3")
    for key in ("home/data/labels/a.parquet", "another/data/labels/a.parquet"):
        client.create_multipart_upload(Bucket=object_store.bucket, Key=key)
    home = ObjectPath.at(object_store.address) / "home"
    if not _begun_long_ago(client, object_store.bucket):
        sweep_uploads(home)
        assert len(unfinished(object_store.bucket)) == 2
    monkeypatch.setattr(uploads, "OLD", -uploads.OLD)
    sweep_uploads(home)
    assert unfinished(object_store.bucket) == ["another/data/labels/a.parquet"]


def _begun_long_ago(client, bucket):
    """As moto has it, which says 2010 of every upload."""
    return {each["Initiated"].year for each in client.list_multipart_uploads(Bucket=bucket)["Uploads"]} == {2010}
