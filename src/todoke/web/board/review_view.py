"""Decisions and monthly closes as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.urls import reverse

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.values import ForecastKind, ForecastRef, LintRule
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Plan
from todoke.programme.progress.values import Difference, ReportState
from todoke.programme.review import queries
from todoke.programme.review.values import Card, CardState, Close, CloseDraft, QuestionKind, SignalKind
from todoke.web.shared.dates import day_words
from todoke.web.shared.templatetags.todoke import chance as chance_words

from .forms.reviewing import CloseForm, DecideForm, DropCardForm, OpenForm, OptionForm, ReviewForm
from .item_view import ChangeLine, named

MOST_FORECASTS, MOST_CHANGES = 6, 30


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
    """One card with what may be done with it, and what was changed in the plan after the decision, the latest first."""

    plan: Plan
    card: Card
    decider: str
    opener: str
    forms: CardForms
    changes: Sequence[ChangeLine]


def card_page(viewer: Viewer, uuid: UUID, *, today: date, typed: Mapping[str, Any] | None = None) -> CardPage:
    """One decision; what was typed and refused stands in its form again. Raises CardUnknown."""
    card = queries.card(uuid, today=today)
    names = staff_names()
    forms = forms_of(card, typed, today) if viewer.may(Right.CLOSE_MONTHS) else CardForms()
    return CardPage(
        plans.plan(card.plan),
        card,
        names.get(card.decider, ""),
        names.get(card.opened_by, ""),
        forms,
        _changes(card),
    )


def _changes(card: Card) -> Sequence[ChangeLine]:
    """What was changed in the plan between the decision and its review（Act）; nothing before it was taken."""
    if card.decided_at is None:
        return ()
    until = card.reviewed_at or datetime.max.replace(tzinfo=UTC)
    return named(
        [one for one in plans.changes(card.plan) if card.decided_at <= one.at <= until][:MOST_CHANGES]
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
class AccuracyLine:
    """How right an earlier forecast was, by what was finished since."""

    as_of: date
    done: int
    by_p50: str
    by_p80: str
    error: str


@dataclass(frozen=True, slots=True)
class CloseLine:
    """A signed close with the name of who signed and the rates in per cent."""

    close: Close
    by: str
    facts: Sequence[tuple[str, str]]
    accuracy: Sequence[AccuracyLine]
    findings: Sequence[tuple[str, int]]


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
    known = queries.closes(uuid)
    lines = [_close_line(one, known, names) for one in known]
    month = today.replace(day=1) - timedelta(days=1)
    checked = next((one for one in lines if str(one.close.uuid) == asked), None)
    is_untouched = checked is not None and queries.is_untouched(checked.close.uuid)
    return ClosesPage(plan, lines, f"{month:%Y-%m}", viewer.may(Right.CLOSE_MONTHS), checked, is_untouched)


def _close_line(one: Close, known: Sequence[Close], names: Mapping[str, str]) -> CloseLine:
    before = next((other.document for other in known if other.month < one.month), None)
    return CloseLine(
        one, names.get(one.signed_by, ""), facts_of(one.document, before), accuracy_of(one.document),
        _findings(one.document),
    )  # fmt: skip


def _findings(document: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(LintRule(rule).label, count) for rule, count in document["findings"].items()]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What is about to be signed."""

    plan: Plan
    draft: CloseDraft
    questions: Sequence[tuple[str, str, str]]
    facts: Sequence[tuple[str, str]]
    findings: Sequence[tuple[str, int]]
    differences: Sequence[tuple[str, str]]
    accuracy: Sequence[AccuracyLine]
    form: CloseForm
    is_again: bool


def draft_page(uuid: UUID, month: date, *, today: date, typed: Mapping[str, Any] | None = None) -> DraftPage:
    """The close of a month as it would be signed now. Raises MonthNotOver, PlanUnknown."""
    draft = queries.close_draft(uuid, month, today=today)
    shown = {"shown": queries.shown_sha256(draft), "month": f"{month:%Y-%m}"}
    document, known = draft.document, queries.closes(uuid)
    before = next((one.document for one in known if one.month < draft.month), None)
    return DraftPage(
        plans.plan(uuid), draft, [(one.words, *_where(one.kind, uuid)) for one in draft.questions],
        facts_of(document, before),
        _findings(document), [(Difference(kind).label, points(part)) for kind, part in document["differences"].items()],
        accuracy_of(document),
        CloseForm(initial={**(typed or {}), **shown}), any(one.month == draft.month for one in known),
    )  # fmt: skip


_WHERE = {
    QuestionKind.STALE: ("report", "報告する"), QuestionKind.UNDATED: ("plan", "取組を見る"),
    QuestionKind.NO_FORECAST: ("forecast", "見通しを見る"), QuestionKind.LIKELY_LATE: ("decisions", "記録を始める"),
    QuestionKind.OVERDUE: ("decisions", "意思決定を見る"),
}  # fmt: skip


def _where(kind: QuestionKind, plan: UUID) -> tuple[str, str]:
    """The page on which something is put right, and the words of the link."""
    page, words = _WHERE[kind]
    return (
        f"{reverse(f'board:{page}', args=[plan])}{'?signal=forecast' if kind is QuestionKind.LIKELY_LATE else ''}",
        words,
    )


def accuracy_of(document: Mapping[str, Any]) -> list[AccuracyLine]:
    """The forecasts after which something was finished, the newest first, at most six."""
    told = [one for one in document["accuracy"] if one["done"] and "as_of" in one]
    return [_accuracy(one) for one in told[:MOST_FORECASTS]]


def _accuracy(one: Mapping[str, Any]) -> AccuracyLine:
    error = one["median_error"]
    late = (
        "－"
        if error is None
        else "同じ日"
        if not error
        else f"{abs(error)}日{'遅い' if error > 0 else '早い'}"
    )
    shares = [f"{one[name]}件（{one[name] * 100 // one['done']}％）" for name in ("by_p50", "by_p80")]
    return AccuracyLine(date.fromisoformat(one["as_of"]), one["done"], shares[0], shares[1], late)


def moved(plan: UUID) -> Mapping[str, str]:
    """What the two newest kept forecasts say, as the beginning of a card; empty without a forecast."""
    known = [
        one for one in forecasts.forecasts(plan, kind=ForecastKind.FORECAST, limit=20) if not one.failed_code
    ]
    if not known:
        return {}
    before, after = (_said(one) for one in (known[1] if len(known) > 1 else None, known[0]))
    return {
        "title": "期限に間に合わない見込み",
        "kind": SignalKind.CHANCE.value,
        "before": before,
        "after": after,
    }


def _said(one: ForecastRef | None) -> str:
    if one is None:
        return ""
    end = day_words(one.p80) if one.p80 else "－"
    return f"{day_words(one.as_of)}の見通し: 間に合う見込み{chance_words(one.chance_permille)}、8割の確かさで{end}まで"


def facts_of(document: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[tuple[str, str]]:
    """The figures of a close in words; `before`: the close of an earlier month, to which rates are compared."""
    said = document["forecast"] or {}
    states = "、".join(f"{one.label} {document['states'].get(one.value, 0)}件" for one in ReportState)
    end50, end80 = (
        day_words(date.fromisoformat(said[name])) if said.get(name) else "－" for name in ("p50", "p80")
    )
    return [
        ("公式の完了率", percent(document["official"]) + _since(document, before, "official")),
        ("作業量でみた進捗", percent(document["weighted"]).partition("（")[0] + _since(document, before, "weighted")),
        ("取組の状態", states), ("30日より古い報告", f"{document['stale']}件"),
        ("目標時期のない取組", f"{document['undated']}件"),
        ("半々の確かさで終わる日", end50), ("8割の確かさで終わる日", end80),
        ("期限に間に合う見込み", chance_words(said.get("chance_permille"))),
        ("振り返りの日を過ぎた意思決定", f"{sum(one['overdue'] for one in document['cards'])}件"),
    ]  # fmt: skip


def _since(document: Mapping[str, Any], before: Mapping[str, Any] | None, name: str) -> str:
    """What has changed since an earlier close, in points; empty where one of both is not known."""
    if before is None or before[name] is None or document[name] is None:
        return ""
    step = (Fraction(document[name]) - Fraction(before[name])) * 100
    return f"　前の締め（{day_words(date.fromisoformat(before['as_of']))}）から{float(step):+.1f}ポイント"


def percent(fraction: str | None) -> str:
    """「55.0％（22/40）」 of a fraction as a close writes it."""
    return "－" if fraction is None else f"{float(Fraction(fraction)) * 100:.1f}％（{fraction}）"


def points(fraction: str | None) -> str:
    """A difference in points."""
    return "－" if fraction is None else f"{float(Fraction(fraction)) * 100:+.1f}ポイント"
