"""Export: a version as an ONNX graph, raw measurements in, label and probabilities out, the scaler inside.

All is computed in double precision, as ours is. `onnx` is an optional extra: ``pip install 'wine-labels[onnx]'``.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from models.errors import ModelError
from models.graph import Graph
from models.graph_inputs import add_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.classifier import Classifier


def to_onnx(classifier: Classifier) -> bytes:
    """A model with input ``measurements`` (n, d), outputs ``label`` (n,), text, and ``probabilities`` (n, k).

    Of a version that takes categories or missing values, ``measurements`` are the numbers, NaN where one is missing,
    and an input ``categories`` the others as text, empty where one is missing: each in the order of the features, and
    only where there are any.
    """
    try:
        graph = Graph()
    except ImportError as error:
        message = "onnx is not installed; found no such package; pip install 'wine-labels[onnx]'"
        raise ModelError(message) from error
    inputs = add_inputs(graph, classifier, "layer_0")
    _add_layers(graph, classifier)
    outputs = [
        graph.tensor("label", "STRING", "rows"),
        graph.tensor("probabilities", "DOUBLE", "rows", len(classifier.classes)),
    ]
    said = {"features": _joined(classifier.features), "classes": _joined(classifier.classes)}
    return graph.model(inputs, outputs, said)


def _joined(names: Sequence[str]) -> str:
    """The names separated by commas, those that have one within in quotes, as CSV has it."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(names)
    return line.getvalue()


def _add_layers(graph: Graph, classifier: Classifier) -> None:
    """The nodes from standardized inputs to probabilities and label."""
    network = classifier.network
    last = len(network.weights)
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        weighed = graph.constant(f"weight_{layer}", weight), graph.constant(f"bias_{layer}", bias)
        graph.add("Gemm", [f"layer_{layer - 1}", *weighed], f"scores_{layer}")
        operation, output = ("Softmax", "probabilities") if layer == last else ("Tanh", f"layer_{layer}")
        graph.add(operation, [f"scores_{layer}"], output)
    graph.add("ArgMax", ["probabilities"], "index", axis=1, keepdims=0)
    graph.add("Gather", [graph.texts("classes", classifier.classes), "index"], "label")
