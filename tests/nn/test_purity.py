"""The network opens no file, prints nothing, reads no clock and has no random state of its own."""

import ast

import pytest

from source_code import MODULES, imports, parse

PURE = [name for name in MODULES if name.startswith("nn/")]
PURE_STANDARD_LIBRARY = {
    "__future__",
    "bisect",
    "collections",
    "dataclasses",
    "decimal",
    "fractions",
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


@pytest.mark.parametrize("name", PURE)
def test_nn_imports_nothing_that_reads_a_file_a_clock_or_the_system(name):
    modules = {module.split(".")[0] for module in imports(name)}
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
    assert not any(module.startswith("numpy.random") for module in imports(name))


@pytest.mark.parametrize("name", PURE)
def test_nn_keeps_nothing_that_changes_at_the_top_of_a_module(name):
    tree = parse(name)
    values = [each.value for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    assert not [value for value in values if isinstance(value, ast.List | ast.Set | ast.ListComp | ast.SetComp)]
