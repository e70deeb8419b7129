"""The life of a decision card, and what a monthly close says; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from todoke.foundation.calendars.values import last_day
from todoke.programme.forecast.values import Accuracy, Finding, ForecastRef
from todoke.programme.progress.values import ConceptProgress, PlanProgress

from .errors import CardUnfit, MonthNotOver, StepUnfit
from .values import Card, CardState, Option, Question, QuestionKind

NEXT: Mapping[CardState, frozenset[CardState]] = {
    CardState.OPEN: frozenset({CardState.DECIDED, CardState.DROPPED}),
    CardState.DECIDED: frozenset({CardState.REVIEWED}),
    CardState.REVIEWED: frozenset(),
    CardState.DROPPED: frozenset(),
}
SIGNED = b"todoke monthly close 1\n"  # what a signature over a close begins with
EVEN = 500  # permille


def check_step(state: CardState, to: CardState) -> None:
    """Raises StepUnfit unless a card of this state may become that one."""
    if to not in NEXT[state]:
        raise StepUnfit(state=state.label)


def check_decision(
    options: Sequence[Option], chosen: int, reason: str, review_by: date | None, today: date
) -> None:
    """A decision names one of its options, why, and by when it is looked at again. Raises CardUnfit."""
    if not 0 <= chosen < len(options):
        raise CardUnfit(what="選んだ案がありません")
    if not reason.strip():
        raise CardUnfit(what="決めた理由がありません")
    if review_by is None or review_by <= today:
        raise CardUnfit(what="振り返る日は、明日以降の日付が必要です")


def is_overdue(state: CardState, review_by: date | None, today: date) -> bool:
    """Whether a decision should have been looked at again."""
    return state is CardState.DECIDED and review_by is not None and review_by < today


def check_month(month: date, today: date) -> None:
    """Raises MonthNotOver."""
    if last_day(month) >= today:
        raise MonthNotOver(month=f"{month.year}年{month.month}月")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a close rests on: the plan（its edition, the SHA-256 of its snapshot）, figures, forecasts, findings, decisions."""

    edition: str
    snapshot: str
    progress: PlanProgress
    forecast: ForecastRef | None
    accuracy: Sequence[Accuracy]
    findings: Sequence[Finding]
    cards: Sequence[Card]


def cards_of_month(cards: Iterable[Card], month: date, days: Callable[[datetime], date]) -> list[Card]:
    """The decisions of which a close tells: those under way, and those opened, made, reviewed or dropped in the month."""
    first, last = month.replace(day=1), last_day(month)

    def is_meant(card: Card) -> bool:
        moments = (card.opened_at, card.decided_at, card.reviewed_at)
        is_under_way = card.state in (CardState.OPEN, CardState.DECIDED)
        return is_under_way or any(first <= days(one) <= last for one in moments if one)

    return [card for card in cards if days(card.opened_at) <= last and is_meant(card)]


def document(of: Grounds) -> Mapping[str, Any]:
    """What a close says: figures as of the last day, the forecast and how right earlier ones were, findings, decisions.

    Rates are written as fractions（"22/40"）, so that nothing is rounded in what is signed.
    """
    progress = of.progress
    return {
        "as_of": progress.as_of.isoformat(), "edition": of.edition, "snapshot": of.snapshot,
        "official": _fraction(progress.official.rate), "weighted": _fraction(progress.weighted.rate),
        "differences": {kind.value: _fraction(part) for kind, part in progress.differences.items()},
        "states": {state.value: count for state, count in progress.states.items()},
        "stale": len(progress.stale), "undated": len(progress.undated),
        "concepts": [_concept(one) for one in progress.concepts],
        "forecast": _forecast(of.forecast),
        "accuracy": [_accuracy(one) for one in of.accuracy],
        "findings": _counts(of.findings),
        "cards": [
            {"card": str(one.uuid), "state": one.state.value, "overdue": one.is_overdue} for one in of.cards
        ],
    }  # fmt: skip


def _accuracy(one: Accuracy) -> Mapping[str, Any]:
    return {
        "forecast": str(one.ref.uuid), "as_of": one.ref.as_of.isoformat(), "done": one.done, "by_p50": one.by_p50,
        "by_p80": one.by_p80, "median_error": one.median_error,
    }  # fmt: skip


def _concept(one: ConceptProgress) -> Mapping[str, Any]:
    return {
        "concept": one.official.concept, "official": _fraction(one.official.rate),
        "weighted": _fraction(one.weighted.rate), "is_official": one.official.is_official,
    }  # fmt: skip


def _forecast(forecast: ForecastRef | None) -> Mapping[str, Any] | None:
    if forecast is None:
        return None
    return {
        "forecast": str(forecast.uuid), "p50": forecast.p50.isoformat() if forecast.p50 else None,
        "p80": forecast.p80.isoformat() if forecast.p80 else None, "chance_permille": forecast.chance_permille,
        "input_hash": forecast.input_hash, "seed": forecast.seed, "engine": forecast.engine,
    }  # fmt: skip


def _fraction(value: Fraction | None) -> str | None:
    return f"{value.numerator}/{value.denominator}" if value is not None else None


def _counts(findings: Sequence[Finding]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.rule.value] = counts.get(one.rule.value, 0) + 1
    return dict(sorted(counts.items()))


def questions(
    progress: PlanProgress, forecast: ForecastRef | None, cards: Sequence[Card]
) -> tuple[Question, ...]:
    """What the signer should look at before signing."""
    found = []
    if progress.stale:
        found.append(
            Question(QuestionKind.STALE, f"30日より古い報告の取組が{len(progress.stale)}件あります。")
        )
    if progress.undated:
        found.append(
            Question(QuestionKind.UNDATED, f"目標時期のない取組が{len(progress.undated)}件あります。")
        )
    if forecast is None:
        found.append(
            Question(QuestionKind.NO_FORECAST, "見通しがまだありません。見通しの画面で保存してください。")
        )
    elif _is_likely_late(forecast) and not any(one.state is CardState.OPEN for one in cards):
        words = (
            "期限に間に合う見込みが五分五分より小さく、検討中の意思決定がありません。記録を始めてください。"
        )
        found.append(Question(QuestionKind.LIKELY_LATE, words))
    overdue = sum(one.is_overdue for one in cards)
    if overdue:
        found.append(Question(QuestionKind.OVERDUE, f"振り返りの日を過ぎた意思決定が{overdue}件あります。"))
    return tuple(found)


def _is_likely_late(forecast: ForecastRef) -> bool:
    return forecast.chance_permille is not None and forecast.chance_permille < EVEN
