"""How snapshots of one edition read in another, by the packs at hand; kept per process, for editions never change."""

from functools import lru_cache

from todoke.foundation.fence import current_organisation
from todoke.programme.packs import queries as packs
from todoke.programme.packs.errors import EditionUnknown
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.rules import comparing
from todoke.programme.rollup.rules.comparing import Basis, Reader, Way


def basis(edition: EditionRef) -> Basis | None:
    """The steps of an edition; None where the body has no such edition."""
    try:
        return _basis(current_organisation(), edition)
    except EditionUnknown:
        return None


def labels_of(edition: EditionRef) -> dict[str, str]:
    """The names of the codes of an edition's lists."""
    if basis(edition) is None:
        return {}
    return {one.code: one.label for of in packs.edition(edition).codelists.values() for one in of}


@lru_cache(maxsize=128)
def _basis(_organisation: str, edition: EditionRef) -> Basis:
    return comparing.basis_of(packs.edition(edition))


def reader(found: EditionRef, wanted: EditionRef, steps: tuple[str, ...]) -> Reader | None:
    """How snapshots of an edition with these steps read in another; None where the other is not at hand."""
    there = basis(wanted)
    if there is None:
        return None
    if basis(found) is None or found.pack != wanted.pack:
        return Reader(comparing.unknown(there), steps)
    return _reader(current_organisation(), found, wanted, steps)


@lru_cache(maxsize=512)
def _reader(organisation: str, found: EditionRef, wanted: EditionRef, steps: tuple[str, ...]) -> Reader:
    return Reader(_way(organisation, found, wanted), steps)


@lru_cache(maxsize=128)
def _way(organisation: str, found: EditionRef, wanted: EditionRef) -> Way:
    there = _basis(organisation, wanted)
    if found == wanted:
        return comparing.same(there)
    if packs.chain(found, wanted):
        return comparing.forwards(packs.difference(packs.edition(found), packs.edition(wanted)), there)
    if packs.chain(wanted, found):
        return comparing.backwards(packs.difference(packs.edition(wanted), packs.edition(found)), there)
    return comparing.unknown(there)
