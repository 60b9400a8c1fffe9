"""The inputs of a network as a graph computes them: measurements and texts to z-scores, 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.graph import Graph
    from nn.classifier import Classifier
    from nn.columns import Column


def add_inputs(graph: Graph, classifier: Classifier, output: str) -> list[Any]:
    """Nodes that compute the standardized inputs, (n, D), under this name; the tensors they are computed from."""
    mean, scale = classifier.standardizer.mean, classifier.standardizer.scale
    columns = classifier.encoding.across(len(classifier.features))
    if classifier.encoding.plain:
        graph.add("Sub", ["measurements", graph.constant("mean", mean)], "centred")
        graph.add("Div", ["centred", graph.constant("scale", scale)], output)
        return [graph.tensor("measurements", "DOUBLE", "rows", len(columns))]
    categories = [column for column in columns if column.levels]
    numbers = len(columns) - len(categories)
    flags = classifier.encoding.flags(len(columns))
    parts, tensors = [], []
    if numbers:
        parts += _add_numbers(graph, mean[~flags], scale[~flags])
        tensors.append(graph.tensor("measurements", "DOUBLE", "rows", numbers))
    if categories:
        parts += [_add_levels(graph, at, column) for at, column in enumerate(categories)]
        tensors.append(graph.tensor("categories", "STRING", "rows", len(categories)))
    graph.add("Concat", parts, "parts", axis=1)
    graph.add("Gather", ["parts", graph.constant("order", np.array([*_order(columns, numbers)]))], output, axis=1)
    return tensors


def _add_numbers(graph: Graph, mean: np.ndarray[Any, Any], scale: np.ndarray[Any, Any]) -> list[str]:
    """Numbers as z-scores, and whether each is missing."""
    graph.add("IsNaN", ["measurements"], "missing")
    graph.add("Where", ["missing", graph.constant("mean", mean), "measurements"], "filled")
    graph.add("Sub", ["filled", "mean"], "centred")
    graph.add("Div", ["centred", graph.constant("scale", scale)], "numbers")
    graph.add("CastLike", ["missing", "scale"], "indicators")
    return ["numbers", "indicators"]


def _add_levels(graph: Graph, at: int, column: Column) -> str:
    """One category as 0 and 1; a place beyond the last is none of them."""
    texts, values = [*column.levels, ""], [*range(len(column.levels)), np.nan, -1.0]
    *places, none = column.places(np.array(values)).tolist()
    settings = {"keys_strings": texts, "values_int64s": places, "default_int64": none}
    graph.add("Gather", ["categories", graph.constant(f"category_{at}", np.array([at]))], f"texts_{at}", axis=1)
    graph.add("LabelEncoder", [f"texts_{at}"], f"place_{at}", "ai.onnx.ml", **settings)
    graph.add("Equal", [f"place_{at}", graph.constant(f"places_{at}", np.arange(column.width))], f"is_{at}")
    return graph.add("CastLike", [f"is_{at}", graph.constant(f"one_{at}", np.ones(1))], f"levels_{at}")


def _order(columns: tuple[Column, ...], numbers: int) -> Iterator[int]:
    """Where each input stands among the numbers, whether these are missing, and the levels, one after the other."""
    number, level = 0, 2 * numbers
    for column in columns:
        if column.levels:
            yield from range(level, level + column.width)
            level += column.width
        else:
            yield from (number, numbers + number)[: column.width]
            number += 1
