"""What the pages of the roll-up show: the bodies below in one edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, QueryDict

from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.exchange import queries as exchange
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef, PackSubject
from todoke.programme.rollup import queries
from todoke.programme.rollup.queries import counts_in
from todoke.programme.rollup.values import (
    ABSENT,
    ENQUIRY,
    FORWARD,
    MOST_LISTED,
    STATE_WORDS,
    SUBMISSION,
    ConceptLine,
    Counts,
    ForwardRule,
    RollUp,
    Snapshot,
    StepLine,
    SubmissionSource,
)
from todoke.web.board.cartogram import Tile, tiles

KINDS = {SUBMISSION: "提出", FORWARD: "国への送付", ENQUIRY: "照会・回答"}
REASONS = {
    "RUP-801": "決められた形でない", "RUP-802": "送れる団体でないか、ほかの団体についてのもの",
    "RUP-808": "提出した団体自身の署名と合わないものがある（書換えの疑い）", "RUP-811": "照会にない回答",
    "RUP-812": "形の合わない照会か回答", "RUP-813": "受付の終わった回答",
}  # fmt: skip
MOST_REFUSED = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was verified and not taken: who sent it, what it was, and why."""

    sender: str
    kind: str
    number: int
    code: str
    reason: str


def refused() -> list[Refused]:
    """The newest of them."""
    found = [one for one in exchange.refused() if one[1] in KINDS]
    return [
        Refused(sender, KINDS[kind], number, code, REASONS.get(code, ""))
        for sender, kind, number, code in found[:MOST_REFUSED]
    ]


@dataclass(frozen=True, slots=True)
class RollUpView:
    """The page of the bodies below."""

    roll: RollUp
    packs: Sequence[tuple[str, str]]
    waiting: int
    rule: ForwardRule
    query: str
    title: str
    may_forward: bool
    by_area: bool
    area_query: str
    tiles: Sequence[Tile]
    refused: Sequence[Refused]


def rolled(asked: QueryDict, *, as_of: date, most_listed: int | None = None) -> RollUp:
    """The roll-up that an address asks for（pack, edition, release, source, within）. Raises Http404 for nonsense."""
    try:
        source = SubmissionSource(asked.get("source", SubmissionSource.SUBMITTED.value))
        basis = None
        in_use = queries.packs_in_use(source)
        pack = asked.get("pack", "") or (in_use[0] if in_use else "")
        if asked.get("edition"):
            basis = EditionRef(pack, asked.get("edition", ""), int(asked.get("release", "1")))
    except ValueError as nonsense:
        raise Http404 from nonsense
    within = asked.get("within", "")
    if within and not (len(within) == 2 and within.isascii() and within.isdecimal()):
        raise Http404
    return queries.roll_up(
        pack, as_of=as_of, basis=basis, source=source, within=within, most_listed=most_listed
    )


def page(viewer: Viewer, asked: QueryDict, *, as_of: date) -> RollUpView:
    """The page with the choices that stand above it."""
    roll = rolled(asked, as_of=as_of, most_listed=MOST_LISTED)
    names = {one.pack: one.title for one in packs.packs() if one.subject is not PackSubject.INDICATORS}
    in_use = [(one, names.get(one, one)) for one in queries.packs_in_use(roll.source)]
    kept, others = asked.copy(), asked.copy()
    others.pop("within", None)
    return RollUpView(
        roll, in_use, queries.waiting_to_forward(), queries.forward_rule(), kept.urlencode(), names.get(roll.pack, "提出"),
        viewer.may(Right.ASK_BODIES) and queries.has_parent(), roll.below > MOST_LISTED, others.urlencode(),
        tiles(roll.areas) if len(roll.areas) > 1 else (),
        refused() if viewer.may(Right.ASK_BODIES) else (),
    )  # fmt: skip


def state_rows(one: Snapshot | None) -> list[tuple[str, list[tuple[str, str]], Counts]]:
    """Per 事務 its label, each step with the word of its state, and the counts; empty for what only was withdrawn."""
    if one is None:
        return []
    labels, there = queries.labels_of(one.edition), queries.basis(one.edition)
    nodes = {of.id: of for of in packs.edition(one.edition).nodes} if there else {}
    names = [nodes[step].number or nodes[step].label if step in nodes else step for step in one.steps]
    found = []
    for concept, letters in sorted(one.states.items()):
        steps = [
            (name, STATE_WORDS[letter])
            for name, letter in zip(names, letters, strict=True)
            if letter != ABSENT
        ]
        found.append((labels.get(concept, concept) or "全体", steps, counts_in(letters)))
    return found


@dataclass(frozen=True, slots=True)
class StepsView:
    """One 事務 over all bodies."""

    roll: RollUp
    concept: str
    of: ConceptLine
    lines: tuple[StepLine, ...]
    query: str


def steps_view(asked: QueryDict, *, as_of: date) -> StepsView:
    """The steps of the 事務 that an address asks for（concept）. Raises Http404."""
    roll, concept = rolled(asked, as_of=as_of, most_listed=0), asked.get("concept", "")
    found = next((one for one in roll.concepts if one.code == concept), None)
    if found is None or roll.basis is None:
        raise Http404
    lines = queries.steps(roll.pack, concept, basis=roll.basis, source=roll.source, within=roll.within)
    return StepsView(roll, concept, found, lines, asked.urlencode())
