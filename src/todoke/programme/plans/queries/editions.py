"""What a plan asks of the packs: its editions with their overlays, the facts of the body, and the way to a newer edition."""

from collections.abc import Sequence
from itertools import pairwise

from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Edition, EditionRef, Support
from todoke.programme.plans.errors import NoWay
from todoke.programme.plans.rules.generating import Applies, generate
from todoke.programme.plans.rules.hops import Hop
from todoke.programme.plans.values import Item, Plan, PlanContent

from .plans import PlanName, plan


def edition_of(found: Plan) -> Edition:
    """The edition that a plan pins, with its overlays over it."""
    return packs.edition(found.edition, found.overlays)


def facts() -> dict[str, str | int | float | bool]:
    """What expressions may ask about the body in scope."""
    body = organisations.organisation(current_organisation())
    return {"org.kind": body.kind.value, "org.code": body.code}


def applies() -> Applies:
    """Whether an expression holds for the body in scope; what is not known leaves nothing out."""
    known = facts()
    return lambda expression: packs.applies(expression, known)


def made_by_edition(found: Plan) -> PlanContent:
    """The plan as its edition alone would have it."""
    return generate(found, edition_of(found), applies())


def item_by_edition(found: Plan, item: Item) -> Item | None:
    """What the edition alone would make of an item; None for a local one and for what it does not have."""
    return made_by_edition(found).item(item.key) if item.node else None


def newer_editions(name: PlanName) -> Sequence[EditionRef]:
    """The editions that a plan could adopt, the nearest first."""
    found = plan(name)
    return [
        one
        for one in packs.editions(found.edition.pack)
        if one != found.edition and packs.chain(found.edition, one)
    ]


def hops_to(found: Plan, new: EditionRef) -> tuple[Hop, ...]:
    """The steps from the edition that a plan pins to a newer one. Raises NoWay."""
    way = packs.chain(found.edition, new) if new.pack == found.edition.pack else ()
    if len(way) < 2:
        raise NoWay
    hops: list[Hop] = []
    overlays = found.overlays
    for older, newer in pairwise(way):
        plain, base = packs.edition(older), packs.edition(older, overlays)
        coming = _overlays_for(newer, overlays)
        theirs = packs.edition(newer, coming)
        own = {one.id for one in base.nodes} - {one.id for one in plain.nodes}
        hops.append(Hop(base, theirs, packs.difference(base, theirs), coming, frozenset(own)))
        overlays = coming
    return tuple(hops)


def overlay_hop(found: Plan, overlays: Sequence[EditionRef]) -> Hop:
    """The step of a plan to these overlays over the edition that it pins. Raises NoWay when it has them, OverlayMisfit."""
    if tuple(overlays) == found.overlays:
        raise NoWay
    base, theirs = edition_of(found), packs.edition(found.edition, overlays)
    return Hop(base, theirs, packs.difference(base, theirs), tuple(overlays), cause="追加データで")


def with_overlay(found: Plan, overlay: EditionRef) -> tuple[EditionRef, ...]:
    """The overlays of a plan with one more, or with another edition of one that it has."""
    return (*(one for one in found.overlays if one.pack != overlay.pack), overlay)


def open_overlays(found: Plan) -> tuple[EditionRef, ...]:
    """The overlays at hand that lie over the edition of a plan and that it does not have."""
    return tuple(one for one in packs.overlays_for(found.edition) if one not in found.overlays)


def _overlays_for(ref: EditionRef, pinned: Sequence[EditionRef]) -> tuple[EditionRef, ...]:
    """Of the overlay packs that are pinned, the newest edition that lies over the new edition."""
    wanted = [one.pack for one in pinned]
    return tuple(one for one in packs.overlays_for(ref) if one.pack in wanted)


def supports(name: PlanName) -> Sequence[Support]:
    """財政支援 that the edition of a plan ties to its nodes."""
    return edition_of(plan(name)).supports
