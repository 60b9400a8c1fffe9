"""Which way imports run: layers of rooms, the packages that each room may know, and no circle anywhere."""

import tomllib
from pathlib import Path

import pytest

from source_code import DOTTED, MODULES, ROOMS, ROOT, imports, packages

LAYERS = ("flows.cli", "flows", "flows.runs", "flows.jobs | flows.pages", "flows.state")
"""Within flows a room knows those after it, and of two on one layer neither knows the other."""

BELOW = {"nn": set(), "schemas": set(), "data": set(), "models": {"nn"}, "flows": {"nn", "schemas", "data", "models"}}
"""The other rooms that a room knows."""

MAY_IMPORT = {
    "nn": {"numpy"},
    "schemas": {"numpy", "pandas", "pandera", "pyarrow"},
    "data": {"boto3", "numpy", "obstore", "pandas", "pyarrow"},
    "models": {"numpy"},
    "flows": {"httpx", "prefect", "pydantic"},
    "flows.cli": {"cyclopts", "httpx", "rich"},
    "flows.runs": {"httpx", "prefect"},
    "flows.jobs": {"numpy", "pandas", "pyarrow", "threadpoolctl"},
    "flows.pages": {"jinja2", "matplotlib", "numpy", "pyarrow"},
    "flows.state": {"numpy", "pandas", "pyarrow"},
}
"""The packages that a room knows besides the standard library."""

OPTIONAL = {
    "data/workbook.py": {"openpyxl"},
    "flows/runs/cluster.py": {"distributed", "prefect_dask"},
    "models/graph.py": {"onnx"},
}
"""What a module knows where the extra of that name is installed."""

MAY_HOLD_ROOMS = {"flows": {"cli", "runs", "jobs", "pages", "state"}, "schemas": {"tables"}}


def room_of(module):
    """The room of a module by its dotted name: a sub-room of flows, or the top-level room."""
    first, *rest = module.split(".")
    inner = first == "flows" and rest and rest[0] in MAY_HOLD_ROOMS["flows"]
    return f"flows.{rest[0]}" if inner else first


def layer(room):
    return next(place for place, names in enumerate(LAYERS) if room in names.split(" | "))


@pytest.mark.parametrize("module", DOTTED)
def test_a_module_knows_the_packages_and_rooms_of_its_room_alone(module):
    name, room = DOTTED[module], room_of(module)
    top = module.split(".")[0]
    known = packages(imports(name))
    assert known - ROOMS <= MAY_IMPORT[room] | OPTIONAL.get(name, set())
    assert known & ROOMS <= BELOW[top] | {top}


@pytest.mark.parametrize("module", [each for each in DOTTED if each.startswith("flows.") and each != "flows.__main__"])
def test_within_flows_imports_run_one_way(module):
    here = room_of(module)
    for other in {room_of(each) for each in imports(DOTTED[module]) if each.startswith("flows")} - {here}:
        assert layer(here) < layer(other), f"{here} knows {other}"


def test_no_module_knows_itself_by_way_of_others():
    graph = {module: {each for each in imports(name) if each in DOTTED} - {module} for module, name in DOTTED.items()}
    while leaves := {module for module, known in graph.items() if not known & graph.keys()}:
        graph = {module: known for module, known in graph.items() if module not in leaves}
    assert not graph, "circles among these"


def test_every_room_and_every_room_within_one_is_listed():
    holding = {Path(name).parent.as_posix() for name in MODULES}
    assert holding == ROOMS | {f"{room}/{inner}" for room, rooms in MAY_HOLD_ROOMS.items() for inner in rooms}
    assert {path.parent.name for path in ROOT.glob("*/*.py")} - {"tests", "benchmarks"} == ROOMS
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS
