"""A circle in a graph, found without recursion."""

import graphlib
from collections.abc import Iterable, Mapping


def circle_among(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes of one circle in the order of the edges, the first once more at the end; empty when there is none."""
    try:
        list(graphlib.TopologicalSorter({node: list(ends) for node, ends in edges.items()}).static_order())
    except graphlib.CycleError as circle:
        found: list[str] = list(reversed(circle.args[1]))
        return found
    return []
