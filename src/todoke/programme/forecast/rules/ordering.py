"""Orders that keep every dependency, and the circles that make one impossible."""

import heapq
from collections import deque
from collections.abc import Sequence

from todoke.programme.forecast.errors import OrderInCircle
from todoke.programme.forecast.values import Network


def topological(successors: Sequence[Sequence[int]], priority: Sequence[int]) -> list[int]:
    """All activities, each after those it depends on; among those that are free the smallest (priority, index) first.

    Shorter than the input when there is a circle.
    """
    waiting = [0] * len(successors)
    for ends in successors:
        for one in ends:
            waiting[one] += 1
    free = [(priority[one], one) for one, count in enumerate(waiting) if not count]
    heapq.heapify(free)
    order = []
    while free:
        _, one = heapq.heappop(free)
        order.append(one)
        for after in successors[one]:
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(free, (priority[after], after))
    return order


def circles(network: Network) -> tuple[tuple[str, ...], ...]:
    """Every knot of the dependencies by one shortest circle through it, keys in order; none when the order is sound."""
    place = {one.key: index for index, one in enumerate(network.activities)}
    successors: list[list[int]] = [[] for _ in place]
    for link in network.dependencies:
        successors[place[link.before]].append(place[link.after])
    found: list[tuple[str, ...]] = []
    seen: set[int] = set()
    order = topological(successors, [0] * len(place))
    left = sorted(set(range(len(place))) - set(order))
    for one in left:
        if one in seen:
            continue
        circle = _shortest_circle(one, successors)
        if circle:
            seen.update(circle)
            found.append(tuple(network.activities[index].key for index in circle))
    return tuple(found)


def _shortest_circle(start: int, successors: Sequence[Sequence[int]]) -> list[int]:
    """Breadth first from `start` back to it; empty when it lies on no circle."""
    came_from = {start: -1}
    queue = deque([start])
    while queue:
        one = queue.popleft()
        for after in successors[one]:
            if after == start:
                return _path(one, came_from)
            if after not in came_from:
                came_from[after] = one
                queue.append(after)
    return []


def _path(end: int, came_from: dict[int, int]) -> list[int]:
    path = []
    while end >= 0:
        path.append(end)
        end = came_from[end]
    return path[::-1]


def refuse_circles(network: Network) -> None:
    """Raise OrderInCircle, naming the first circle by labels."""
    found = circles(network)
    if found:
        label = {one.key: one.label for one in network.activities}
        raise OrderInCircle(circle=" → ".join(label[key] for key in (*found[0], found[0][0])))
