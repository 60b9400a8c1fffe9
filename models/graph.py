"""A graph: the nodes of an ONNX model and their constants, added one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

OPSETS: Final = {"": 17, "ai.onnx.ml": 2}
IR_VERSION: Final = 8  # what onnxruntime has read since 2022


class Graph:
    """Nodes in the order in which they are computed. ImportError where `onnx` is not installed."""

    def __init__(self) -> None:
        from onnx import helper

        self._helper = helper
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operation: str, inputs: Sequence[str], output: str, domain: str = "", **settings: Any) -> str:
        """A node of one output, whose name comes back."""
        node = self._helper.make_node(operation, inputs, [output], domain=domain or None, **settings)
        self._nodes.append(node)
        return output

    def constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """Numbers, whose name comes back."""
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def texts(self, name: str, texts: Sequence[str]) -> str:
        """Texts, whose name comes back."""
        from onnx import TensorProto

        encoded: Any = [text.encode() for text in texts]  # which onnx takes, and does not say so
        self._constants.append(self._helper.make_tensor(name, TensorProto.STRING, [len(texts)], encoded))
        return name

    def tensor(self, name: str, kind: str, *shape: str | int) -> Any:
        """An input or output of a kind, `DOUBLE` or `STRING`, and shape."""
        from onnx import TensorProto

        return self._helper.make_tensor_value_info(name, getattr(TensorProto, kind), list(shape))

    def model(self, inputs: Sequence[Any], outputs: Sequence[Any], said: dict[str, str]) -> bytes:
        """The bytes of the model, checked, which says this of itself."""
        from onnx import checker

        domains = sorted({node.domain for node in self._nodes})
        graph = self._helper.make_graph(self._nodes, "wine-labels", inputs, outputs, self._constants)
        opsets = [self._helper.make_opsetid(domain, OPSETS[domain]) for domain in domains]
        made = self._helper.make_model(graph, producer_name="wine-labels", opset_imports=opsets, ir_version=IR_VERSION)
        self._helper.set_model_props(made, said)
        checker.check_model(made, full_check=True)
        return bytes(made.SerializeToString())
