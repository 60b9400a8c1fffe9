import ast
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import pytest

from data.sources import shipped_table
from flows import steps
from flows.batch import Batch, Trained
from flows.home import Home

PROGRAM = Path(sys.executable).with_name("wine-labels")
WINE = shipped_table()
LINES = WINE.read_text().splitlines()

BATCH_KEYS = [
    "batch", "source", "status", "rows", "labelled", "rejected", "review", "truth", "accuracy", "accuracy_unseen",
    "model_version", "labels", "rejects", "report", "error",
]  # fmt: skip
TRAINED_KEYS = ["version", "promoted", "reason", "rows", "training_accuracy", "cv_accuracy", "sha256"]

REFUSED_FILES = {
    "missing": None,
    "empty": b"",
    "blank": b"\n  \n",
    "binary": bytes(range(256)) * 20,
    "columns-missing": "\n".join(line.rsplit(",", 3)[0] for line in LINES).encode(),
    "column-twice": "\n".join([LINES[0] + ",Alcohol", *(line + ",13" for line in LINES[1:])]).encode(),
    "torn-parquet": b"PAR1" + bytes(100),
}
BAD_WORDS = [
    ["frobnicate"],
    ["label"],
    ["label", "--frobnicate", "wine.csv"],
    ["label", "wine.csv", "--model", "0"],
    ["label", "wine.csv", "--model", "one"],
    ["train", "--recipe", "secret"],
    ["train", "--seed", "-1"],
    ["train", "--seed", "some"],
    ["train", "one.csv", "two.csv"],
    ["models", "show"],
    ["models", "show", "one"],
    ["models", "frobnicate"],
    ["run", "--json", "no"],
]
WORDS = [["run"], ["train"], ["label", "wine.csv"], ["models", "list"], ["models", "show", "1"]]
COMMANDS = [[], ["run"], ["train"], ["label"], ["models"], ["models", "list"], ["models", "show"]]


def snapshot(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def is_refusal(text):
    (line,) = text.splitlines()
    return line.startswith("error: ") and line.count("; ") >= 2 and "Traceback" not in text


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with some tables."""
    folder = tmp_path / "here"
    (folder / "many").mkdir(parents=True)
    (folder / "none").mkdir()
    for name in ("wine.csv", "many/a.csv", "many/b.csv"):
        shutil.copy(WINE, folder / name)
    monkeypatch.chdir(folder)
    return folder


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


def test_run_prints_the_confusion_matrix_and_each_accuracy_under_its_own_name(wine_labels, home):
    said = wine_labels("run", "--home", home)
    words = [line.split() for line in said.out.splitlines()]
    assert ["grignolino", "0", "71", "0"] in words
    named = [line for line in said.out.splitlines() if "accuracy" in line]
    assert len(named) == len({line.split("%")[0].rstrip("0123456789.") for line in named}) == 3
    assert sum("cross-validated" in line for line in named) == 1
    assert sum("training rows" in line for line in named) == 1


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


def test_quiet_prints_nothing(wine_labels, home, here):
    for words in (["run"], ["label", "many"], ["train"], ["models", "list"], ["models", "show", "1"]):
        said = wine_labels(*words, "--quiet", "--home", home)
        assert (said.status, said.out, said.err) == (0, "", "")


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


@pytest.mark.parametrize("words", BAD_WORDS, ids=" ".join)
def test_words_that_mean_nothing_are_refused_in_one_line(wine_labels, here, words):
    before = snapshot(here)
    said = wine_labels(*words)
    assert (said.status, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert snapshot(here) == before


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


@pytest.mark.parametrize("words", [["label", "wine.csv", "--model", "7"], ["models", "show", "7"]])
def test_an_unknown_version_is_refused_with_those_there_are(wine_labels, home, here, words):
    said = wine_labels(*words, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "no version 7; found 1 in " in said.err


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_an_unknown_table_is_refused_with_those_there_are(wine_labels, home, here, words):
    said = wine_labels(*words, "--table", "beer", "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "'beer'" in said.err


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_home_that_is_a_file_is_refused(wine_labels, here, words):
    said = wine_labels(*words, "--home", "wine.csv")
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_train_prints_both_accuracies_by_name(wine_labels, tmp_path):
    said = wine_labels("train", "--home", tmp_path)
    assert said.status == 0
    assert said.out.startswith("version 1 from 178 rows is champion")
    assert [line.split("%")[0].split()[:-1] for line in said.out.splitlines()[1:]] == [
        ["accuracy", "cross-validated"],
        ["accuracy", "on", "the", "training", "rows"],
    ]


def test_json_of_train_has_exactly_the_keys_promised(wine_labels, home, here):
    said = wine_labels("train", "wine.csv", "--seed", "4", "--json", "--home", home)
    assert (said.status, said.err) == (0, "")
    assert list(said.document) == TRAINED_KEYS == [each.name for each in fields(Trained)]
    assert (said.document["version"], said.document["rows"]) == (2, 178)
    assert 0.9 < said.document["cv_accuracy"] < said.document["training_accuracy"] == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("unlabelled", [line.split(",", 1)[1] for line in LINES]),
        ("header-only", LINES[:1]),
        ("one-class", LINES[:40]),
        ("rejects-only", [LINES[0], *("1" + ",-1" * 13 for _ in range(9))]),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_refused_and_leaves_no_version(wine_labels, tmp_path, name, lines):
    source = tmp_path / f"{name}.csv"
    source.write_text("\n".join(lines))
    said = wine_labels("train", source, "--home", tmp_path / "home")
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert not list(tmp_path.rglob("model.json"))


def test_train_refuses_a_folder_of_several_tables_instead_of_choosing_one(wine_labels, home, here):
    said = wine_labels("train", "many", "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_another_model_needs_replace_and_then_labels_anew(wine_labels, home, here):
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


@pytest.mark.parametrize("words", [["models"], ["models", "list"]])
def test_models_lists_the_versions_and_marks_the_champion(wine_labels, home, words):
    said = wine_labels(*words, "--home", home)
    assert said.status == 0
    assert re.search(r"^ *1 +default +178 +9\d\.\d\d% +100\.00% .*champion", said.out, re.MULTILINE)


def test_models_of_an_empty_home_says_how_to_get_one(wine_labels, tmp_path):
    said = wine_labels("models", "--home", tmp_path)
    assert (said.status, said.err) == (0, "")
    assert "wine-labels train" in said.out
    assert wine_labels("models", "--json", "--home", tmp_path).document == {"champion": None, "versions": []}


def test_json_of_models_list_gives_the_champion_and_the_figures_of_each(wine_labels, home):
    document = wine_labels("models", "list", "--json", "--home", home).document
    (version,) = document["versions"]
    assert (document["champion"], version["version"], version["recipe"], version["rows"]) == (1, 1, "default", 178)
    assert version["cv_accuracy"] < version["training_accuracy"]


def test_models_show_prints_what_is_kept_with_a_version(wine_labels, home):
    document = wine_labels("models", "show", "1", "--json", "--home", home).document
    assert (document["version"], document["sizes"], document["seed"]) == (1, [13, 8, 5, 3], 0)
    assert document["sha256"] in wine_labels("models", "show", "1", "--home", home).out


@pytest.mark.parametrize("words", [["models", "list"], ["models", "show", "1"], ["label", "wine.csv"]])
def test_a_version_without_its_files_is_refused(wine_labels, home, here, words):
    (home / "models/wine/0001/model.json").unlink()
    said = wine_labels(*words, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_the_home_is_the_option_else_the_environment_else_the_working_folder(wine_labels, home, here, monkeypatch):
    def champion(*words):
        return wine_labels("models", "--json", *words).document["champion"]

    assert champion() is None
    monkeypatch.setenv("WINE_LABELS_HOME", str(home))
    assert champion() == 1
    assert champion("--home", here) is None


def test_a_name_with_brackets_is_printed_as_it_is(wine_labels, home, here):
    shutil.copy("wine.csv", "wine[red].csv")
    said = wine_labels("label", "wine[red].csv", "--home", home)
    assert said.status == 0
    assert said.out.startswith("wine[red]: labelled by version 1\n")
    assert "wine[red].parquet" in said.out


def test_a_path_that_looks_like_markup_is_printed_as_it_is(wine_labels, home, here):
    shutil.copytree(home, "home[")
    shutil.copy("wine.csv", "b].csv")
    said = wine_labels("label", "b].csv", "--home", "home[")
    assert said.status == 0
    assert "home[/data/labels/b].parquet" in said.out


def test_a_name_that_is_no_text_is_refused(wine_labels, home, here):
    source = os.fsdecode(b"wine-\xff.csv")
    shutil.copy("wine.csv", source)
    said = wine_labels("label", source, "--home", home)
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


def test_no_words_are_answered_with_the_help(wine_labels):
    assert wine_labels() == wine_labels("--help")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_of_every_command_works(wine_labels, words):
    said = wine_labels(*words, "--help")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(" ".join(["Usage: wine-labels", *words]))


def test_version_is_the_one_installed(wine_labels):
    assert wine_labels("--version").out.strip() == version("wine-labels")


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["models", "list"], ["models", "--json"]], ids=" ".join
)
def test_what_needs_no_table_imports_neither_pandas_nor_prefect(home, words):
    code = (
        "import atexit, sys; from flows.cli import main; "
        "atexit.register(lambda: print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)); "
        f"main({[*words, '--home', str(home)] if words[-1] != '--help' else words})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    imported = set(ast.literal_eval(done.stderr))
    assert "cyclopts" in imported
    assert not imported & {"prefect", "pandas", "pandera", "pyarrow", "pydantic"}


def test_without_a_server_run_brings_its_own_which_keeps_the_history_and_goes(program, ended, tmp_path, eventually):
    prefect = tmp_path / "prefect"
    said = ended(program("run", "--json", cwd=tmp_path, PREFECT_API_URL=None, PREFECT_HOME=str(prefect)))
    assert (said.status, said.err) == (0, "")
    assert said.document["batches"][0]["labelled"] == 178
    assert eventually(lambda: not processes_with(f"PREFECT_HOME={prefect}"))
    with closing(sqlite3.connect(prefect / "prefect.db")) as database:
        for kind in ("flow_run", "task_run"):
            assert database.execute(f"SELECT state_name FROM {kind}").fetchall() == [("Completed",)] * 2


def processes_with(variable):
    told = subprocess.run(["ps", "axeww", "-o", "command"], capture_output=True, text=True, check=True)
    return [line for line in told.stdout.splitlines() if variable in line and "uvicorn" in line]


def test_a_server_that_is_named_but_down_is_one_error_line(program, ended, tmp_path):
    said = ended(program("run", cwd=tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api"))
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert "http://127.0.0.1:9/api" in said.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("name", "content"), [("prefect.toml", b"[api"), ("pyproject.toml", b"\xff\xfe")])
def test_settings_that_prefect_cannot_read_are_one_error_line(program, ended, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    said = ended(program("run", cwd=tmp_path))
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    """A table that keeps the program busy for a second or two."""
    path = tmp_path_factory.mktemp("cellar") / "cellar.csv"
    rows = "\n".join(LINES[1:]) + "\n"
    path.write_text(LINES[0] + "\n" + rows * 5000)
    return path


@pytest.mark.parametrize("times", [1, 2])  # `timeout` and shells that signal a group send it twice
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_amid_the_work_ends_it_at_once_and_publishes_nothing(
    program, ended, home, cellar, prefect_client, number, status, times, eventually
):
    source = home / f"cellar-{status}-{times}.csv"
    source.symlink_to(cellar)
    process = program("label", source, "--home", home, cwd=home)
    assert eventually(lambda: list(home.glob("data/.staging/*/*")))
    for _ in range(times):
        process.send_signal(number)
        time.sleep(0.01)
    said = ended(process)
    assert (said.status, said.out, said.err) == (status, "", "")
    assert not list(home.glob("data/[lr]*/*"))
    if times == 1:  # the second may come while Prefect tells the server, or while the stage is cleared
        assert not list(home.glob("data/.staging/*"))
        assert "Crashed" in {run.state_name for run in prefect_client.read_flow_runs() if source.stem in run.name}


def test_ctrl_c_before_there_is_a_server_leaves_with_130_and_no_traceback(program, ended, tmp_path, eventually):
    prefect = tmp_path / "prefect"
    process = program("run", cwd=tmp_path, PREFECT_API_URL=None, PREFECT_HOME=str(prefect))
    assert eventually(lambda: processes_with(f"PREFECT_HOME={prefect}"))
    process.send_signal(signal.SIGINT)
    said = ended(process)
    assert (said.status, said.out, said.err) == (130, "", "")
    assert eventually(lambda: not processes_with(f"PREFECT_HOME={prefect}"))


def test_an_interrupt_that_a_library_swallows_ends_the_run_all_the_same(tmp_path):
    code = """
import contextlib, os, signal
from flows import cli, one_off

def swallow(*_):  # as imports do that catch everything and go on with half a module
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    raise AttributeError("half imported")

one_off.OneOff.champion = swallow
cli.main(["run"])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_a_reader_that_goes_away_is_no_traceback(home):
    reading, writing = os.pipe()
    os.close(reading)
    command = [PROGRAM, "models", "show", "1", "--home", home]
    with os.fdopen(writing, "wb") as broken:
        done = subprocess.run(command, stdout=broken, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.stderr == ""


@pytest.fixture
def two_versions(tmp_path):
    home = Home(tmp_path / "two")
    for seed in (0, 1):
        steps.train([shipped_table()], home, seed=seed)
    return home.folder


def test_a_worse_version_is_trained_and_not_promoted_with_status_4(wine_labels, two_versions):
    said = wine_labels("train", "--recipe", "article", "--home", two_versions)
    assert said.status == 4
    assert "version 3 from 178 rows was not promoted: worse than the champion" in said.out


def test_promote_and_rollback_move_the_champion(wine_labels, two_versions):
    assert wine_labels("models", "promote", "1", "--home", two_versions).out == "version 1 is champion\n"
    assert wine_labels("models", "rollback", "--home", two_versions).out == "version 2 is champion again\n"


def test_verify_says_that_all_is_well_or_what_is_not(wine_labels, two_versions):
    assert wine_labels("models", "verify", "--home", two_versions).status == 0
    (two_versions / "models" / "wine" / "0001" / "weights.npz").write_bytes(b"other")
    said = wine_labels("models", "verify", "--home", two_versions)
    assert said.status == 2
    assert "weights.npz" in said.err


def test_export_writes_an_onnx_file(wine_labels, two_versions, tmp_path):
    said = wine_labels("models", "export", "1", "--onnx", tmp_path / "wine.onnx", "--home", two_versions)
    assert (said.status, (tmp_path / "wine.onnx").stat().st_size > 1000) == (0, True)


def test_show_prints_the_card(wine_labels, two_versions):
    assert "## How good it is" in wine_labels("models", "show", "1", "--home", two_versions).out


def test_a_home_on_object_storage_is_refused_and_nothing_is_made(wine_labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = wine_labels("label", shipped_table(), "--home", "s3://bucket/home")
    assert said.status == 2
    assert said.err.startswith("error: s3://bucket/home: no home; found an address where a folder is due")
    assert list(tmp_path.iterdir()) == []
