import os
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from data import sources
from flows.jobs.batch import Batch
from flows.runs import server
from models import store
from work import HEADER, LINES, WINE, is_refusal, label, snapshot

WHOLE = [HEADER, *LINES]

BATCH_KEYS = [
    "batch", "source", "status", "rows", "labelled", "rejected", "review", "truth", "accuracy", "accuracy_unseen",
    "suspect", "warnings", "model_version", "labels", "rejects", "report", "error",
]  # fmt: skip


REFUSED_FILES = {
    "missing": None,
    "empty": b"",
    "blank": b"\n  \n",
    "binary": bytes(range(256)) * 20,
    "columns-missing": "\n".join(line.rsplit(",", 3)[0] for line in WHOLE).encode(),
    "column-twice": "\n".join([WHOLE[0] + ",Alcohol", *(line + ",13" for line in WHOLE[1:])]).encode(),
    "torn-parquet": b"PAR1" + bytes(100),
}


def test_run_on_an_empty_home_trains_version_1_and_labels_178_rows(wine_labels, tmp_path):
    said = wine_labels("run", "--home", tmp_path)
    assert said.status == 0
    assert "wine: labelled by version 1\n  rows in 178 · labelled 178 · rejected 0" in said.out
    assert said.err == ""
    assert (tmp_path / "models/wine/champion").read_text().strip() == "0001"
    written = {path.parent.name for path in tmp_path.rglob("wine.parquet")}
    assert written == {"labels", "rejects", "reports"}


def test_a_second_run_says_unchanged_and_rewrites_nothing(wine_labels, home):
    wine_labels("run", "--home", home)
    before = snapshot(home)
    said = wine_labels("run", "--home", home)
    assert said.status == 0
    assert "wine: unchanged;" in said.out
    assert snapshot(home) == before


def test_json_of_run_is_one_object_with_exactly_the_keys_promised(wine_labels, home):
    said = wine_labels("run", "--json", "--home", home)
    assert list(said.document) == ["batches"]
    (batch,) = said.document["batches"]
    assert list(batch) == BATCH_KEYS == [each.name for each in fields(Batch)]
    assert said.err == ""
    assert (batch["status"], batch["truth"]) == ("labelled", {"1": 59, "2": 71, "3": 48})
    assert all(Path(batch[name]).is_file() for name in ("labels", "rejects", "report"))


def test_json_of_label_tells_refused_batches_beside_the_others(wine_labels, home, here):
    (here / "empty.csv").touch()
    said = wine_labels("label", "wine.csv", "empty.csv", "--json", "--home", home)
    done, refused = said.document["batches"]
    assert said.status == 3
    assert (done["status"], done["error"], refused["status"]) == ("labelled", None, "refused")
    assert list(refused) == BATCH_KEYS
    assert said.err == f"error: {refused['error']}\n"
    assert is_refusal(said.err)


@pytest.mark.parametrize("sources", [["many/a.csv", "many/b.csv"], ["many"], ["many/*.csv"], ["many", "many/?.csv"]])
def test_label_takes_files_folders_and_globs_each_file_once(wine_labels, home, here, sources):
    said = wine_labels("label", *sources, "--json", "--home", home)
    assert said.status == 0
    assert [(each["batch"], each["rows"]) for each in said.document["batches"]] == [("a", 178), ("b", 178)]


def test_of_two_sources_with_one_stem_the_second_is_refused_with_the_name_of_the_first(wine_labels, home, here):
    shutil.copy("wine.csv", "a.csv")
    said = wine_labels("label", "a.csv", "many/a.csv", "--json", "--home", home)
    assert said.status == 3
    assert [each["status"] for each in said.document["batches"]] == ["labelled", "refused"]
    assert is_refusal(said.err)
    assert "found a.csv first" in said.err


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_that_is_no_table_is_refused_in_one_line_and_nothing_is_published(wine_labels, home, here, name):
    source = here / f"{name}.csv"
    if REFUSED_FILES[name] is not None:
        source.write_bytes(REFUSED_FILES[name])
    before = snapshot(home)
    said = wine_labels("label", source, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert str(source) in said.err
    assert snapshot(home) == before


@pytest.mark.parametrize("source", ["none", "none/*.csv", "[", "**/*.nothing", ""])
def test_a_source_that_stands_for_no_file_is_refused(wine_labels, home, here, source):
    said = wine_labels("label", source, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_where_all_are_refused_each_has_its_line_and_the_status_is_2(wine_labels, home, here):
    for name in ("one.csv", "two.csv"):
        (here / name).touch()
    said = wine_labels("label", "one.csv", "two.csv", "--home", home)
    assert (said.status, said.out) == (2, "")
    assert [is_refusal(line) for line in said.err.splitlines()] == [True, True]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["label", "wine.csv"], "no champion"),
        (["label", "wine.csv", "--model", "2"], "none"),
        (["models", "show", "1"], "none"),
    ],
)
def test_without_a_model_the_refusal_says_how_to_get_one(wine_labels, here, words, found):
    said = wine_labels(*words, "--home", "elsewhere")
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert f"found {found}" in said.err
    assert not Path("elsewhere").exists()


def test_another_model_needs_replace_and_then_relabels(wine_labels, home, here):
    wine_labels("label", "wine.csv", "--home", home)
    wine_labels("train", "--seed", "1", "--quiet", "--home", home)
    kept = wine_labels("label", "wine.csv", "--home", home)
    assert (kept.status, is_refusal(kept.err)) == (2, True)
    assert "--replace" in kept.err
    replaced = wine_labels("label", "wine.csv", "--replace", "--json", "--home", home)
    assert (replaced.status, replaced.document["batches"][0]["model_version"]) == (0, 2)


def test_label_with_a_version_named_leaves_the_champion_alone(wine_labels, home, here):
    wine_labels("train", "--seed", "1", "--quiet", "--home", home)
    said = wine_labels("label", "wine.csv", "--model", "1", "--json", "--home", home)
    assert said.document["batches"][0]["model_version"] == 1
    assert (home / "models/wine/champion").read_text().strip() == "0002"


def test_a_name_that_is_no_text_is_refused(wine_labels, home, here):
    source = os.fsdecode(b"wine-\xff.csv")
    shutil.copy("wine.csv", source)
    said = wine_labels("label", source, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


WORKBOOK = b"PK\x03\x04" + bytes(100)


@pytest.fixture
def begun(here, monkeypatch):
    """How many of the servers that were got ready have been asked to begin, where none is named."""
    children = []

    class Kept(server.Server):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            children.append(self._process)

    def count():
        for child in children:
            child.stdin.close()
            child.wait()
        return len(list(here.glob("begun*")))

    begins = "import os, sys; sys.stdin.buffer.readline() and open(f'begun {os.getpid()}', 'w').close()"
    monkeypatch.setattr(server, "CHILD", begins)
    monkeypatch.setattr(server, "Server", Kept)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return count


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["label", "book.xlsx"], "found a zip archive"),
        (["run", "book.xlsx"], "found a zip archive"),
        (["label", "wine.csv", "--columns", "alcohol,ash"], "found 2: alcohol, ash"),
        (["train", "plain.csv"], "no label column to train on"),
    ],
    ids=" ".join,
)
def test_what_a_request_shows_to_be_wrong_is_refused_before_a_server_begins(
    wine_labels, begun, home, here, words, found
):
    (here / "book.xlsx").write_bytes(WORKBOOK)
    (here / "plain.csv").write_text("\n".join(line.partition(",")[2] for line in WHOLE))
    said = wine_labels(*words, "--json", "--home", home)
    assert (said.status, is_refusal(said.err)) == (2, True)
    assert found in said.document["error"]
    assert begun() == 0


def test_where_one_of_several_is_a_table_the_others_are_refused_as_batches(wine_labels, home, here):
    (here / "book.csv").write_bytes(WORKBOOK)
    said = wine_labels("label", "book.csv", "wine.csv", "--json", "--home", home)
    assert [each["status"] for each in said.document["batches"]] == ["refused", "labelled"]


def test_a_version_is_loaded_and_verified_once_a_run_and_a_source_hashed_once(wine_labels, home, here, monkeypatch):
    loaded, hashed = [], []
    decode, digest = store.decode, sources.digest_of
    monkeypatch.setattr(store, "decode", lambda *files: loaded.append(1) or decode(*files))
    monkeypatch.setattr(sources, "digest_of", lambda path, *each: hashed.append(path.name) or digest(path, *each))
    assert wine_labels("label", "many", "wine.csv", "--home", home).status == 0
    assert (len(loaded), sorted(hashed)) == (1, ["a.csv", "b.csv", "wine.csv"])


def test_the_last_line_on_several_files_counts_what_came_of_them(wine_labels, home, here):
    label(here / "many" / "a.csv", home)
    said = wine_labels("label", "many", "wine.csv", "--home", home)
    assert said.out.splitlines()[-1] == "3 files: 2 labelled, 1 unchanged"


def test_a_suspect_file_is_refused_unless_accepted_and_then_looked_at(wine_labels, home, here):
    rows = [line.split(",") for line in WHOLE[1:]]
    swapped = [",".join([*row[:2], row[3], row[2], *row[4:]]) for row in rows]
    (here / "swapped.csv").write_text("\n".join([WHOLE[0], *swapped]) + "\n")
    said = wine_labels("label", "swapped.csv", "--home", home)
    assert (said.status, is_refusal(said.err)) == (2, True)
    said = wine_labels("label", "swapped.csv", "--accept-suspect", "--home", home)
    assert said.status == 0
    assert "  look at: accepted: malic_acid and ash look swapped" in said.out
    said = wine_labels("label", "wine.csv", "swapped.csv", "--json", "--home", home)
    honest, suspect = said.document["batches"]
    assert (honest["suspect"], honest["warnings"]) == (None, [])
    assert suspect["suspect"].startswith("accepted: malic_acid and ash look swapped")


def test_a_name_that_is_not_utf_8_or_hidden_from_readers_stops_no_other_file(wine_labels, home, here):
    odd = here / "many" / os.fsdecode(b"w\xefne.csv")
    for path in (odd, here / "many" / "_may.csv"):
        shutil.copy(WINE, path)
    said = wine_labels("label", here / "many" / "*.csv", "--home", home, "--json")
    assert (said.status, said.err.count("rename the file")) == (3, 2)
    assert {batch["status"] for batch in said.document["batches"]} == {"refused", "labelled"}
    assert sorted(path.name for path in (home / "data" / "labels").iterdir()) == ["a.parquet", "b.parquet"]
    assert wine_labels("label", odd, "--home", home).status == 2


def test_one_table_in_parts_is_refused_whole_in_a_line(wine_labels, home, here):
    for part in ("k=1", "k=2"):
        (here / "hive" / part).mkdir(parents=True)
        shutil.copy(WINE, here / "hive" / part / "part-0.csv")
    for names in ([here / "hive"], [here / "hive" / "*" / "*.csv"], sorted((here / "hive").glob("*/*.csv"))):
        said = wine_labels("label", *names, "--home", home)
        assert (said.status, is_refusal(said.err), "one table in several parts" in said.err) == (2, True, True)
    assert not (home / "data" / "labels").exists()
