"""Which item of a plan becomes which under a new edition: sources and targets, concept by concept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from todoke.programme.packs.values import Concept, Edition, EditionDiff, NodeFate, Relation
from todoke.programme.plans.values import Item, ItemState

ConceptKey = tuple[str, str]  # list, code
ONE_TO_ONE = frozenset({Relation.SAME, Relation.REWORDED, Relation.MOVED})


@dataclass(frozen=True, slots=True)
class Ancestry:
    """For every item that comes, those of ours that it comes from; for every one of ours, where it goes."""

    sources: Mapping[str, tuple[Item, ...]]
    targets: Mapping[UUID, tuple[Item, ...]]
    origins: Mapping[str, NodeFate]
    fates: Mapping[str, NodeFate]

    def becomes(self, coming: Item) -> UUID:
        """Which item of the plan one that comes is: the one of ours that goes on in it, or itself."""
        goes_on = self.relation(coming) in ONE_TO_ONE
        return self.sources[coming.key][0].uuid if goes_on else coming.uuid

    def relation(self, coming: Item) -> Relation:
        """How an item comes about; SAME, REWORDED and MOVED mean that exactly one of ours goes on in it.

        A piece of something that was split is SPLIT even if it is merged with others: it is never done by itself.
        """
        sources = self.sources.get(coming.key, ())
        if not sources:
            return Relation.ADDED
        stated = self.origins[coming.node].relation
        if stated is Relation.SPLIT or any(len(self.targets[one.uuid]) > 1 for one in sources):
            return Relation.SPLIT
        if stated is Relation.MERGED or len(sources) > 1:
            return Relation.MERGED
        return Relation.SAME if stated is Relation.ADDED else stated

    def why(self, item: Item) -> str:
        """What the new edition notes about the end of an item of ours."""
        fate = self.fates.get(item.node)
        return fate.note if fate else ""


def trace(
    ours: Sequence[Item],
    coming: Sequence[Item],
    diff: EditionDiff,
    concepts: Mapping[ConceptKey, ConceptKey],
) -> Ancestry:
    """Who becomes whom; retired and local items are not asked. `concepts`: which concept of the new lists each old one is."""
    living: dict[str, list[Item]] = {}
    for one in ours:
        if one.node and one.state is not ItemState.RETIRED:
            living.setdefault(one.node, []).append(one)
    origins = {node: fate for fate in diff.fates for node in fate.after}
    fates = {node: fate for fate in diff.fates for node in fate.before}
    sources: dict[str, tuple[Item, ...]] = {}
    targets: dict[UUID, list[Item]] = {one.uuid: [] for found in living.values() for one in found}
    for item in coming:
        fate = origins.get(item.node)
        before = [one for node in (fate.before if fate else ()) for one in living.get(node, ())]
        sources[item.key] = tuple(one for one in before if _fits(one, item, concepts))
        for one in sources[item.key]:
            targets[one.uuid].append(item)
    return Ancestry(sources, {uuid: tuple(found) for uuid, found in targets.items()}, origins, fates)


def _fits(ours: Item, coming: Item, concepts: Mapping[ConceptKey, ConceptKey]) -> bool:
    """Both for the same concept, or one of them for all."""
    if not ours.concept or not coming.concept:
        return True
    mine = (ours.concept_list, ours.concept)
    return concepts.get(mine, mine) == (coming.concept_list, coming.concept)


def same_concepts(base: Edition, new: Edition) -> Mapping[ConceptKey, ConceptKey]:
    """Which concept of the new edition each of the old is: by code in the list of the same name, else by name or code.

    Aliases are names; what fits more than one is none.
    """
    found: dict[ConceptKey, ConceptKey] = {}
    lists = _repeated(new)
    for name in _repeated(base):
        for concept in base.codelists.get(name, ()):
            heir = _heir(concept, name, new, lists)
            if heir is not None:
                found[name, concept.code] = heir
    return found


def _repeated(edition: Edition) -> tuple[str, ...]:
    used = {one.repeat_over for one in edition.nodes}
    return tuple(name for name in edition.codelists if name in used)


def _heir(concept: Concept, name: str, new: Edition, lists: Sequence[str]) -> ConceptKey | None:
    if any(one.code == concept.code for one in new.codelists.get(name, ())):
        return name, concept.code
    names = {concept.label, *concept.aliases}
    candidates = [(other, one) for other in lists for one in new.codelists[other]]
    by_name = [(other, one.code) for other, one in candidates if names & {one.label, *one.aliases}]
    by_code = [(other, one.code) for other, one in candidates if one.code == concept.code]
    both = [one for one in by_name if one in by_code]
    for found in (both, by_name, by_code):
        if len(found) == 1:
            return found[0]
    return None
