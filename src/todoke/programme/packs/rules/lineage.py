"""Where a node went over several editions: a chain of successions, as strong as its loosest hop."""

import itertools
from collections.abc import Iterable, Sequence

from todoke.programme.packs.values import Edition, EditionDiff, Lineage, Relation, Succession

from .differences import diff, diff_over

LOOSENESS = (  # from the tightest to the loosest
    Relation.SAME, Relation.REWORDED, Relation.MOVED, Relation.SPLIT, Relation.MERGED, Relation.DROPPED, Relation.ADDED,
)  # fmt: skip


def successors(new: Edition, node_id: str) -> tuple[str, ...]:
    """The nodes of an edition that took over a node of the edition before it. An unknown node has none.

    Where the map says nothing, a node of the same id is its own successor.
    """
    stated = [one for one in new.succession if node_id in one.before]
    if stated:
        return tuple(dict.fromkeys(after for one in stated for after in one.after))
    taken = {after for one in new.succession for after in one.after}
    return (node_id,) if new.node(node_id) is not None and node_id not in taken else ()


def lineage(editions: Sequence[Edition], node_id: str) -> Lineage:
    """Where a node of the first edition is in the last; the relation is the loosest on the way.

    A part that ends on the way, while other parts go on, loosens nothing: what was split stays split.
    """
    hops = [diff(older, newer) for older, newer in itertools.pairwise(editions)]
    heirs_now: tuple[str, ...] = (node_id,)
    relation = Relation.SAME
    for hop in hops:
        relation = loosest([relation, *(_relation(hop, one) for one in heirs_now if _heirs(hop, one))])
        heirs_now = tuple(dict.fromkeys(heir for one in heirs_now for heir in _heirs(hop, one)))
    if not heirs_now:
        relation = Relation.DROPPED
    return Lineage(node_id, relation, heirs_now, tuple(one.ref for one in editions))


def heirs(editions: Sequence[Edition]) -> EditionDiff:
    """All differences from the first edition to the last, every node followed through those between."""
    first, last = editions[0], editions[-1]
    if len(editions) <= 2:
        return diff(first, last)
    lines = [lineage(editions, node.id) for node in first.nodes]
    merged = _merged(lines)
    covered = {heir for one in merged for heir in one.after}
    added = [Succession(Relation.ADDED, (), (node.id,)) for node in last.nodes if node.id not in covered]
    return diff_over(first, last, [*merged, *added])


def _merged(lines: Iterable[Lineage]) -> list[Succession]:
    """Lines that meet in one heir become one entry, so that each node stands in exactly one."""
    groups: list[tuple[list[Lineage], set[str]]] = []
    for line in lines:
        mine, reached = [line], set(line.heirs)
        apart = []
        for group in groups:
            if reached & group[1]:
                mine, reached = [*group[0], *mine], reached | group[1]
            else:
                apart.append(group)
        groups = [*apart, (mine, reached)]
    return [_entry(members) for members, _ in groups]


def _entry(members: Sequence[Lineage]) -> Succession:
    relation = loosest(one.relation for one in members)
    if len(members) > 1:
        relation = Relation.MERGED
    after = tuple(dict.fromkeys(heir for one in members for heir in one.heirs))
    return Succession(relation, tuple(one.node for one in members), after)


def loosest(relations: Iterable[Relation]) -> Relation:
    """The one that says least: what can be compared one to one comes first."""
    return max(relations, key=LOOSENESS.index)


def _relation(hop: EditionDiff, node_id: str) -> Relation:
    fate = hop.fate_of(node_id)
    return fate.relation if fate else Relation.DROPPED


def _heirs(hop: EditionDiff, node_id: str) -> tuple[str, ...]:
    fate = hop.fate_of(node_id)
    return fate.after if fate else ()
