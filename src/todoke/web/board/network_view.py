"""What waits for what: the network of a plan in layers, the critical path through it, and its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from todoke.programme.forecast.values import Network

from .drawn import Drawn, Work, drawn

MOST_BONDS = 300  # rows on the page; the file has all
MOST_BOXES = 60  # more boxes are no picture any more: one 事務 at a time, or the critical path alone
BOX, GAP, ROW, TOP = 168, 40, 56, 8
HEADER = ("前の取組", "後の取組", "つながり", "間の執務日", "根拠", "どちらも最も余裕のない経路")


@dataclass(frozen=True, slots=True)
class Box:
    """One piece of work in the drawing; two short lines of words."""

    x: int
    y: int
    first: str
    second: str
    tone: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another; strong where the critical path runs."""

    path: str
    is_critical: bool


@dataclass(frozen=True, slots=True)
class Bond:
    """One row of the table: what waits for what."""

    before: str
    after: str
    type: str
    lag: int
    strength: str
    is_critical: bool


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """The drawing of a part of the network with its table; `is_cut`: too much for one drawing."""

    drawn: Drawn
    concept: str
    concepts: Sequence[tuple[str, str]]
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    width: int
    height: int
    bonds: Sequence[Bond]
    critical: Sequence[Work]
    is_cut: bool
    bond_count: int


def network_page(uuid: UUID, concept: str, *, as_of: date) -> NetworkPage:
    """The network of one 事務, or of the critical path where none is chosen. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    concepts = sorted({(one.item.concept, one.item.concept_label) for one in found.works if one.item.concept})
    critical = sorted(
        (one for one in found.works if one.place.is_critical and not one.is_done),
        key=lambda one: one.place.start,
    )
    members = [one for one in found.works if one.item.concept in {concept, ""}] if concept else list(critical)
    shown = sorted(members[:MOST_BOXES], key=lambda one: (one.item.concept, one.activity.key))
    bonds = links_between(found.network, {one.activity.key for one in shown})
    place = layers([one.activity.key for one in shown], bonds)
    boxes = {one.activity.key: _box(one, place[one.activity.key], is_named=not concept) for one in shown}
    tall = max((row for _, row in place.values()), default=0)
    wide = max((layer for layer, _ in place.values()), default=0)
    rows = _rows(found, {one.activity.key for one in members})
    return NetworkPage(
        found, concept, concepts, list(boxes.values()), [_arrow(boxes[a], boxes[b]) for a, b in bonds],
        (wide + 1) * (BOX + GAP), (tall + 1) * ROW + TOP, rows[:MOST_BONDS], critical,
        len(members) > len(shown), len(rows),
    )  # fmt: skip


def links_between(network: Network, keys: set[str]) -> list[tuple[str, str]]:
    """Which of these wait for which, also through milestones and work that are not among them, without detours."""
    after: dict[str, list[str]] = {}
    for one in network.dependencies:
        after.setdefault(one.before, []).append(one.after)
    found = []
    for key in keys:
        waiting, seen = list(after.get(key, ())), set()
        while waiting:
            other = waiting.pop()
            if other in seen:
                continue
            seen.add(other)
            if other in keys:
                found.append((key, other))
            else:
                waiting += after.get(other, ())
    return sorted(found)


def layers(keys: Sequence[str], bonds: Sequence[tuple[str, str]]) -> Mapping[str, tuple[int, int]]:
    """For each piece of work its column（one right of all it waits for）and its row in that column, in the order given."""
    before: dict[str, list[str]] = {key: [] for key in keys}
    for first, second in bonds:
        before[second].append(first)
    layer: dict[str, int] = {}
    for _ in range(len(keys) + 1):
        moved = {
            key: 1 + max((layer.get(one, 0) for one in known), default=-1) for key, known in before.items()
        }
        if moved == layer:
            break
        layer = moved
    rows: dict[int, int] = {}
    found = {}
    for key in sorted(keys, key=layer.__getitem__):
        found[key] = (layer[key], rows.get(layer[key], 0))
        rows[layer[key]] = found[key][1] + 1
    return found


def _short(words: str) -> str:
    """What fits into one line of a box."""
    return words if len(words) <= 12 else words[:11] + "…"


def _box(work: Work, place: tuple[int, int], *, is_named: bool) -> Box:
    """The box of one piece of work; its second line names the 事務 where those of several stand together."""
    words = f"{work.item.number}{work.item.label}"
    first, second = words[:12], _short(words[12:])
    if is_named and work.item.concept_label:
        first, second = _short(words), _short(work.item.concept_label)
    tone = "finished" if work.is_done else "critical" if work.place.is_critical else "open"
    return Box(
        place[0] * (BOX + GAP),
        place[1] * ROW + TOP,
        first,
        second,
        tone,
    )


def _arrow(first: Box, second: Box) -> Arrow:
    x, y, to_x, to_y = first.x + BOX, first.y + 22, second.x - 2, second.y + 22
    middle = GAP // 2
    path = f"M{x} {y}C{x + middle} {y} {to_x - middle} {to_y} {to_x} {to_y}"
    return Arrow(path, first.tone == second.tone == "critical")


def _rows(found: Drawn, keys: set[str] | None) -> list[Bond]:
    labels = found.labels()
    critical = {one.activity.key for one in found.works if one.place.is_critical and not one.is_done}
    return [
        Bond(
            labels[one.before], labels[one.after], one.type.label, one.lag, one.strength.label,
            one.before in critical and one.after in critical,
        )
        for one in found.network.dependencies
        if keys is None or one.before in keys or one.after in keys
    ]  # fmt: skip


def rows_for_file(uuid: UUID, *, as_of: date) -> list[list[str]]:
    """Every link of the plan."""
    return [
        [one.before, one.after, one.type, str(one.lag), one.strength, "○" if one.is_critical else ""]
        for one in _rows(drawn(uuid, as_of=as_of), None)
    ]
