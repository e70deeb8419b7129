"""追加データ: the overlays of prefectures and towns that a body has at hand, what each adds, and for whom it is sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, QueryDict

from todoke.foundation.errors import TodokeError
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Edition, EditionRef, NodeFate, PartChange, Relation
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Plan

MOST_LINES = 300
PARTS: Mapping[str, str] = {
    "links": "前後関係", "windows": "時期の制約", "deadlines": "目標時期", "supports": "財政支援", "indicators": "指標",
    "adjustments": "所要日数・作業量の変更",
}  # fmt: skip
WORDS: Mapping[str, str] = {
    "covers": "対象", "apply_by": "交付申請", "report_by": "実績報告", "text": "", "on": "期日", "begins": "始まり",
    "ends": "終わり", "type": "つながり", "lag": "間の執務日", "strength": "根拠", "note": "注", "unit": "単位",
    "definition": "定義", "responsible": "実施", "accountable": "責任", "effort": "作業量（人日）", "is_freeze": "凍結",
}  # fmt: skip
FIELDS: Mapping[str, str] = {"estimate": "所要日数", "roles": "役割と作業量", "label": "名称", "text": "本文"}


@dataclass(frozen=True, slots=True)
class OverlayLine:
    """One overlay edition at hand: what it lies over, how it came here, on which plans it lies or could lie."""

    edition: Edition
    below: str
    origin: str
    laid: Sequence[Plan]
    waiting: Sequence[Plan]


@dataclass(frozen=True, slots=True)
class OverlaysView:
    """All of them."""

    lines: Sequence[OverlayLine]


def overlays_view() -> OverlaysView:
    """The overlays at hand, each pack with its editions, the newest first."""
    mine = [one for one in packs.packs() if one.overlays]
    open_plans = plans.plans()
    waiting = {one.uuid: plans.open_overlays(one) for one in open_plans}
    lines = [
        OverlayLine(
            packs.edition(ref), _title(one.overlays), one.origin.label,
            [plan for plan in open_plans if ref in plan.overlays],
            [plan for plan in open_plans if ref in waiting[plan.uuid]],
        )
        for one in mine for ref in reversed(packs.editions(one.pack))
    ]  # fmt: skip
    return OverlaysView(lines)


def _title(pack: str) -> str:
    found = packs.editions(pack)
    return packs.edition(found[-1]).title if found else pack


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One thing that an overlay adds or changes, in words."""

    part: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PublishView:
    """The overlays that can be sent, the one that is chosen with all that it does to its guideline, and why it cannot."""

    offered: Sequence[Edition]
    chosen: Edition | None
    below: Edition | None
    lines: Sequence[DifferenceLine]
    count: int
    trouble: str


def publish_view(asked: QueryDict) -> PublishView:
    """What is chosen（?pack=…&edition=…&release=…）and what it does. Raises Http404 for one that is not at hand."""
    known = [one for one in packs.packs() if one.overlays]
    offered = [packs.edition(ref) for one in known for ref in reversed(packs.editions(one.pack))]
    if "pack" not in asked:
        return PublishView(offered, None, None, (), 0, "")
    chosen = overlay_in(asked, offered)
    try:
        below = _below(chosen)
        lines = _differences(below, chosen)
    except TodokeError as trouble:
        return PublishView(offered, chosen, None, (), 0, trouble.for_screen())
    return PublishView(offered, chosen, below, lines[:MOST_LINES], len(lines), "")


def overlay_in(asked: QueryDict, offered: Sequence[Edition]) -> Edition:
    """The overlay that an address or a form names. Raises Http404."""
    name = (asked.get("pack", ""), asked.get("edition", ""), asked.get("release", ""))
    for one in offered:
        if (one.ref.pack, one.ref.edition, str(one.ref.release)) == name:
            return one
    raise Http404


def _below(overlay: Edition) -> Edition:
    fitting = [
        one for one in packs.editions(overlay.overlays) if overlay.overlay_edition in ("", one.edition)
    ]
    return packs.edition(fitting[-1] if fitting else EditionRef(overlay.overlays, overlay.overlay_edition, 1))


def _differences(below: Edition, overlay: Edition) -> list[DifferenceLine]:
    whole = packs.edition(below.ref, [overlay.ref])
    found = packs.difference(below, whole)
    labels = {one.id: f"{one.number} {one.label}".strip() for one in whole.nodes}
    lines = [line for fate in found.fates for line in _fate(fate, labels)]
    return [*lines, *(_part(one, labels) for one in found.parts if one.part != "adjustments")]


def _in_words(text: str | None) -> str:
    """A value of a document as people read it: durations as they are typed, the rest name by name."""
    if not text or not text.startswith("{"):
        return text or ""
    known = json.loads(text)
    if {"low", "likely", "high"} <= known.keys():
        return f"{known['low']}/{known['likely']}/{known['high']}執務日"
    return "、".join(f"{WORDS[name]} {_plain(value)}" for name, value in known.items() if name in WORDS)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "、".join(f"{name} {one}" for name, one in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _fate(fate: NodeFate, labels: Mapping[str, str]) -> list[DifferenceLine]:
    label = labels.get(fate.after[0], fate.after[0]) if fate.after else fate.before[0]
    if fate.relation is Relation.ADDED:
        return [DifferenceLine("取組", label, "", "加わります")]
    return [
        DifferenceLine(FIELDS.get(one.field, one.field), label, _in_words(one.before), _in_words(one.after))
        for one in fate.changes
    ]


def _named(part: PartChange, labels: Mapping[str, str]) -> str:
    """What a part is called: its own words, the node it is about, or both ends of a link."""
    known = json.loads(part.after or part.before or "{}")
    if "before" in known and "after" in known:
        return (
            f"{labels.get(known['before'], known['before'])} → {labels.get(known['after'], known['after'])}"
        )
    return str(known.get("label") or labels.get(part.key, part.key))


def _part(part: PartChange, labels: Mapping[str, str]) -> DifferenceLine:
    words = PARTS.get(part.part, "一覧" if part.part.startswith("codelists") else part.part)
    return DifferenceLine(words, _named(part, labels), _in_words(part.before), _in_words(part.after))
