"""The life of a decision card, and what a monthly close says; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from todoke.foundation.calendars.values import last_day
from todoke.programme.forecast.values import Accuracy, Finding, ForecastRef
from todoke.programme.progress.values import ConceptProgress, PlanProgress

from .errors import CardUnfit, MonthNotOver, StepUnfit
from .values import Card, CardState, Option

NEXT: Mapping[CardState, frozenset[CardState]] = {
    CardState.OPEN: frozenset({CardState.DECIDED, CardState.DROPPED}),
    CardState.DECIDED: frozenset({CardState.REVIEWED}),
    CardState.REVIEWED: frozenset(),
    CardState.DROPPED: frozenset(),
}
SIGNED = b"todoke monthly close 1\n"  # what a signature over a close begins with
MOST_MISSED = Fraction(1, 2)


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


def document(
    progress: PlanProgress,
    forecast: ForecastRef | None,
    accuracy: Sequence[Accuracy],
    findings: Sequence[Finding],
    cards: Sequence[Card],
) -> Mapping[str, Any]:
    """What a close says: figures as of the last day, the forecast and how right earlier ones were, findings, decisions.

    Rates are written as fractions（"22/40"）, so that nothing is rounded in what is signed.
    """
    return {
        "as_of": progress.as_of.isoformat(),
        "official": _fraction(progress.official.rate), "weighted": _fraction(progress.weighted.rate),
        "differences": {kind.value: _fraction(part) for kind, part in progress.differences.items()},
        "states": {state.value: count for state, count in progress.states.items()},
        "stale": len(progress.stale), "undated": len(progress.undated),
        "concepts": [_concept(one) for one in progress.concepts],
        "forecast": _forecast(forecast),
        "accuracy": [
            {"forecast": str(one.ref.uuid), "done": one.done, "by_p50": one.by_p50, "median_error": one.median_error}
            for one in accuracy
        ],
        "findings": _counts(findings),
        "cards": [
            {"card": str(one.uuid), "state": one.state.value, "overdue": one.is_overdue} for one in cards
        ],
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


def questions(progress: PlanProgress, forecast: ForecastRef | None, cards: Sequence[Card]) -> tuple[str, ...]:
    """What the signer should look at before signing."""
    found = []
    if progress.stale:
        found.append(f"30日より古い報告の取組が{len(progress.stale)}件あります。")
    if progress.undated:
        found.append(f"目標時期のない取組が{len(progress.undated)}件あります。")
    if forecast is None:
        found.append("見通しがまだありません。予測の画面で作ってください。")
    elif forecast.chance_permille is not None and forecast.chance_permille < 500:
        found.append(
            f"期限に間に合う見込みは{forecast.chance_permille / 10:.0f}%です。意思決定の記録を作ってください。"
        )
    overdue = sum(one.is_overdue for one in cards)
    if overdue:
        found.append(f"振り返りの日を過ぎた意思決定が{overdue}件あります。")
    return tuple(found)
