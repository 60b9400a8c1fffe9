import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"flows", "nn", "schemas", "data", "models"}


def python(*words, cwd, **variables):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy of the project in which the program has already been run."""
    project = tmp_path_factory.mktemp("project")
    for name in ROOMS:
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, project)
    for state in ("data/labels/x.parquet", "data/.staging/x", "models/wine/0001/model.json", "tests/test_x.py"):
        (project / state).parent.mkdir(parents=True, exist_ok=True)
        (project / state).touch()
    python("-m", "hatchling", "build", "-t", "wheel", "-d", "dist", cwd=project)
    (built,) = project.glob("dist/*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """A folder into which the wheel, and nothing else, is installed."""
    folder = tmp_path_factory.mktemp("site")
    quick = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--disable-pip-version-check"]
    python("-m", "pip", "install", *quick, "--target", str(folder), str(wheel), cwd=folder)
    return folder


def test_the_wheel_holds_the_rooms_the_shipped_table_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    code = {path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert {name for name in held if name.endswith(".py")} == code
    assert "data/raw/wine.csv" in held
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "flows/pages").glob("*.html")}
    assert templates <= held
    tables = {path.relative_to(ROOT).as_posix() for path in (ROOT / "schemas/tables").glob("*.toml")}
    assert tables <= held
    others = held - code - templates - tables
    assert not {name for name in others if not name.startswith("data/raw/") and not name.endswith("/py.typed")}


def test_the_wheel_says_that_it_is_typed(wheel):
    assert {f"{room}/py.typed" for room in ROOMS} <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_brings_the_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith("/LICENSE"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_the_wheel_brings_the_program(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (entries,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "wine-labels = flows.cli.main:main" in archive.read(entries).decode()


def test_an_installed_wheel_is_imported_from_where_it_is_installed(site, tmp_path):
    code = f"import {', '.join(sorted(ROOMS))}; print(*({'.__file__, '.join(sorted(ROOMS))}.__file__), sep='\\n')"
    places = python("-P", "-c", code, cwd=tmp_path, PYTHONPATH=str(site)).splitlines()
    assert {Path(place).parents[1] for place in places} == {site}


def test_an_installed_wheel_labels_the_shipped_table_in_an_empty_folder(site, tmp_path, prefect_server):
    told = python("-P", "-m", "flows", "run", "--json", cwd=tmp_path, PYTHONPATH=str(site))
    (batch,) = json.loads(told)["batches"]
    assert (batch["status"], batch["labelled"]) == ("labelled", 178)
    assert Path(batch["source"]) == site / "data" / "raw" / "wine.csv"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "models"}


@pytest.mark.parametrize(
    ("name", "harm", "found"),
    [
        ("data/__init__.py", lambda file: file.write_text("import numpy\n"), "another program's in its place"),
        ("nn/metrics.py", Path.unlink, "no such file"),
    ],
)
def test_an_installed_file_that_was_overwritten_or_lost_is_named(site, tmp_path, name, harm, found):
    folder = shutil.copytree(site, tmp_path / "site")
    harm(folder / name)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "flows", "models"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {name} is not the file that was installed; found {found}; install ")
    assert done.stderr.count("\n") == 1
