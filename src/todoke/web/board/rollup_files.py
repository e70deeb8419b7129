"""The roll-up as files: CSV of the bodies, of the figures and of steps, JSON, and Excel in the form of the monthly report.

They say what the page says: the same rates, rounded down to one place, and no aggregate without n, median, quartiles, the
share that is stale and the share that can be compared.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from todoke.foundation.workbooks import Cell, Sheet
from todoke.programme.packs import queries as packs
from todoke.programme.rollup import queries
from todoke.programme.rollup.values import (
    ABSENT,
    STATE_WORDS,
    UNKNOWN,
    Aggregate,
    BodyLine,
    Counts,
    RollUp,
    StepLine,
)

MOST_SHEET_ROWS = 5000
HEADER = (
    "団体コード", "団体名", "提出の時点", "経過日数", "版", "完了率", "比較できるステップ", "全ステップ", "作業量で見た進捗",
    "報告が古い割合", "完了見込み（五分五分）", "完了見込み（八割）", "期限に間に合う見込み", "署名", "状態",
)  # fmt: skip
FIGURES = (
    "範囲", "コード", "名前", "n", "団体数", "最小", "25％", "中央値", "75％", "最大", "提出が古い割合", "比べられる割合",
)  # fmt: skip
STEPS = (
    "ステップ", "完了済み", "対象外", "作業中", "未着手", "比べられない", "n（比べられる団体）", "団体数",
    "完了済み＋対象外の割合",
)  # fmt: skip


def percent(value: Fraction | None) -> str:
    """For a file: per cent to one place, rounded down as on the page; empty for what is not known."""
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


def figure_rows(roll: RollUp) -> Iterator[list[str]]:
    """Every aggregate of the page as a row."""
    yield _figure_row("全体", "", "完了率", roll.rate)
    yield _figure_row("全体", "", "作業量で見た進捗", roll.weighted)
    for of in roll.concepts:
        yield _figure_row("事務", of.code, of.label, of.rate)
    for area in roll.areas:
        yield _figure_row("都道府県", area.code, area.name, area.rate)
    comparable = [str(roll.comparable), str(roll.submitted)]
    yield ["比較", "", "すべてのステップを比べられる団体 / 提出した団体", *comparable, *[""] * 7]


def _figure_row(kind: str, code: str, name: str, one: Aggregate) -> list[str]:
    shares = (one.lowest, one.first, one.median, one.third, one.highest, one.stale, one.comparable)
    return [kind, code, name, str(one.n), str(one.of), *(percent(value) for value in shares)]


def step_row(one: StepLine) -> list[str]:
    """One step over all bodies as a row."""
    counts = one.counts
    states = (counts.done, counts.out_of_scope, counts.working, counts.not_started, counts.unknown)
    name = f"{one.number} {one.label}".strip()
    return [name, *map(str, states), str(counts.known), str(counts.steps), percent(counts.rate)]


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
        "source": roll.source.value, "within": roll.within, "bodies_below": roll.below, "submitted": roll.submitted,
        "comparable": roll.comparable, "late": roll.late, "official_rate": aggregate_words(roll.rate),
        "weighted_progress": aggregate_words(roll.weighted),
        "concepts": [
            {"code": one.code, "label": one.label, "official_rate": aggregate_words(one.rate)} for one in roll.concepts
        ],
        "areas": [
            {
                "code": one.code, "name": one.name, "bodies": one.bodies, "submitted": one.submitted, "late": one.late,
                "official_rate": aggregate_words(one.rate),
            }
            for one in roll.areas
        ],
        "bodies": [_body(one) for one in roll.bodies],
    }  # fmt: skip


def _body(one: BodyLine) -> dict[str, Any]:
    told = one.submission
    return {
        "code": one.code, "name": one.name, "as_of": told.as_of.isoformat() if told else None, "late": one.is_late,
        "edition": str(told.edition) if told else None, "age_days": one.age_days,
        "official_rate": None if one.rate is None else round(float(one.rate), 6),
        "comparable_steps": one.counts.known if one.counts else None,
        "steps": one.counts.steps if one.counts else None,
        "weighted_permille": told.weighted_permille if told else None,
        "stale_permille": told.stale_permille if told else None,
        "p50": told.p50.isoformat() if told and told.p50 else None,
        "p80": told.p80.isoformat() if told and told.p80 else None,
        "chance_permille": told.chance_permille if told else None,
        "signature": told.signature.value if told else None, "signer_key": told.signer_key if told else None,
    }  # fmt: skip


def monthly_sheets(roll: RollUp) -> list[Sheet]:
    """The form of the monthly report, a row per body and 事務 and a column per step, and the figures beside it.

    Empty when there is nothing, or it would be too long for one file.
    """
    there = queries.basis(roll.basis) if roll.basis else None
    if roll.basis is None or there is None or len(roll.bodies) * max(len(roll.concepts), 1) > MOST_SHEET_ROWS:
        return []
    nodes = {one.id: one for one in packs.edition(roll.basis).nodes}
    columns = [f"{nodes[step].number} {nodes[step].label}".strip() for step in there.steps]
    labels = {one.code: one.label for one in roll.concepts}
    told = queries.letters(roll.pack, basis=roll.basis, source=roll.source, within=roll.within)
    notes = (
        f"{roll.basis.edition}版にそろえた提出の一覧（{roll.as_of.isoformat()}の時点）。{roll.submitted}団体中"
        f"{roll.comparable}団体をすべてのステップで比べられます。",
        "完了率は（完了済み＋対象外）÷比較できるステップ数です。作業量に対する完了率ではありません。",
    )
    header = ("団体コード", "団体名", "業務", *columns, "完了率", "提出の時点")
    return [
        Sheet("月次報告", header, list(_monthly_rows(roll, told, labels)), notes=notes),
        Sheet("集計", FIGURES, list(figure_rows(roll)), notes=notes),
    ]


def _monthly_rows(roll: RollUp, told: Any, labels: dict[str, str]) -> Iterator[list[Cell]]:
    for body in roll.bodies:
        for concept, letters in sorted(told.get(body.code, {}).items()):
            if concept and body.submission:
                words = [STATE_WORDS.get(one, "") for one in letters]
                known = [one for one in letters if one not in (ABSENT, UNKNOWN)]
                rate = Fraction(sum(one in "do" for one in known), len(known)) if known else None
                yield [
                    body.code, body.name, labels.get(concept, concept), *words, percent(rate), body.submission.as_of,
                ]  # fmt: skip
