"""An edition with overlay packs（都道府県・団体の追加データ）laid over it: they add and change estimates, never remove."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from todoke.foundation.canonical import hash_of
from todoke.programme.packs.errors import OverlayMisfit
from todoke.programme.packs.values import Adjustment, Concept, Edition, Estimate, Node

from .documents import document_of


def overlaid(base: Edition, overlays: Sequence[Edition]) -> Edition:
    """The base with each overlay over it, in order; keeps the name of the base, its hash is that of the whole.

    Raises OverlayMisfit: for another pack or edition, with names that are taken, or about nodes that do not exist.
    """
    found = base
    for overlay in overlays:
        found = _laid(found, overlay)
    return replace(found, sha256=hash_of(document_of(found))) if overlays else base


def _laid(base: Edition, overlay: Edition) -> Edition:
    _check_fit(base, overlay)
    adjustments = {one.node: one for one in overlay.adjustments}
    return replace(
        base,
        nodes=(*(_adjusted(one, adjustments.get(one.id)) for one in base.nodes), *overlay.nodes),
        links=(*base.links, *overlay.links),
        windows=(*base.windows, *overlay.windows),
        deadlines=(*base.deadlines, *overlay.deadlines),
        supports=(*base.supports, *overlay.supports),
        indicators=(*base.indicators, *overlay.indicators),
        codelists=_widened(base.codelists, overlay.codelists),
    )


def _check_fit(base: Edition, overlay: Edition) -> None:
    def refuse(reason: str) -> OverlayMisfit:
        return OverlayMisfit(overlay=str(overlay.ref), edition=str(base.ref), reason=reason)

    if overlay.overlays != base.ref.pack:
        raise refuse("対象の手順書が違います")
    if overlay.overlay_edition not in {"", base.ref.edition}:
        raise refuse(f"対象は第{overlay.overlay_edition}版です")
    for name in ("nodes", "windows", "supports", "indicators"):
        taken = {one.id for one in getattr(base, name)} & {one.id for one in getattr(overlay, name)}
        if taken:
            raise refuse(f"番号「{min(taken)}」は下の版にあります")
    known = {one.id for one in (*base.nodes, *overlay.nodes)}
    missing = [one for one in _meant(overlay) if one not in known]
    if missing:
        raise refuse(f"項目「{missing[0]}」がありません")


def _meant(overlay: Edition) -> list[str]:
    """Every node that an overlay speaks of."""
    return [
        *(one.node for one in overlay.adjustments),
        *(one.parent for one in overlay.nodes if one.parent),
        *(end for link in overlay.links for end in (link.before, link.after)),
        *(node for window in overlay.windows for node in window.applies_to),
        *(one.node for one in overlay.deadlines),
        *(node for support in overlay.supports for node in support.nodes),
    ]


def _adjusted(node: Node, adjustment: Adjustment | None) -> Node:
    if adjustment is None:
        return node
    estimate: Estimate | None = adjustment.estimate or node.estimate
    roles = (
        replace(node.roles, effort={**node.roles.effort, **adjustment.effort})
        if adjustment.effort
        else node.roles
    )
    return replace(node, estimate=estimate, roles=roles)


def _widened(
    base: Mapping[str, tuple[Concept, ...]], more: Mapping[str, tuple[Concept, ...]]
) -> dict[str, tuple[Concept, ...]]:
    """Code lists with the concepts that are new; a code that exists stays as it is."""
    found = dict(base)
    for name, concepts in more.items():
        known = {one.code for one in found.get(name, ())}
        found[name] = (*found.get(name, ()), *(one for one in concepts if one.code not in known))
    return found
