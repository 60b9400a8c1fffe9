"""Dependencies: all that is imported is declared, and what is declared beyond has its reason beside it."""

import ast
import tomllib

import pytest

from source_code import MODULES, ROOMS, ROOT, imports, packages, parse

EXTRAS = {"onnx", "distributed", "prefect_dask", "openpyxl"}  # what is imported only where it is asked for


def test_every_package_that_is_imported_is_a_dependency_and_every_other_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    declared = {each.split(">")[0]: each for each in tomllib.loads("\n".join(lines))["project"]["dependencies"]}
    used = set.union(*(packages(imports(name)) for name in MODULES)) - ROOMS
    assert used - EXTRAS <= set(declared)
    for name in set(declared) - used:
        (place,) = (number for number, line in enumerate(lines) if f'"{declared[name]}"' in line)
        assert lines[place - 1].strip().startswith("#")


@pytest.mark.parametrize("name", MODULES)
def test_only_rules_and_tables_of_modules_are_imported_by_a_name_made_at_run_time(name):
    calls = {ast.unparse(node.func).split(".")[-1] for node in ast.walk(parse(name)) if isinstance(node, ast.Call)}
    assert not calls & {"import_module", "__import__"} or name == "schemas/modules.py"
