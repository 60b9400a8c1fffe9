"""The code as text: every module of the rooms, and what it imports."""

import ast
import functools
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = {"nn", "schemas", "data", "models", "flows"}
MODULES = sorted(path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
DOTTED = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in MODULES}


@functools.cache
def parse(name):
    return ast.parse((ROOT / name).read_text())


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


@functools.cache
def imports(name, *, typed=True):
    """The modules that a module imports anywhere in it, by their dotted names; with those it needs for types alone."""
    tree = parse(name)
    guarded = {
        each for node in ast.walk(tree) if is_type_checking(node) for kept in node.body for each in ast.walk(kept)
    }
    found = set()
    for node in ast.walk(tree):
        if node in guarded and not typed:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import hides where a thing comes from"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {each if each in DOTTED else node.module for each in inner}
    return frozenset(found)


def packages(modules):
    """The top-level packages of these modules, but for the standard library."""
    return {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names)
