"""What a plan covers（対象の事務・手続）under a new edition: what is carried over, what is asked, what the lists lost."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from todoke.programme.packs.values import Concept
from todoke.programme.plans.values import Choice, MergeQuestion, PartNote, ScopeEntry

from .ancestry import ConceptKey
from .generating import SECTIONS, Applies
from .hops import Choices, Hop

PART = "対象の事務・手続"


@dataclass(frozen=True, slots=True)
class Carried:
    """The scope under the new edition, what is asked about it, and what became of entries that are gone."""

    entries: tuple[ScopeEntry, ...]
    questions: tuple[MergeQuestion, ...] = ()
    notes: tuple[PartNote, ...] = ()


def carry(
    scope: tuple[ScopeEntry, ...],
    hop: Hop,
    concepts: Mapping[ConceptKey, ConceptKey],
    applies: Applies,
    choices: Choices,
) -> Carried:
    """The scope under the new edition. A concept that the plan has never heard of is asked about, default covered."""
    if not scope:
        return Carried(())
    known = {concepts.get((one.list, one.code), (one.list, one.code)): one for one in scope}
    entries: list[ScopeEntry] = []
    questions: list[MergeQuestion] = []
    for name, concept in _concepts(hop, applies):
        entry = known.pop((name, concept.code), None)
        if entry is not None:
            entries.append(replace(entry, list=name, code=concept.code, label=concept.label))
            continue
        question = _question(hop, name, concept, choices)
        questions.append(question)
        taken = question.choice is Choice.TAKE
        reason = "" if taken else f"{hop.because}加わったが、対象にしないと決めた"
        entries.append(ScopeEntry(name, concept.code, concept.label, taken, reason))
    own = [one for one in known.values() if one.list == SECTIONS]
    return Carried((*entries, *own), tuple(questions), tuple(_lost(known.values())))


def _concepts(hop: Hop, applies: Applies) -> Iterator[tuple[str, Concept]]:
    used = {one.repeat_over for one in hop.new.nodes}
    for name, concepts in hop.new.codelists.items():
        if name in used:
            yield from ((name, one) for one in concepts if applies(one.applies_if))


def _question(hop: Hop, name: str, concept: Concept, choices: Choices) -> MergeQuestion:
    key = f"{hop.name}|{name}:{concept.code}|scope"
    return MergeQuestion(
        key, f"{concept.label}を対象に加えますか", "（なし）", "対象", "（なし）", Choice.TAKE, True,
        choices.get(key, Choice.TAKE),
    )  # fmt: skip


def _lost(entries: Iterable[ScopeEntry]) -> Iterator[PartNote]:
    for one in entries:
        if one.list != SECTIONS:
            yield PartNote(PART, one.label, "新しい版の一覧にありません。その取組は終了として残ります。")
