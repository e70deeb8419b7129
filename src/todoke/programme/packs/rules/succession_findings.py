"""Whether the map from the edition before is complete: each old node has one fate, each new one an origin."""

from collections import Counter
from collections.abc import Iterator, Mapping

from todoke.programme.packs.values import ChangeKind, Edition, Finding, Relation, Succession, Weight

from .differences import changes_of

SENTENCES: Mapping[str, tuple[Weight, str]] = {
    "PCK-301": (Weight.FAULT, "前の版の項目「{what}」の行き先がありません。廃止なら dropped と書いてください。"),
    "PCK-302": (Weight.FAULT, "前の版の項目「{what}」の行き先が二つあります。一つの対応にまとめてください。"),
    "PCK-303": (Weight.FAULT, "新しい項目「{what}」の元がありません。新設なら added と書いてください。"),
    "PCK-304": (Weight.FAULT, "新しい項目「{what}」の元が二つの対応にあります。merged の一つにまとめてください。"),
    "PCK-305": (Weight.FAULT, "前の版に「{what}」という項目はありません。番号を確かめてください。"),
    "PCK-306": (Weight.FAULT, "この版に「{what}」という項目はありません。番号を確かめてください。"),
    "PCK-307": (Weight.FAULT, "対応の種類と数が合いません（{what}）。種類か、前後の項目を直してください。"),
    "PCK-308": (Weight.DOUBT, "「そのまま」とありますが、{what}が変わっています。種類を見直してください。"),
    "PCK-309": (Weight.DOUBT, "前の版（{what}）が手元にないため、対応表が揃っているかは確かめていません。"),
    "PCK-310": (Weight.FAULT, "対応表がありますが、前の版（supersedes）が書かれていません。"),
    "PCK-311": (Weight.NOTE, "対応表がありません。同じ番号は同じ項目、ない番号は廃止とみなします。"),
}  # fmt: skip
_ONE_TO_ONE = frozenset({Relation.SAME, Relation.REWORDED, Relation.MOVED})


def succession_findings(edition: Edition, before: Edition | None) -> list[Finding]:
    """All that is not good about the map; without the edition before, its shape alone."""
    if not edition.supersedes:
        return [_finding("PCK-310", "succession")] if edition.succession else []
    found = [*_shapes(edition), *_new_side(edition)]
    if before is None:
        return [*found, _finding("PCK-309", "supersedes", edition.supersedes)]
    if not edition.succession:
        return [*found, _finding("PCK-311", "succession")]
    return [*found, *_old_side(edition, before), *_claims(edition, before)]


def _finding(code: str, where: str, what: object = "") -> Finding:
    weight, sentence = SENTENCES[code]
    return Finding(weight, code, where, sentence.format(what=what))


def _shapes(edition: Edition) -> Iterator[Finding]:
    for one in edition.succession:
        if not _fits(one):
            sizes = f"{one.relation.label} {len(one.before)}対{len(one.after)}"
            yield _finding("PCK-307", _where(one), sizes)


def _fits(one: Succession) -> bool:
    before, after = len(one.before), len(one.after)
    if one.relation in _ONE_TO_ONE:
        return before == after == 1
    return {
        Relation.SPLIT: before == 1 and after > 1,
        Relation.MERGED: before > 1 and after >= 1,
        Relation.DROPPED: before >= 1 and after == 0,
        Relation.ADDED: before == 0 and after >= 1,
    }[one.relation]


def _where(one: Succession) -> str:
    return f"succession {'・'.join(one.before) or '－'} → {'・'.join(one.after) or '－'}"


def _new_side(edition: Edition) -> Iterator[Finding]:
    known, counts = {one.id for one in edition.nodes}, Counter[str]()
    for one in edition.succession:
        counts.update(one.after)
        yield from (_finding("PCK-306", _where(one), node) for node in one.after if node not in known)
    yield from (
        _finding("PCK-304", f"succession {node}", node) for node, times in counts.items() if times > 1
    )
    if edition.succession:
        missing = [one.id for one in edition.nodes if one.id not in counts]
        yield from (_finding("PCK-303", f"nodes {node}", node) for node in missing)


def _old_side(edition: Edition, before: Edition) -> Iterator[Finding]:
    known, counts = {one.id for one in before.nodes}, Counter[str]()
    for one in edition.succession:
        counts.update(one.before)
        yield from (_finding("PCK-305", _where(one), node) for node in one.before if node not in known)
    for node in before.nodes:
        if counts[node.id] != 1:
            code = "PCK-302" if counts[node.id] else "PCK-301"
            yield _finding(code, f"succession {node.id}", node.id)


def _claims(edition: Edition, before: Edition) -> Iterator[Finding]:
    """What is called the same and is not."""
    for one in edition.succession:
        if one.relation not in {Relation.SAME, Relation.REWORDED} or not _fits(one):
            continue
        old, new = before.node(one.before[0]), edition.node(one.after[0])
        if old is None or new is None:
            continue
        changes = [c for c in changes_of(old, new) if c.field != "parent"]
        if one.relation is Relation.REWORDED:
            changes = [c for c in changes if c.kind is ChangeKind.SEMANTIC and c.field == "kind"]
        if changes:
            yield _finding("PCK-308", _where(one), "・".join(c.field for c in changes))
