import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"nn", "schemas", "data", "models", "flows"}

# What the modules of a room may import besides their own room and the standard library.
MAY_IMPORT = {
    "nn": {"numpy"},
    "schemas": {"numpy", "pandas", "pandera", "pyarrow"},
    "data": {"numpy", "pandas", "pyarrow"},
    "models": {"nn", "numpy"},
}
# flows joins the rooms; what each of its modules may import is said one by one.
FLOWS_MAY_IMPORT = {
    "__init__": set(),
    "__main__": set(),
    "alive": {"data"},
    "artifacts": {"prefect"},
    "batch": set(),
    "bulletin": {"pyarrow"},
    "card": set(),
    "cli": {"cyclopts", "data"},
    "cluster": {"data", "prefect"},
    "terminal": {"cyclopts", "models", "rich", "schemas"},
    "contract": {"cyclopts", "schemas"},
    "deploying": {"data", "httpx", "prefect"},
    "figures": {"matplotlib"},
    "gate": {"models", "nn", "numpy"},
    "home": {"data"},
    "inbox": {"data"},
    "labeller": {"data", "models", "nn", "numpy", "pandas", "pyarrow", "schemas"},
    "labelling": {"data", "models", "prefect"},
    "ledger": {"data", "pyarrow"},
    "nightly": {"data", "models", "prefect", "pydantic"},
    "notices": {"pyarrow"},
    "one_off": {"data", "httpx", "models"},
    "progress": set(),
    "refused": {"data"},
    "refusals": {"data", "models", "schemas"},
    "reference": {"data", "models", "numpy", "pyarrow"},
    "replay": {"data", "models", "pyarrow"},
    "report": {"nn", "numpy", "pyarrow", "schemas"},
    "schedule": set(),
    "server": set(),
    "stale": {"prefect"},
    "steps": {"data", "models", "nn", "numpy", "pandas", "pyarrow", "schemas", "threadpoolctl"},
    "pages": {"data", "jinja2", "models", "numpy", "pyarrow"},
    "publication": {"data", "schemas", "threadpoolctl"},
    "summary": {"models", "pyarrow", "rich"},
    "trainer": {"data", "models", "nn", "numpy", "schemas", "threadpoolctl"},
    "training": {"data", "prefect"},
    "truth": {"data", "numpy", "pandas"},
    "versions": {"cyclopts", "models"},
}
# What a module may import where the extra of that name is installed.
OPTIONAL = {"models/export.py": {"onnx"}, "flows/cluster.py": {"distributed", "prefect_dask"}}
# What a module may import for its annotations alone.
TYPES_MAY_IMPORT = {"flows/refusals.py": {"prefect"}}
KNOWS_PREFECT = {
    f"flows/{name}.py" for name in ("artifacts", "cluster", "deploying", "labelling", "nightly", "stale", "training")
}

MODULES = sorted(path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
PURE = [name for name in MODULES if name.startswith("nn/")]

PURE_STANDARD_LIBRARY = {
    "__future__",
    "collections",
    "dataclasses",
    "functools",
    "itertools",
    "math",
    "statistics",
    "typing",
}
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "compile", "breakpoint", "globals", "setattr"}
FILES_OF_NUMPY = {
    "DataSource", "fromfile", "fromregex", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez",
    "savez_compressed",
}  # fmt: skip
RANDOM_STREAMS = {"Generator", "RandomState", "default_rng", "SeedSequence", "PCG64"}


def parse(name):
    return ast.parse((ROOT / name).read_text())


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imports(tree):
    """The modules that a module imports anywhere in it, by their dotted names, and those it imports for types alone."""
    guarded = [each for node in ast.walk(tree) if is_type_checking(node) for each in node.body]
    typed = {node for each in guarded for node in ast.walk(each)}
    found = {False: set(), True: set()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found[node in typed] |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where a thing comes from"
            found[node in typed].add(node.module)
    return found[False], found[True]


def rooms_and_packages(modules):
    return {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names)


def allowed(name):
    room, _, rest = name.partition("/")
    own = FLOWS_MAY_IMPORT[Path(rest).stem] if room == "flows" else MAY_IMPORT[room]
    return own | {room} | OPTIONAL.get(name, set())


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_its_room_may(name):
    real, typed = imports(parse(name))
    assert rooms_and_packages(real) <= allowed(name)
    assert rooms_and_packages(typed) <= allowed(name) | TYPES_MAY_IMPORT.get(name, set())


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_imported_by_a_name_made_at_run_time_but_the_tables(name):
    calls = {ast.unparse(node.func) for node in ast.walk(parse(name)) if isinstance(node, ast.Call)}
    dynamic = {call for call in calls if call.split(".")[-1] in {"import_module", "__import__"}}
    assert not dynamic or name == "schemas/_table.py"


def test_there_is_no_room_that_is_not_listed():
    holding_code = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert holding_code - {"tests", "benchmarks"} == ROOMS
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS


def test_a_room_has_no_rooms_of_its_own():
    assert [name for name in MODULES if name.count("/") > 1] == []


def test_every_module_of_flows_says_what_it_may_import():
    modules = {Path(name).stem for name in MODULES if name.startswith("flows/")}
    assert modules == set(FLOWS_MAY_IMPORT)


def test_only_the_flows_know_prefect():
    knowing = {name for name in MODULES if "prefect" in rooms_and_packages(imports(parse(name))[0])}
    assert knowing == KNOWS_PREFECT


def test_nothing_imports_flows():
    knowing = {name for name in MODULES if "flows" in rooms_and_packages(set.union(*imports(parse(name))))}
    assert {name.split("/")[0] for name in knowing} == {"flows"}


def test_the_rooms_at_the_bottom_do_not_know_each_other():
    bottom = {"nn", "schemas", "data"}
    for name in MODULES:
        room = name.split("/")[0]
        if room in bottom:
            assert not rooms_and_packages(set.union(*imports(parse(name)))) & (bottom | {"models"}) - {room}


def test_every_package_that_is_imported_is_a_dependency_and_every_other_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    declared = {each.split(">")[0]: each for each in tomllib.loads("\n".join(lines))["project"]["dependencies"]}
    used = set.union(*(rooms_and_packages(set.union(*imports(parse(name)))) for name in MODULES)) - ROOMS
    assert used - set.union(*OPTIONAL.values()) <= set(declared)
    for name in set(declared) - used:
        (place,) = (number for number, line in enumerate(lines) if f'"{declared[name]}"' in line)
        assert lines[place - 1].strip().startswith("#")


@pytest.mark.parametrize("name", PURE)
def test_nn_imports_nothing_that_reads_a_file_a_clock_or_the_system(name):
    modules = {module.split(".")[0] for module in set.union(*imports(parse(name)))}
    assert modules <= PURE_STANDARD_LIBRARY | {"nn", "numpy"}


@pytest.mark.parametrize("name", PURE)
def test_nn_opens_no_file_and_prints_nothing(name):
    nodes = list(ast.walk(parse(name)))
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    assert not named & IMPURE_NAMES
    assert not attributes & {f"np.{each}" for each in FILES_OF_NUMPY}
    assert not {each.split(".")[-1] for each in attributes} & {"tofile", "dump"}


@pytest.mark.parametrize("name", PURE)
def test_nn_draws_only_from_a_stream_that_is_handed_on(name):
    tree = parse(name)
    drawn = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    of_numpy = {each.split(".")[2] for each in drawn if each.startswith(("np.random.", "numpy.random."))}
    assert of_numpy <= RANDOM_STREAMS
    assert not any(module.startswith("numpy.random") for module in imports(tree)[0])


@pytest.mark.parametrize("name", PURE)
def test_nn_keeps_nothing_that_changes_at_the_top_of_a_module(name):
    tree = parse(name)
    values = [each.value for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    assert not [value for value in values if isinstance(value, ast.List | ast.Set | ast.ListComp | ast.SetComp)]


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_ever_unpickled(name):
    real, typed = imports(parse(name))
    assert not {module.split(".")[0] for module in real | typed} & {"pickle", "joblib", "shelve", "marshal", "dill"}
    words = [node for node in ast.walk(parse(name)) if isinstance(node, ast.keyword) and node.arg == "allow_pickle"]
    assert all(isinstance(each.value, ast.Constant) and each.value.value is False for each in words)
    loads = {ast.unparse(node.func) for node in ast.walk(parse(name)) if isinstance(node, ast.Call)}
    assert not loads & {"np.load", "numpy.load", "pd.read_pickle"}
