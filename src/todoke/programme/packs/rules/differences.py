"""What differs between two editions of a pack: the fate of every node, and every link, window or list that changed.

A change of wording is told apart from one that a plan computes with. Where the new edition says nothing of a node, the
same id is the same node, an absent one is gone, and a new one is added（programme.md §1.3）.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from todoke.programme.packs.values import (
    Change,
    ChangeKind,
    Edition,
    EditionDiff,
    Node,
    NodeFate,
    PartChange,
    Relation,
    Succession,
)

from .documents import part_of

TEXT_FIELDS = frozenset({"label", "text", "number", "note", "cites", "tags"})  # what no plan computes with
PARTS = ("links", "windows", "deadlines", "supports", "indicators", "adjustments")


def diff(base: Edition, new: Edition) -> EditionDiff:
    """All differences from `base` to `new`. The map of `new` counts when it starts from the edition of `base`."""
    stated = new.succession if new.supersedes and new.supersedes == base.ref.edition else ()
    return diff_over(base, new, stated)


def diff_over(base: Edition, new: Edition, stated: Sequence[Succession]) -> EditionDiff:
    """All differences, with a succession map given by the caller, such as one that reaches over several editions."""
    fates = [*_stated(base, new, stated)]
    said_before = {one for fate in fates for one in fate.before}
    said_after = {one for fate in fates for one in fate.after}
    ids = {node.id: node for node in new.nodes}
    for node in base.nodes:
        if node.id in said_before:
            continue
        if node.id in ids and node.id not in said_after:
            fates.append(_one_to_one(node, ids[node.id]))
            said_after.add(node.id)
        else:
            fates.append(NodeFate(Relation.DROPPED, (node.id,), (), is_stated=False))
    fates += [
        NodeFate(Relation.ADDED, (), (node.id,), is_stated=False)
        for node in new.nodes
        if node.id not in said_after
    ]
    return EditionDiff(base.ref, new.ref, tuple(fates), tuple(_parts(base, new)))


def _stated(base: Edition, new: Edition, stated: Iterable[Succession]) -> Iterator[NodeFate]:
    old, young = {one.id: one for one in base.nodes}, {one.id: one for one in new.nodes}
    for one in stated:
        changes: tuple[Change, ...] = ()
        if len(one.before) == len(one.after) == 1 and one.before[0] in old and one.after[0] in young:
            changes = changes_of(old[one.before[0]], young[one.after[0]])
        yield NodeFate(one.relation, one.before, one.after, changes, one.note)


def _one_to_one(old: Node, new: Node) -> NodeFate:
    changes = changes_of(old, new)
    relation = Relation.REWORDED if changes else Relation.SAME
    if any(one.field == "parent" for one in changes):
        relation = Relation.MOVED
    return NodeFate(relation, (old.id,), (new.id,), changes, is_stated=False)


def changes_of(old: Node, new: Node) -> tuple[Change, ...]:
    """The fields in which two nodes differ; a changed id is no change of content."""
    before, after = part_of(old), part_of(new)
    return tuple(
        Change(
            name, ChangeKind.TEXT if name in TEXT_FIELDS else ChangeKind.SEMANTIC,
            words(before.get(name)), words(after.get(name)),
        )
        for name in (one.name for one in fields(Node))
        if name != "id" and before.get(name) != after.get(name)
    )  # fmt: skip


def words(value: object) -> str:
    """A value of a document as people read it; nothing for what is not there."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parts(base: Edition, new: Edition) -> Iterator[PartChange]:
    for part in PARTS:
        before, after = _keyed(getattr(base, part)), _keyed(getattr(new, part))
        yield from _changed(part, before, after)
    for name in dict.fromkeys([*base.codelists, *new.codelists]):
        before = {one.code: words(part_of(one)) for one in base.codelists.get(name, ())}
        after = {one.code: words(part_of(one)) for one in new.codelists.get(name, ())}
        yield from _changed(f"codelists.{name}", before, after)


def _changed(part: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[PartChange]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield PartChange(part, key, before.get(key), after.get(key))


def _keyed(entries: Iterable[object]) -> dict[str, str]:
    """Entries by what names them: an id, the node, or the two ends with the type."""
    found = dict[str, str]()
    for one in entries:
        document = part_of(one)
        key = document.get("id") or document.get("node")
        key = key or f"{document['before']} → {document['after']} {document.get('type', 'FS')}"
        found[key] = words(document)
    return found
