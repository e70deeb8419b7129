"""How a snapshot of one edition reads in another, by the succession map; pure.

What is the same, reworded or moved keeps its state. Several steps that became one, or parts read back as the one that
they were split from: done only if all are（対象外 among them counts as the official formula has it）. One that was split,
read forwards: its parts cannot be told（`?`）, for a part is never done automatically. What is new cannot be told either.
Over several editions a chain is as strong as its loosest hop: the map handed in is that of the whole way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from todoke.programme.packs.values import Edition, EditionDiff, EditionRef, Node, NodeKind, Relation
from todoke.programme.rollup.values import (
    ABSENT,
    DONE,
    NOT_STARTED,
    OFFICIAL_STEP,
    OUT_OF_SCOPE,
    UNKNOWN,
    WORKING,
    Compared,
    Counts,
    Snapshot,
)

from .snapshots import counts

_ONE_TO_ONE = frozenset({Relation.SAME, Relation.REWORDED, Relation.MOVED})


@dataclass(frozen=True, slots=True)
class Basis:
    """The steps of the edition in which bodies are read, in its order, and which of them repeat per 事務."""

    edition: EditionRef
    steps: tuple[str, ...]
    repeated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """From which steps of the snapshot's edition each step of the basis is read; without an entry it cannot be."""

    basis: Basis
    sources: Mapping[str, tuple[str, ...]]


def basis_of(edition: Edition) -> Basis:
    """The steps of an edition, as a snapshot of a plan by it has them."""
    leaves = steps_of(edition)
    repeated = frozenset(one.id for one in leaves if one.repeat_over)
    return Basis(edition.ref, tuple(one.id for one in leaves), repeated)


def steps_of(edition: Edition) -> list[Node]:
    """The official steps where the edition marks them, else whatever nothing hangs below, without gates."""
    above = {one.parent for one in edition.nodes}
    found = [one for one in edition.nodes if one.id not in above and one.kind is not NodeKind.GATE]
    return [one for one in found if OFFICIAL_STEP in one.tags] or found


def same(basis: Basis) -> Way:
    """The way within one edition."""
    return Way(basis, {one: (one,) for one in basis.steps})


def forwards(diff: EditionDiff, basis: Basis) -> Way:
    """Read what an older edition says in the newer one."""
    sources: dict[str, tuple[str, ...]] = {}
    for step in basis.steps:
        fate = diff.origin_of(step)
        if fate is not None and len(fate.after) == 1 and fate.relation in _ONE_TO_ONE | {Relation.MERGED}:
            sources[step] = fate.before
    return Way(basis, sources)


def backwards(diff: EditionDiff, basis: Basis) -> Way:
    """Read what a newer edition says in the older one."""
    sources: dict[str, tuple[str, ...]] = {}
    for step in basis.steps:
        fate = diff.fate_of(step)
        if fate is not None and len(fate.before) == 1 and fate.relation in _ONE_TO_ONE | {Relation.SPLIT}:
            sources[step] = fate.after
    return Way(basis, sources)


def unknown(basis: Basis) -> Way:
    """No way leads there: nothing can be compared."""
    return Way(basis, {})


@lru_cache(maxsize=4096)
def together(states: str) -> str:
    """What several steps are as one: done only if all are, 対象外 only if all are; anything begun is 作業中."""
    known = states.replace(ABSENT, "")
    if not known or UNKNOWN in known:
        return UNKNOWN if known else ABSENT
    kinds = set(known)
    if len(kinds) == 1:
        return known[0]
    if kinds == {DONE, OUT_OF_SCOPE}:
        return DONE
    return NOT_STARTED if kinds <= {NOT_STARTED, OUT_OF_SCOPE} else WORKING


class Reader:
    """How snapshots with the same steps read along a way; made once for all of them."""

    def __init__(self, way: Way, steps: Sequence[str]) -> None:
        """For snapshots whose letters stand for these steps."""
        self.basis = way.basis.edition
        at = {step: index for index, step in enumerate(steps)}
        self._places = [self._place(way, step, at) for step in way.basis.steps]
        self._is_repeated = [step in way.basis.repeated for step in way.basis.steps]

    @staticmethod
    def _place(way: Way, step: str, at: Mapping[str, int]) -> tuple[int, ...] | None:
        needed = way.sources.get(step)
        return None if needed is None else tuple(at[one] for one in needed if one in at)

    def read(self, concept: str, text: str) -> str:
        """The letters of one concept in the basis; what does not exist for it is absent, what cannot be told `?`."""
        letters = []
        for of, is_repeated in zip(self._places, self._is_repeated, strict=True):
            if of is None:
                letters.append(UNKNOWN if is_repeated == bool(concept) else ABSENT)
            elif len(of) == 1:
                letters.append(text[of[0]])
            else:
                letters.append(together("".join([text[one] for one in of])))
        return "".join(letters)


def compare(one: Snapshot, reader: Reader) -> Compared:
    """A snapshot as it reads along a way."""
    states = {concept: reader.read(concept, text) for concept, text in one.states.items()}
    by_concept = {concept: counts([text]) for concept, text in states.items()}
    return Compared(reader.basis, of_concepts(by_concept), by_concept, states)


def of_concepts(by_concept: Mapping[str, Counts]) -> Counts:
    """The whole: what is per 事務, or where nothing is, what there is."""
    per_concept = [one for concept, one in by_concept.items() if concept]
    return added(per_concept or by_concept.values())


def added(parts: Iterable[Counts]) -> Counts:
    """Counts pooled; never a mean of rates."""
    done = out = working = waiting = unknown_ones = 0
    for one in parts:
        done += one.done
        out += one.out_of_scope
        working += one.working
        waiting += one.not_started
        unknown_ones += one.unknown
    return Counts(done, out, working, waiting, unknown_ones)
