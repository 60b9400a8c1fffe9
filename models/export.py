"""Export: a version as an ONNX graph, raw measurements in, label and probabilities out, the scaler inside.

All is computed in double precision, as ours is. `onnx` is an optional extra: ``pip install 'wine-labels[onnx]'``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

    from nn.classifier import Classifier

OPSET: Final = 17
IR_VERSION: Final = 8  # what onnxruntime has read since 2022


def to_onnx(classifier: Classifier) -> bytes:
    """A model with input ``measurements`` (n, d), outputs ``label`` (n,), text, and ``probabilities`` (n, k)."""
    try:
        from onnx import TensorProto, checker, helper
    except ImportError as error:
        message = "onnx is not installed; found no such package; pip install 'wine-labels[onnx]'"
        raise ModelError(message) from error
    nodes, constants = _graph(classifier, helper)
    graph = helper.make_graph(
        nodes,
        "wine-labels",
        [helper.make_tensor_value_info("measurements", TensorProto.DOUBLE, ["rows", len(classifier.features)])],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, ["rows"]),
            helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["rows", len(classifier.classes)]),
        ],
        constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, producer_name="wine-labels", opset_imports=opsets, ir_version=IR_VERSION)
    helper.set_model_props(model, {"features": ",".join(classifier.features), "classes": ",".join(classifier.classes)})
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _graph(classifier: Classifier, helper: Any) -> tuple[list[Any], list[Any]]:
    """The nodes from measurements to label and probabilities, and their constants."""
    from onnx import TensorProto, numpy_helper

    constants: list[Any] = []

    def constant(name: str, array: np.ndarray[Any, Any]) -> str:
        constants.append(numpy_helper.from_array(array, name))
        return name

    scaler = classifier.standardizer
    nodes = [
        helper.make_node("Sub", ["measurements", constant("mean", scaler.mean)], ["centred"]),
        helper.make_node("Div", ["centred", constant("scale", scaler.scale)], ["layer_0"]),
    ]
    network = classifier.network
    last = len(network.weights)
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        inputs = [f"layer_{layer - 1}", constant(f"weight_{layer}", weight), constant(f"bias_{layer}", bias)]
        nodes.append(helper.make_node("Gemm", inputs, [f"scores_{layer}"]))
        after = ("Softmax", "probabilities") if layer == last else ("Tanh", f"layer_{layer}")
        nodes.append(helper.make_node(after[0], [f"scores_{layer}"], [after[1]]))
    names = [name.encode() for name in classifier.classes]
    constants.append(helper.make_tensor("classes", TensorProto.STRING, [len(names)], names))
    nodes.append(helper.make_node("ArgMax", ["probabilities"], ["index"], axis=1, keepdims=0))
    nodes.append(helper.make_node("Gather", ["classes", "index"], ["label"]))
    return nodes, constants
