"""The three-way merge of a plan with a new edition, item by item（base = adopted edition, theirs = new, ours = plan）.

Text alone changes silently; what only the edition changed is proposed, default accept; what both changed is one question,
default ours. What is dropped retires and keeps everything. Pieces of what was split are new and never done; what was
merged is done only if all its sources were. A local item whose parent goes is kept under 要整理. Nothing is removed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from todoke.programme.packs.values import Relation
from todoke.programme.plans.values import (
    Choice,
    FieldChange,
    ImpactLine,
    Item,
    ItemField,
    ItemState,
    MergeCase,
    Merged,
    MergeQuestion,
    PartNote,
    PlanContent,
)

from . import parts, scopes
from .ancestry import ONE_TO_ONE, Ancestry, same_concepts, trace
from .fields import GUIDELINE_FIELDS, TEXT_FIELDS, is_same, shown, value_of, with_value
from .generating import Applies, generate
from .hops import Choices, Hop

Value = TypeVar("Value")
_CASE_OF = {Relation.SPLIT: MergeCase.SPLIT, Relation.MERGED: MergeCase.MERGED}


def merge_over(ours: PlanContent, hops: Sequence[Hop], applies: Applies, choices: Choices) -> Merged:
    """The plan under the last of several editions, each merged after the other."""
    lines: tuple[ImpactLine, ...] = ()
    questions: tuple[MergeQuestion, ...] = ()
    notes: tuple[PartNote, ...] = ()
    for hop in hops:
        merged = merge(ours, hop, applies, choices)
        ours, lines = merged.content, (*lines, *merged.lines)
        questions, notes = (*questions, *merged.questions), (*notes, *merged.parts)
    return Merged(ours, lines, questions, notes)


def merge(ours: PlanContent, hop: Hop, applies: Applies, choices: Choices) -> Merged:
    """The plan under a new edition, with what becomes of every item. Questions nobody decided go by their default."""
    concepts = same_concepts(hop.base, hop.new)
    scope = scopes.carry(ours.plan.scope, hop, concepts, applies, choices)
    plan = replace(ours.plan, edition=hop.new.ref, overlays=hop.overlays, scope=scope.entries)
    base = generate(ours.plan, hop.base, applies)
    theirs = generate(plan, hop.new, applies)
    merger = _Merger(hop, base, theirs, trace(ours.items, theirs.items, hop.diff, concepts), choices)
    items = merger.items(ours.items)
    links, link_notes = parts.merge_links(ours, base, theirs, merger.ancestry, items)
    windows, window_notes = parts.merge_windows(ours, base, theirs, hop.diff)
    content = PlanContent(plan, items, links, windows, ours.capacities)
    questions = (*scope.questions, *merger.questions)
    return Merged(content, tuple(merger.lines), questions, (*scope.notes, *link_notes, *window_notes))


class _Merger:
    """Goes through the items once; gathers lines and questions on the way."""

    def __init__(
        self, hop: Hop, base: PlanContent, theirs: PlanContent, ancestry: Ancestry, choices: Choices
    ) -> None:
        self.hop, self.theirs, self.ancestry, self.choices = hop, theirs, ancestry, choices
        self.base = {one.key: one for one in base.items}
        self.lines: list[ImpactLine] = []
        self.questions: list[MergeQuestion] = []
        self.becomes = {one.uuid: ancestry.becomes(one) for one in theirs.items}

    def items(self, ours: Sequence[Item]) -> tuple[Item, ...]:
        coming_items = [self._coming(one) for one in self.theirs.items]
        going_on = {one.uuid for one in coming_items}
        resting = [self._resting(one) for one in ours if one.uuid not in going_on]
        gone = {one.uuid for one in resting if one.state is ItemState.RETIRED}
        return (*coming_items, *(self._with_parent(one, gone) for one in resting))

    def _coming(self, coming: Item) -> Item:
        relation = self.ancestry.relation(coming)
        placed = replace(coming, parent=self.becomes.get(coming.parent) if coming.parent else None)
        if relation in ONE_TO_ONE:
            return self._merged(self.ancestry.sources[coming.key][0], placed)
        if relation is Relation.ADDED:
            self.lines.append(replace(self._line(MergeCase.ADDED, placed, into=(placed.key,)), item=None))
        return _newcomer(placed, self.ancestry.sources[coming.key], relation)

    def _merged(self, ours: Item, theirs: Item) -> Item:
        base, result = self.base.get(ours.key), ours
        changes: list[FieldChange] = []
        asked: list[MergeQuestion] = []
        for field in GUIDELINE_FIELDS:
            old, new, mine = (value_of(one, field) if one else None for one in (base, theirs, ours))
            if is_same(field, new, mine) or (base is not None and is_same(field, new, old)):
                continue
            change = FieldChange(field, shown(field, old), shown(field, new), shown(field, mine))
            changes.append(change)
            touched = base is None or not is_same(field, mine, old)
            question = None if field in TEXT_FIELDS and not touched else self._question(ours, change, touched)
            asked += [question] if question else []
            if question is None or question.choice is Choice.TAKE:
                result = _taking(result, theirs, field)
        self.questions += asked
        self.lines.append(self._settled(ours, theirs, tuple(changes), asked))
        return _kept_in_place(result, theirs)

    def _question(self, ours: Item, change: FieldChange, touched: bool) -> MergeQuestion:
        name = f"{self.hop.name}|{ours.key}|{change.field.value}"
        default = Choice.KEEP if touched else Choice.TAKE
        label = f"{ours.concept_label}：{ours.label}" if ours.concept_label else ours.label
        return MergeQuestion(
            name, f"{label}（{change.field.label}）", change.base, change.theirs, change.ours, default, touched,
            self.choices.get(name, default),
        )  # fmt: skip

    def _settled(
        self, ours: Item, theirs: Item, changes: tuple[FieldChange, ...], asked: Sequence[MergeQuestion]
    ) -> ImpactLine:
        case = MergeCase.UNCHANGED
        if any(one.is_open for one in asked):
            case = MergeCase.QUESTION
        elif asked:
            case = MergeCase.PROPOSED
        elif ours.parent != theirs.parent:
            case = MergeCase.MOVED
        elif changes:
            case = MergeCase.REWORDED
        return self._line(case, ours, into=(theirs.key,), changes=changes, asked=asked)

    def _resting(self, ours: Item) -> Item:
        """What goes on in nothing that comes: retired long ago, local, of an overlay that does not fit, or going now."""
        if ours.state is ItemState.RETIRED:
            return ours
        if not ours.node:
            return ours  # its line is written when it is known what becomes of its parent
        targets = self.ancestry.targets.get(ours.uuid, ())
        if not targets and ours.node in self.hop.own_nodes:
            self.lines.append(self._line(MergeCase.TO_SORT, ours))
            return replace(ours, needs_sorting=True, parent=None)
        case = _CASE_OF[self.ancestry.relation(targets[0])] if targets else MergeCase.RETIRED
        self.lines.append(self._line(case, ours, into=tuple(one.key for one in targets)))
        return replace(ours, state=ItemState.RETIRED, reason=self._why_retired(ours, targets), is_new=False)

    def _why_retired(self, ours: Item, targets: Sequence[Item]) -> str:
        words = self.hop.because
        if targets:
            words += f"{len(targets)}件に引き継がれました"
        else:
            words += "なくなりました"
        why = self.ancestry.why(ours)
        return f"{words}。{why}" if why else f"{words}。"

    def _with_parent(self, item: Item, gone: set[UUID]) -> Item:
        if item.node or item.state is ItemState.RETIRED:
            return item
        if item.parent not in gone:
            self.lines.append(self._line(MergeCase.KEPT, item, into=(item.key,)))
            return item
        self.lines.append(self._line(MergeCase.TO_SORT, item, into=(item.key,)))
        return replace(item, parent=None, needs_sorting=True)

    def _line(
        self, case: MergeCase, item: Item, *, into: tuple[str, ...] = (), changes: tuple[FieldChange, ...] = (),
        asked: Sequence[MergeQuestion] = (),
    ) -> ImpactLine:  # fmt: skip
        return ImpactLine(
            case, item.key, item.label, item.uuid, into, changes, tuple(one.id for one in asked),
            len(item.evidence), self.ancestry.why(item), self.hop.name,
        )  # fmt: skip


def _taking(item: Item, theirs: Item, field: ItemField) -> Item:
    item = with_value(item, field, value_of(theirs, field))
    if field is ItemField.EFFORT:
        item = replace(item, effort_basis=theirs.effort_basis)
    if field in {ItemField.DEADLINE, ItemField.DEADLINE_TEXT}:
        item = replace(item, deadline_strength=theirs.deadline_strength)
    return item


def _kept_in_place(item: Item, theirs: Item) -> Item:
    """Our item, standing where the new edition puts it; a body's own values make it ADAPTED, taking all of them ACTIVE."""
    placed = replace(
        item, key=theirs.key, node=theirs.node, concept=theirs.concept, concept_list=theirs.concept_list,
        concept_label=theirs.concept_label, parent=theirs.parent, position=theirs.position, tags=theirs.tags,
        edition=theirs.edition, needs_sorting=False,
    )  # fmt: skip
    return with_state(placed, theirs)


def with_state(item: Item, theirs: Item) -> Item:
    """The item with the state that its values give it beside those of the edition; what is out of scope stays so."""
    if item.state not in {ItemState.ACTIVE, ItemState.ADAPTED}:
        return item
    same = all(is_same(one, value_of(item, one), value_of(theirs, one)) for one in GUIDELINE_FIELDS)
    return replace(item, state=ItemState.ACTIVE if same else ItemState.ADAPTED)


def _newcomer(coming: Item, sources: Sequence[Item], relation: Relation) -> Item:
    """A new item: not started, to be planned, with the evidence of what it came from linked to it."""
    evidence = {proof.uuid: proof for one in sources for proof in one.evidence}
    item = replace(
        coming, relation=relation, sources=tuple(one.uuid for one in sources), is_new=True,
        evidence=tuple(evidence.values()),
    )  # fmt: skip
    if not sources:
        return item
    item = replace(
        item, section_id=_agreed(item.section_id, (one.section_id for one in sources)),
        person_id=_agreed(None, (one.person_id for one in sources)),
        vendor=_agreed(item.vendor, (one.vendor for one in sources)),
    )  # fmt: skip
    if all(one.state is ItemState.OUT_OF_SCOPE for one in sources):
        item = replace(item, state=ItemState.OUT_OF_SCOPE, reason=sources[0].reason)
    return item


def _agreed(otherwise: Value, values: Iterator[Value]) -> Value:
    found = set(values)
    return found.pop() if len(found) == 1 else otherwise
