import numpy as np
import onnx
import onnxruntime
import pytest

from models.graph import Graph


def test_nodes_are_computed_from_inputs_and_constants_in_their_order():
    graph = Graph()
    graph.add("Mul", ["x", graph.constant("two", np.array(2.0))], "twice")
    graph.add("ArgMax", ["twice"], "at", axis=0, keepdims=0)
    graph.add("Gather", [graph.texts("names", ["a", "ñ"]), "at"], "name")
    outputs = [graph.tensor("twice", "DOUBLE", "rows"), graph.tensor("name", "STRING")]
    session = onnxruntime.InferenceSession(
        graph.model([graph.tensor("x", "DOUBLE", "rows")], outputs, {"made": "here"})
    )
    twice, name = session.run(None, {"x": np.array([1.5, 4.0])})
    assert (twice.tolist(), str(name), session.get_modelmeta().custom_metadata_map) == ([3, 8], "ñ", {"made": "here"})


def test_a_graph_that_cannot_be_computed_is_never_given_out():
    graph = Graph()
    graph.add("Mul", ["x", "nowhere"], "y")
    with pytest.raises(onnx.checker.ValidationError):
        graph.model([graph.tensor("x", "DOUBLE", "rows")], [graph.tensor("y", "DOUBLE", "rows")], {})
