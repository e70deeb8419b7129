"""Links and windows under a new edition: what the body said about them stays, what the edition says is renewed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from todoke.programme.packs.values import Basis, EditionDiff, LinkType, Strength
from todoke.programme.plans.values import (
    BodyWindow,
    Item,
    ItemLink,
    ItemState,
    PartNote,
    PlanContent,
)

from .ancestry import Ancestry

LinkKey = tuple[UUID, UUID, LinkType]
LINKS, WINDOWS = "前後関係", "時期の制約"


def merge_links(
    ours: PlanContent,
    base: PlanContent,
    theirs: PlanContent,
    ancestry: Ancestry,
    items: Sequence[Item],
) -> tuple[tuple[ItemLink, ...], tuple[PartNote, ...]]:
    """The links of the plan. One that goes on keeps its relaxing and a lag of ours; the body's own move to the heirs.

    A link that the guideline claims now stays relaxed only if a reason was written.
    """
    lags = _lags(ours, base)
    becomes = {one.uuid: ancestry.becomes(one) for one in theirs.items}
    known = {_key(one): one for one in ours.links}
    labels = {
        one.uuid: f"{one.concept_label}：{one.label}" if one.concept_label else one.label for one in items
    }
    found: dict[LinkKey, ItemLink] = {}
    notes: list[PartNote] = []
    for link in theirs.links:
        coming = replace(link, before=becomes[link.before], after=becomes[link.after])
        mine = known.pop(_key(coming), None)
        renewed = _renewed(mine, coming, lags.get(_key(coming))) if mine else coming
        if mine is not None and mine.is_relaxed and not renewed.is_relaxed:
            notes.append(
                _note(mine, labels, "手順書の前後関係になりました。緩めるには理由が要るため、元に戻ります。")
            )
        found[_key(renewed)] = renewed
    retired = {one.uuid for one in items if one.state is ItemState.RETIRED}
    for link in known.values():
        if link.strength is not Strength.LOCAL:
            notes.append(_note(link, labels, "新しい版にないため、外れます。"))
            continue
        heirs = list(_inherited(link, ancestry, retired, ours.plan.uuid))
        notes += [] if heirs else [_note(link, labels, "つないでいた取組が終わったため、外れます。")]
        found |= {_key(one): one for one in heirs if _key(one) not in found}
    return tuple(found.values()), tuple(notes)


def _key(link: ItemLink) -> LinkKey:
    return link.before, link.after, link.type


def _lags(ours: PlanContent, base: PlanContent) -> Mapping[LinkKey, int]:
    """The lags of the adopted edition, by the items of the plan that they lie between."""
    keys = {one.uuid: one.key for one in base.items}
    mine = {one.key: one.uuid for one in ours.items if one.state is not ItemState.RETIRED}
    return {
        (mine[keys[one.before]], mine[keys[one.after]], one.type): one.lag
        for one in base.links
        if keys[one.before] in mine and keys[one.after] in mine
    }


def _renewed(mine: ItemLink, coming: ItemLink, base_lag: int | None) -> ItemLink:
    lag = coming.lag if mine.lag == base_lag else mine.lag
    stays = mine.is_relaxed and (coming.strength is not Strength.GUIDELINE or bool(mine.reason))
    return replace(
        mine, lag=lag, strength=coming.strength, is_relaxed=stays, reason=mine.reason if stays else ""
    )


def _inherited(link: ItemLink, ancestry: Ancestry, retired: set[UUID], plan: UUID) -> Iterator[ItemLink]:
    """The body's own link itself, or one between each of the heirs of its ends."""
    befores, afters = (
        _heirs(link.before, ancestry, retired),
        _heirs(link.after, ancestry, retired),
    )
    if (befores, afters) == ([link.before], [link.after]):
        yield link
        return
    for before in befores:
        for after in afters:
            if before != after:
                name = f"link|{link.uuid}|{before}|{after}"
                yield replace(link, uuid=uuid5(plan, name), before=before, after=after, version=1)


def _heirs(end: UUID, ancestry: Ancestry, retired: set[UUID]) -> list[UUID]:
    if end not in retired:
        return [end]
    return [ancestry.becomes(one) for one in ancestry.targets.get(end, ())]


def _note(link: ItemLink, labels: Mapping[UUID, str], becomes: str) -> PartNote:
    return PartNote(LINKS, f"{labels.get(link.before, '－')} → {labels.get(link.after, '－')}", becomes)


def merge_windows(
    ours: PlanContent, base: PlanContent, theirs: PlanContent, diff: EditionDiff
) -> tuple[tuple[BodyWindow, ...], tuple[PartNote, ...]]:
    """The windows of the plan: what the body has said stays and follows its nodes; proposals are those of the edition."""
    proposals = {one.source: one for one in theirs.windows}
    before = {one.source: one for one in base.windows}
    known = {one.node for one in theirs.items}
    found: list[BodyWindow] = []
    notes: list[PartNote] = []
    said = {name for one in ours.windows if one.basis is Basis.BODY for name in one.source.split(",")}
    for window in ours.windows:
        if window.basis is Basis.BODY:
            proposed = proposals.get(window.source.split(",")[0])
            nodes = proposed.applies_to if proposed else _followed(window.applies_to, diff, known)
            found.append(replace(window, applies_to=nodes or window.applies_to))
        elif window.source not in proposals:
            notes.append(PartNote(WINDOWS, window.label, "新しい版にないため、外れます。"))
    for source, proposed in proposals.items():
        if source not in said:
            mine = next((one for one in ours.windows if one.source == source), None)
            found.append(replace(proposed, uuid=mine.uuid, version=mine.version) if mine else proposed)
            if source not in before:
                notes.append(
                    PartNote(
                        WINDOWS, proposed.label, "新しい版が提案しています。団体の時期を確かめてください。"
                    )
                )
    return tuple(found), tuple(notes)


def _followed(nodes: Sequence[str], diff: EditionDiff, known: set[str]) -> tuple[str, ...]:
    """The nodes of a window under the new edition."""
    heirs = {node: fate.after for fate in diff.fates for node in fate.before}
    found = [heir for node in nodes for heir in (heirs.get(node) or (node,))]
    return tuple(dict.fromkeys(one for one in found if one == "*" or one in known))
