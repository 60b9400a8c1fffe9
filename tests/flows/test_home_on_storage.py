"""A home on object storage: what it holds is what a home on a disk holds, byte for byte, and every command takes it."""

import json
import shutil
import threading
import time

import pyarrow.parquet as pq
import pytest

from data.errors import PublishError
from data.leases import lease
from data.object_path import ObjectPath
from data.places import place_of
from data.uploads import upload
from data.workbook import write_workbook
from flows.jobs.inbox import alone
from flows.jobs.publication import ParquetFile
from flows.state.home import Home
from flows.state.running import is_running, running, vanished
from models.store import ModelStore
from models.verification import verify
from object_stores import DroppingProxy
from work import HEADER, LINES, WINE, label, train, with_cell, write


@pytest.fixture
def address(object_store, tmp_path, monkeypatch):
    """The address of a home in which nothing is; what must be on a disk is where this test alone has it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    return f"{object_store.address}/homes/one"


@pytest.fixture
def remote(address, trained_home):
    """A home with version 1 and nothing labelled yet."""
    files = [path for path in trained_home.rglob("*") if path.is_file()]
    upload({path: ObjectPath.at(address) / path.relative_to(trained_home).as_posix() for path in files})
    return Home.at(address)


def results(home, batch):
    return [path(batch).read_bytes() for path in (home.labels, home.rejects)]


def test_what_is_published_is_byte_for_byte_that_of_a_home_on_a_disk(remote, home, tmp_path):
    table = write(tmp_path / "may.csv", *LINES, with_cell(LINES[0], 1, "99"))
    assert label(table, remote).labels == f"{remote.folder}/data/labels/may.parquet"
    label(table, home)
    assert results(remote, "may") == results(Home.at(home), "may")
    assert label(table, remote).status == "unchanged"
    assert [*remote.staging.iterdir()] == []


@pytest.mark.parametrize("object_store", ["seaweedfs"], indirect=True)
def test_a_version_is_byte_for_byte_that_of_a_home_on_a_disk(address, home):
    train(Home.at(address))
    there, here = Home.at(address).models / "0001", Home.at(home).models / "0001"
    assert {path.name: path.read_bytes() for path in there.iterdir()} == {
        path.name: path.read_bytes() for path in here.iterdir()
    }


def test_rows_in_are_labelled_and_rejected_whatever_answers_are_lost(remote, home, tmp_path, object_store, monkeypatch):
    table = write(tmp_path / "may.csv", *LINES, with_cell(LINES[0], 1, "99"))
    with DroppingProxy(object_store.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        label(table, remote)
        assert proxy.lost
    monkeypatch.setenv("AWS_ENDPOINT_URL", object_store.endpoint)
    label(table, home)
    assert results(remote, "may") == results(Home.at(home), "may")


def test_a_reader_sees_the_old_labels_or_the_new_whole(remote, tmp_path):
    table = write(tmp_path / "may.csv", *LINES)
    label(table, remote)
    seen, done = set(), threading.Event()

    def watch():
        while not done.is_set():
            seen.add(pq.read_table(pa_file(remote.labels("may"))).num_rows)

    watching = threading.Thread(target=watch)
    watching.start()
    for count in (100, 178, 50):
        write(table, *LINES[:count])
        label(table, remote, replace=True)
    done.set()
    watching.join()
    assert seen <= {178, 100, 50}
    assert len(seen) > 1


def pa_file(path):
    import io

    return io.BytesIO(path.read_bytes())


def test_nothing_is_published_where_it_ends_on_the_way(remote, tmp_path, monkeypatch):
    def end(*_):
        raise KeyboardInterrupt

    table = write(tmp_path / "may.csv", *LINES)
    with pytest.raises(KeyboardInterrupt):
        label(table, remote, progress=end)
    assert not (ObjectPath.at(str(remote.folder)) / "data").exists()
    monkeypatch.setattr(ParquetFile, "close", end)
    with pytest.raises(KeyboardInterrupt):
        label(table, remote)
    assert not (ObjectPath.at(str(remote.folder)) / "data").exists()


def test_a_bucket_that_is_gone_is_one_refusal(moto, home, wine_labels, monkeypatch):
    with moto.bucket("short") as made:  # SeaweedFS makes a bucket of whatever is written to
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(
            PublishError, match=r"^s3://none-of-ours/.*: no such bucket; found none of that name; create"
        ):
            label(WINE, Home.at("s3://none-of-ours/home"), ModelStore(Home.at(home).models).load())
        said = wine_labels("run", "--home", "s3://none-of-ours/home")
        assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
        assert said.err.startswith("error: s3://none-of-ours/home")


def test_two_runs_of_the_inbox_are_one_after_the_other(remote):
    with alone(remote), pytest.raises(OSError, match="held by another run"):
        alone(Home.at(str(remote.folder))).__enter__()
    with alone(remote):
        pass


def test_a_run_shows_that_it_is_running_and_who_ended_without_a_word_is_named_once(remote, monkeypatch):
    with running(remote, "a"):
        assert is_running(remote, "a")
        assert [*vanished(remote)] == []
    assert not is_running(remote, "a")
    monkeypatch.setattr("data.leases._renew", lambda *_: None)
    killed = lease(ObjectPath.at(str(remote.folder)) / "data/.runs/b.run", 0.05)
    killed.__enter__()
    time.sleep(0.1)
    assert [*vanished(remote)] == ["b"]
    assert [*vanished(remote)] == []


def test_the_table_of_a_home_is_kept_there(address, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(Home.at(tmp_path).table.text.replace('title = "', 'title = "My '))
    Home.at(address, str(mine)).settle()
    assert Home.at(address).table.title.startswith("My ")


def test_pages_are_copied_for_a_browser(remote, wine_labels, tmp_path):
    label(WINE, remote)
    page = place_of(wine_labels("open", "wine", "--home", remote.folder, "--json").document["page"])
    assert page.read_bytes() == remote.page("wine").read_bytes()
    assert (page.parent / "index.html").read_bytes() == remote.home_page.read_bytes()
    (page.parent / "index.html").write_text("older")
    wine_labels("open", "wine", "--home", remote.folder)
    assert (page.parent / "index.html").read_bytes() == remote.home_page.read_bytes()


@pytest.mark.parametrize("object_store", ["seaweedfs"], indirect=True)
def test_every_command_takes_a_home_on_object_storage(remote, wine_labels, tmp_path, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_HOME", str(remote.folder))
    monkeypatch.chdir(tmp_path)
    inbox = ObjectPath.at(str(remote.inbox))
    told = tmp_path / "told.csv"
    told.write_text("batch,row,truth\nwine,83,grignolino\n")
    names = dict(zip("123", ("barolo", "grignolino", "barbera"), strict=True))
    rows = write(tmp_path / "named.csv", *(with_cell(line, 0, names[line[0]]) for line in LINES))
    upload({WINE: inbox / "wine.csv", told: inbox / "told.csv", rows: inbox.parent / "tables" / "more.csv"})
    commands = """
        serve --once
        label s3://BUCKET/homes/one/data/tables/
        label --explain s3://BUCKET/homes/one/data/tables/more.csv
        train s3://BUCKET/homes/one/data/tables/more.csv --seed 1 --promote
        models
        models verify
        models show 2
        models rollback
        replay wine
        replay more
        diff wine --version 2
        review -o sheet.csv
        truth add told.csv
        truth report
        table show
        contract check s3://BUCKET/homes/one/data/labels
        models prune --keep 1 --dry-run
        open 2
        run
    """
    for command in commands.strip().replace("s3://BUCKET", inbox.root).split("\n"):
        said = wine_labels(*command.split())
        assert (said.status, said.err) == (0, ""), command
    assert {path.stem for path in remote.labels("").parent.glob("*.parquet")} == {"wine", "more"}
    assert [path.name for path in remote.runs.iterdir()] == []


@pytest.mark.parametrize("object_store", ["moto"], indirect=True)
def test_what_has_labels_is_not_read_again_every_night(remote, wine_labels, tmp_path, monkeypatch):
    inbox = ObjectPath.at(str(remote.inbox))
    upload({WINE: inbox / "wine.csv", write(tmp_path / "bad.csv", "x"): inbox / "bad.csv"})
    words = ("serve", "--once", "--home", remote.folder, "--json")
    assert [each["status"] for each in wine_labels(*words).document["batches"]] == ["refused", "labelled"]
    again = wine_labels(*words).document
    assert (again["batches"], again["unchanged"]) == ([], ["wine.csv"])
    assert [*again["refused_before"]] == ["bad.csv"]
    write(tmp_path / "wine.csv", *LINES[:90], header=HEADER)
    upload({tmp_path / "wine.csv": inbox / "wine.csv"})
    assert [each["rows"] for each in wine_labels(*words).document["batches"]] == [90]


def test_nothing_secret_is_in_what_is_kept(remote, wine_labels, object_store):
    wine_labels("label", WINE, "--home", remote.folder)
    kept = b"".join(path.read_bytes() for path, _ in ObjectPath.at(str(remote.folder)).walk())
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        assert object_store.variables[name].encode() not in kept


def test_a_store_found_to_ignore_conditions_is_no_home(moto, trained_home, wine_labels, monkeypatch):
    with moto.bucket("careless") as made, DroppingProxy(made.endpoint, every=10**9, without=("if-match",)) as proxy:
        for name, value in (made.variables | {"AWS_ENDPOINT_URL": proxy.endpoint}).items():
            monkeypatch.setenv(name, value)
        said = wine_labels("train", "--home", "s3://careless/home", "--json")
        assert said.status == 2
        assert json.loads(said.out)["error"].startswith(
            "s3://careless: not for a home; found that it wrote over an obj"
        )
        assert not (ObjectPath.at("s3://careless/home") / "models").exists()


@pytest.mark.parametrize("object_store", ["seaweedfs"], indirect=True)
def test_names_of_all_sorts_are_labelled_and_truth_may_be_a_workbook(remote, wine_labels, tmp_path):
    inbox = ObjectPath.at(str(remote.inbox))
    names = ["q?x=1", "[br]", "50% off", "über 7", "it's #1"]
    told = tmp_path / "told.xlsx"
    write_workbook(told, ["batch", "row", "truth"], [["50% off", "83", "grignolino"]])
    upload({told: inbox / "told.xlsx"})
    for name in names:
        upload({WINE: inbox / f"{name}.csv"})
    words = ("serve", "--once", "--home", remote.folder, "--json")
    assert {each["batch"]: each["status"] for each in wine_labels(*words).document["batches"]} == dict.fromkeys(
        names, "labelled"
    )
    document = wine_labels(*words).document
    assert (document["batches"], len(document["unchanged"])) == ([], len(names) + 1)
    assert len([*remote.truth("").parent.iterdir()]) == 1


def test_a_changed_last_line_of_the_history_is_found(remote):
    store = ModelStore(remote.models)
    store.promote(1, "one more time")
    assert verify(store) == []
    path = ObjectPath.at(str(remote.models)) / "history.jsonl"
    content, tag = path.get()
    assert path.swap(content.replace(b"one more time", b"two more time"), tag)
    assert [fault for fault in verify(store) if "its last line is not the one that history.seal names" in fault]


def test_a_home_is_taken_from_a_disk_to_object_storage_and_back_by_copying_it(remote, home, tmp_path):
    label(WINE, remote)
    ModelStore(remote.models).promote(1)
    back = tmp_path / "back"
    shutil.rmtree(home)
    for path, _ in ObjectPath.at(str(remote.folder)).walk():
        target = back / str(path).removeprefix(f"{remote.folder}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    assert label(WINE, back).status == "unchanged"
    assert verify(ModelStore(Home.at(back).models)) == []
    ModelStore(Home.at(back).models).promote(1)
    assert len(ModelStore(Home.at(back).models).history()) == len(ModelStore(remote.models).history()) + 1
