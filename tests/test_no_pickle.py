"""Nothing is ever unpickled."""

import ast

import pytest

from source_code import MODULES, imports, parse


@pytest.mark.parametrize("name", MODULES)
def test_nothing_is_ever_unpickled(name):
    assert not {module.split(".")[0] for module in imports(name)} & {"pickle", "joblib", "shelve", "marshal", "dill"}
    words = [node for node in ast.walk(parse(name)) if isinstance(node, ast.keyword) and node.arg == "allow_pickle"]
    assert all(isinstance(each.value, ast.Constant) and each.value.value is False for each in words)
    loads = {ast.unparse(node.func) for node in ast.walk(parse(name)) if isinstance(node, ast.Call)}
    assert not loads & {"np.load", "numpy.load", "pd.read_pickle"}
