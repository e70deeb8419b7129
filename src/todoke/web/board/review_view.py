"""Decisions and monthly closes as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.values import ForecastKind, LintRule
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Plan
from todoke.programme.progress.values import Difference, ReportState
from todoke.programme.review import queries
from todoke.programme.review.values import Card, CardState, Close, CloseDraft

from .forms.reviewing import CloseForm, DecideForm, DropCardForm, OpenForm, OptionForm, ReviewForm


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The cards of a plan, and the form of a new one."""

    plan: Plan
    cards: Sequence[Card]
    overdue: int
    form: OpenForm
    may_decide: bool


def cards_page(viewer: Viewer, uuid: UUID, form: OpenForm, *, today: date) -> CardsPage:
    """All decisions of a plan, those that wait for their review first. Raises PlanUnknown."""
    plan, cards = plans.plan(uuid), queries.cards(uuid, today=today)
    return CardsPage(plan, cards, sum(one.is_overdue for one in cards), form, viewer.may(Right.CLOSE_MONTHS))


@dataclass(frozen=True, slots=True)
class CardForms:
    """The forms that a card of its state may have; None: not now."""

    option: OptionForm | None = None
    decide: DecideForm | None = None
    review: ReviewForm | None = None
    drop: DropCardForm | None = None


@dataclass(frozen=True, slots=True)
class CardPage:
    """One card with what may be done with it."""

    plan: Plan
    card: Card
    decider: str
    opener: str
    forms: CardForms


def card_page(viewer: Viewer, uuid: UUID, *, today: date, typed: Mapping[str, Any] | None = None) -> CardPage:
    """One decision; what was typed and refused stands in its form again. Raises CardUnknown."""
    card = queries.card(uuid, today=today)
    names = staff_names()
    forms = forms_of(card, typed, today) if viewer.may(Right.CLOSE_MONTHS) else CardForms()
    return CardPage(
        plans.plan(card.plan), card, names.get(card.decider, ""), names.get(card.opened_by, ""), forms
    )


def forms_of(card: Card, typed: Mapping[str, Any] | None, today: date) -> CardForms:
    """The forms that fit the state of a card; a form that was sent begins with what was typed."""
    given = dict(typed or {})
    first = {**given, "version": card.version}
    if card.state is CardState.DECIDED:
        return CardForms(review=ReviewForm(initial=first))
    if card.state is not CardState.OPEN:
        return CardForms()
    scenarios = forecasts.forecasts(card.plan, kind=ForecastKind.SCENARIO, limit=50)
    later = {"review_by": today + timedelta(days=30), **first}
    return CardForms(
        OptionForm(scenarios, initial=first), DecideForm(card.options, initial=later) if card.options else None,
        drop=DropCardForm(initial=first),
    )  # fmt: skip


def staff_names() -> Mapping[str, str]:
    """Numbers of staff as cards keep them → names on screen."""
    return {str(person.pk): person.display_name for person in accounts.all_staff()}


@dataclass(frozen=True, slots=True)
class CloseLine:
    """A signed close with the name of who signed and the rates in per cent."""

    close: Close
    by: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ClosesPage:
    """The closes of a plan."""

    plan: Plan
    lines: Sequence[CloseLine]
    last_month: str
    may_close: bool
    checked: CloseLine | None
    is_untouched: bool


def closes_page(viewer: Viewer, uuid: UUID, *, today: date, asked: str = "") -> ClosesPage:
    """Every signed close, the newest first; the one that is asked for is verified. Raises PlanUnknown."""
    plan, names = plans.plan(uuid), staff_names()
    lines = [
        CloseLine(one, names.get(one.signed_by, ""), facts_of(one.document)) for one in queries.closes(uuid)
    ]
    month = today.replace(day=1) - timedelta(days=1)
    checked = next((one for one in lines if str(one.close.uuid) == asked), None)
    is_untouched = checked is not None and queries.is_untouched(checked.close.uuid)
    return ClosesPage(plan, lines, f"{month:%Y-%m}", viewer.may(Right.CLOSE_MONTHS), checked, is_untouched)


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What is about to be signed."""

    plan: Plan
    draft: CloseDraft
    facts: Sequence[tuple[str, str]]
    findings: Sequence[tuple[str, int]]
    differences: Sequence[tuple[str, str]]
    form: CloseForm
    is_again: bool


def draft_page(uuid: UUID, month: date, *, today: date, typed: Mapping[str, Any] | None = None) -> DraftPage:
    """The close of a month as it would be signed now. Raises MonthNotOver, PlanUnknown."""
    draft = queries.close_draft(uuid, month, today=today)
    shown = {"shown": queries.shown_sha256(draft), "month": f"{month:%Y-%m}"}
    document = draft.document
    return DraftPage(
        plans.plan(uuid), draft, facts_of(document),
        [(LintRule(rule).label, count) for rule, count in document["findings"].items()],
        [(Difference(kind).label, points(part)) for kind, part in document["differences"].items()],
        CloseForm(initial={**(typed or {}), **shown}), any(one.month == draft.month for one in queries.closes(uuid)),
    )  # fmt: skip


def facts_of(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a close in words."""
    said = document["forecast"] or {}
    states = "、".join(f"{one.label} {document['states'].get(one.value, 0)}件" for one in ReportState)
    chance = said.get("chance_permille")
    return [
        ("公式の完了率", percent(document["official"])), ("作業量でみた進捗", percent(document["weighted"])),
        ("取組の状態", states), ("30日より古い報告", f"{document['stale']}件"),
        ("目標時期のない取組", f"{document['undated']}件"),
        ("半々の確かさで終わる日", said.get("p50") or "－"), ("8割の確かさで終わる日", said.get("p80") or "－"),
        ("期限に間に合う見込み", "－" if chance is None else f"{chance / 10:.0f}％"),
        ("振り返りの日を過ぎた意思決定", f"{sum(one['overdue'] for one in document['cards'])}件"),
    ]  # fmt: skip


def percent(fraction: str | None) -> str:
    """「55.0％（22/40）」 of a fraction as a close writes it."""
    return "－" if fraction is None else f"{float(Fraction(fraction)) * 100:.1f}％（{fraction}）"


def points(fraction: str | None) -> str:
    """A difference in points."""
    return "－" if fraction is None else f"{float(Fraction(fraction)) * 100:+.1f}ポイント"
