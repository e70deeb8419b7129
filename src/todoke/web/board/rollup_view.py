"""What the pages of the roll-up show: the bodies below in one edition, and the same figures as files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.http import Http404, QueryDict

from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.workbooks import Cell, Sheet
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef, PackSubject
from todoke.programme.rollup import queries
from todoke.programme.rollup.queries import counts_in
from todoke.programme.rollup.values import (
    ABSENT,
    MOST_LISTED,
    STATE_WORDS,
    Aggregate,
    BodyLine,
    Counts,
    ForwardRule,
    RollUp,
    Snapshot,
    StepLine,
    SubmissionSource,
)

MOST_SHEET_ROWS = 5000
HEADER = (
    "団体コード", "団体名", "提出の時点", "経過日数", "版", "完了率", "比較できるステップ", "全ステップ", "作業量で見た進捗",
    "報告が古い割合", "完了見込み（五分五分）", "完了見込み（八割）", "期限に間に合う見込み", "署名", "状態",
)  # fmt: skip


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
        viewer.may(Right.ASK_BODIES), roll.below > MOST_LISTED, others.urlencode(),
    )  # fmt: skip


def percent(value: Fraction | None) -> str:
    """For a file: per cent to one place; empty for what is not known."""
    return "" if value is None else f"{int(value * 1000) / 10:.1f}%"


def _permille(value: int | None) -> str:
    return "" if value is None else percent(Fraction(value, 1000))


def body_row(one: BodyLine) -> list[str]:
    """A body as a row of a file."""
    told = one.submission
    if told is None:
        return [one.code, one.name, *[""] * 12, "未提出"]
    counts = one.counts or Counts()
    return [
        one.code, one.name, told.as_of.isoformat(), str(one.age_days), told.edition.edition, percent(one.rate),
        str(counts.known), str(counts.steps), _permille(told.weighted_permille), _permille(told.stale_permille),
        told.p50.isoformat() if told.p50 else "", told.p80.isoformat() if told.p80 else "",
        _permille(told.chance_permille), told.signature.label, "遅れ" if one.is_late else "",
    ]  # fmt: skip


def aggregate_words(one: Aggregate) -> dict[str, Any]:
    """An aggregate for JSON: never without n, quartiles, and the shares that are stale and comparable."""
    named = ("lowest", "first", "median", "third", "highest", "stale", "comparable")
    values = {name: getattr(one, name) for name in named}
    return {"n": one.n, "of": one.of} | {
        name: None if value is None else round(float(value), 6) for name, value in values.items()
    }


def document(roll: RollUp) -> dict[str, Any]:
    """The roll-up as JSON, for programs."""
    return {
        "pack": roll.pack, "basis": str(roll.basis) if roll.basis else None, "as_of": roll.as_of.isoformat(),
        "source": roll.source.value, "bodies_below": roll.below, "submitted": roll.submitted,
        "comparable": roll.comparable, "late": roll.late, "official_rate": aggregate_words(roll.rate),
        "weighted_progress": aggregate_words(roll.weighted),
        "concepts": [
            {"code": one.code, "label": one.label, "official_rate": aggregate_words(one.rate)} for one in roll.concepts
        ],
        "bodies": [_body(one) for one in roll.bodies],
    }  # fmt: skip


def _body(one: BodyLine) -> dict[str, Any]:
    told = one.submission
    return {
        "code": one.code, "name": one.name, "as_of": told.as_of.isoformat() if told else None, "late": one.is_late,
        "edition": str(told.edition) if told else None, "age_days": one.age_days,
        "official_rate": None if one.rate is None else round(float(one.rate), 6),
        "weighted_permille": told.weighted_permille if told else None,
        "p50": told.p50.isoformat() if told and told.p50 else None,
        "p80": told.p80.isoformat() if told and told.p80 else None,
        "signature": told.signature.value if told else None, "signer_key": told.signer_key if told else None,
    }  # fmt: skip


def monthly_sheet(roll: RollUp) -> Sheet | None:
    """The form of the monthly report: a row per body and 事務, a column per step; None when it would be too long."""
    there = queries.basis(roll.basis) if roll.basis else None
    if roll.basis is None or there is None or len(roll.bodies) * max(len(roll.concepts), 1) > MOST_SHEET_ROWS:
        return None
    nodes = {one.id: one for one in packs.edition(roll.basis).nodes}
    columns = [f"{nodes[step].number} {nodes[step].label}".strip() for step in there.steps]
    labels = {one.code: one.label for one in roll.concepts}
    told = queries.letters(roll.pack, basis=roll.basis, source=roll.source, within=roll.within)
    rows = list(_monthly_rows(roll, told, labels))
    notes = (
        f"{roll.basis.edition}版にそろえた提出の一覧（{roll.as_of.isoformat()}の時点）",
        "完了率は（完了済み＋対象外）÷比較できるステップ数です。作業量に対する完了率ではありません。",
    )
    return Sheet(
        "月次報告", ("団体コード", "団体名", "業務", *columns, "完了率", "提出の時点"), rows, notes=notes
    )


def _monthly_rows(roll: RollUp, told: Any, labels: dict[str, str]) -> Iterator[list[Cell]]:
    for body in roll.bodies:
        for concept, letters in sorted(told.get(body.code, {}).items()):
            if concept and body.submission:
                words = [STATE_WORDS.get(one, "") for one in letters]
                known = [one for one in letters if one not in (ABSENT, "?")]
                rate = Fraction(sum(one in "do" for one in known), len(known)) if known else None
                yield [
                    body.code, body.name, labels.get(concept, concept), *words, percent(rate), body.submission.as_of,
                ]  # fmt: skip


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
    label: str
    lines: tuple[StepLine, ...]
    query: str


def steps_view(asked: QueryDict, *, as_of: date) -> StepsView:
    """The steps of the 事務 that an address asks for（concept）. Raises Http404."""
    roll, concept = rolled(asked, as_of=as_of, most_listed=0), asked.get("concept", "")
    found = next((one for one in roll.concepts if one.code == concept), None)
    if found is None or roll.basis is None:
        raise Http404
    lines = queries.steps(roll.pack, concept, basis=roll.basis, source=roll.source, within=roll.within)
    return StepsView(roll, concept, found.label, lines, asked.urlencode())
