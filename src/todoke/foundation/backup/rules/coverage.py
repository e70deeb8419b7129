"""Which bytes of the vault a set needs, which of them earlier sets hold already, and whether none is missing.

A segment only grows, and bytes that a row refers to never change. So what an earlier set holds of a segment up to the
end of the last row of that time stays right, and a set needs only what was added since.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

from todoke.foundation.backup.values import Bundle, Piece

Place = tuple[str, str]


def by_segment(pieces: Iterable[Piece]) -> dict[Place, list[Piece]]:
    """Pieces by body and segment, each in the order of their bytes."""
    ordered = sorted(pieces, key=lambda one: (one.organisation, one.segment, one.start, one.end))
    return {
        place: list(some) for place, some in groupby(ordered, key=lambda one: (one.organisation, one.segment))
    }


def reusable(known: Iterable[Piece], ends: Mapping[Place, int]) -> dict[Place, list[Piece]]:
    """For every segment that rows refer to, the pieces without a gap that are there already."""
    return {place: _chain(some) for place, some in by_segment(known).items() if place in ends}


def _chain(pieces: list[Piece]) -> list[Piece]:
    """The longest run of pieces from the first byte on; of two with the same start, the longer."""
    chain: list[Piece] = []
    for one in sorted(pieces, key=lambda one: (one.start, -one.end)):
        if one.start == (chain[-1].end if chain else 0):
            chain.append(one)
    return chain


def useful(known: Iterable[Bundle], needed: Mapping[Place, int]) -> list[Bundle]:
    """Of the bundles that are there, those that hold an object which is needed and in none before."""
    left, found = set(needed), list[Bundle]()
    for one in known:
        held = {
            (one.organisation, name)
            for name, size in one.objects
            if needed.get((one.organisation, name)) == size
        }
        if held & left:
            found.append(one)
            left -= held
    return found


def missing_objects(bundles: Iterable[Bundle], needed: Mapping[Place, int]) -> dict[Place, int]:
    """The objects that rows refer to and no bundle holds in their full size, with their stored bytes."""
    held = {(one.organisation, name): size for one in bundles for name, size in one.objects}
    return {place: size for place, size in sorted(needed.items()) if held.get(place) != size}


def uncovered(pieces: Iterable[Piece], ends: Mapping[Place, int]) -> list[Place]:
    """Segments of which a byte that a row refers to is in no piece."""
    chains = {place: _chain(some) for place, some in by_segment(pieces).items()}
    reach = {place: chain[-1].end for place, chain in chains.items() if chain}
    return sorted(place for place, end in ends.items() if reach.get(place, 0) < end)
