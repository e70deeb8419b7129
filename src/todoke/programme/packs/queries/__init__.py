"""Which packs and editions a body can use: the shipped ones, and those that it keeps.

Without an open scope the shipped ones alone are seen. A kept edition is never changed; it wins over a shipped one of the
same name, so that an update of the product changes no plan. `applies` is passed on for the stages that ask it here.
"""

from collections.abc import Sequence

from todoke.programme.packs.errors import EditionUnknown
from todoke.programme.packs.rules import applies, check, diff, heirs, overlaid
from todoke.programme.packs.values import Edition, EditionDiff, EditionRef, Finding, PackSummary

from .reading import edition_from, edition_in, opened, read_document, shipped_hash, workbook_of, yaml_of
from .shelves import Shelf, last_of, shelf

__all__ = [
    "applies",
    "chain",
    "difference",
    "edition",
    "edition_from",
    "edition_in",
    "editions",
    "findings",
    "findings_after",
    "kept_hash",
    "newest",
    "opened",
    "overlays_for",
    "packs",
    "read_document",
    "shipped_hash",
    "workbook_of",
    "yaml_of",
]  # fmt: skip


def packs() -> tuple[PackSummary, ...]:
    """Every pack that can be used, by URN, with its newest edition; overlays among them."""
    mine = shelf()
    return tuple(_summary(mine, pack) for pack in sorted({ref.pack for ref in mine.names()}))


def _summary(mine: Shelf, pack: str) -> PackSummary:
    refs = mine.editions(pack)
    one = mine.edition(refs[-1])
    return PackSummary(
        pack,
        one.title,
        one.source.publisher,
        one.subject,
        refs[-1],
        len(refs),
        one.overlays,
        mine.origin(refs[-1]),
    )


def editions(pack: str) -> tuple[EditionRef, ...]:
    """The editions of a pack, the oldest first: each after the one that it supersedes; releases in their order."""
    return shelf().editions(pack)


def newest(pack: str) -> EditionRef:
    """The last of `editions`. Raises EditionUnknown."""
    found = editions(pack)
    if not found:
        raise EditionUnknown(edition=pack)
    return found[-1]


def edition(ref: EditionRef, overlays: Sequence[EditionRef] = ()) -> Edition:
    """One edition, with overlays laid over it in their order. Raises EditionUnknown, OverlayMisfit, PackUnreadable."""
    mine = shelf()
    found = mine.edition(ref)
    return overlaid(found, [mine.edition(one) for one in overlays]) if overlays else found


def overlays_for(ref: EditionRef) -> tuple[EditionRef, ...]:
    """The newest fitting edition of every overlay pack that lies over this edition."""
    mine = shelf()
    fitting = [
        one
        for pack in sorted({one.pack for one in mine.names()})
        for one in mine.editions(pack)
        if mine.edition(one).overlays == ref.pack and mine.edition(one).overlay_edition in ("", ref.edition)
    ]
    return tuple({one.pack: one for one in fitting}.values())


def chain(older: EditionRef, newer: EditionRef) -> tuple[EditionRef, ...]:
    """The editions on the way from one to the other, both included; empty when there is no way.

    A later release of one edition follows the earlier; an edition follows the last release of the one it supersedes.
    From an earlier release of the first edition the way leads over its later ones.
    """
    mine = shelf()
    way, at = [newer], newer
    while at != older:
        before = _before(mine, at)
        if before is None or before in way:
            return ()
        way.append(before)
        at = before
    return tuple(reversed(way))


def _before(mine: Shelf, ref: EditionRef) -> EditionRef | None:
    refs = mine.editions(ref.pack)
    if ref not in refs:
        raise EditionUnknown(edition=str(ref))
    siblings = [one for one in refs if one.edition == ref.edition and one.release < ref.release]
    wanted = mine.edition(ref).supersedes
    return siblings[-1] if siblings else (last_of(refs, wanted) if wanted else None)


def difference(base: Edition, new: Edition) -> EditionDiff:
    """What differs from one edition to another; over several editions, every node is followed through those between."""
    is_known = {base.ref, new.ref} <= set(editions(new.ref.pack))
    way = chain(base.ref, new.ref) if is_known else ()
    return heirs([edition(ref) for ref in way]) if len(way) > 2 else diff(base, new)


def findings(one: Edition) -> list[Finding]:
    """Everything that is not good about an edition, judged beside the editions that the body can use."""
    before = _at_hand(one.ref.pack, one.supersedes) if one.supersedes else None
    return check(one, before=before, below=_below(one))


def findings_after(one: Edition, before: Edition) -> list[Finding]:
    """As `findings`, beside an edition before that is given, such as one in a file."""
    return check(one, before=before, below=_below(one))


def _below(one: Edition) -> Edition | None:
    return _at_hand(one.overlays, one.overlay_edition) if one.overlays else None


def _at_hand(pack: str, printed: str) -> Edition | None:
    mine = shelf()
    found = last_of(mine.editions(pack), printed)
    return mine.edition(found) if found else None


def kept_hash(ref: EditionRef) -> str:
    """The hash of the edition of this name that the body in scope keeps; empty when it keeps none."""
    kept = shelf().kept.get(ref)
    return kept[0] if kept else ""
