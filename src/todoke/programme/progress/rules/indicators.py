"""Values of indicators: what may be kept, which of them count, and how far the target is."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from todoke.programme.progress.errors import IndicatorUnfit
from todoke.programme.progress.values import Direction, Indicator, IndicatorValue, Trend

PERCENT = "%"
_MOST = Decimal(10) ** 12


def check_value(
    indicator: Indicator, value: Decimal | None, numerator: int | None, denominator: int | None, missing: str
) -> None:
    """Whether a value can be one: a percentage within 0…100, counts not negative, a reason where there is none.

    Raises IndicatorUnfit. A denominator of 0 has no value: missing, never zero.
    """
    if value is None and not missing.strip():
        raise IndicatorUnfit(where="値がない理由を書いてください")
    if value is not None and not value.is_finite():
        raise IndicatorUnfit(where="数字ではありません")
    if value is not None and abs(value) > _MOST:
        raise IndicatorUnfit(where="大きすぎます")
    if value is not None and indicator.unit == PERCENT and not 0 <= value <= 100:
        raise IndicatorUnfit(where="割合は0から100までです")
    if any(one is not None and one < 0 for one in (numerator, denominator)):
        raise IndicatorUnfit(where="件数は0以上です")
    if denominator == 0 and value is not None:
        raise IndicatorUnfit(where="分母が0のときは、値はありません")


def share(numerator: int, denominator: int) -> Decimal | None:
    """A percentage to one decimal, halves away from zero as publications print it; None for a denominator of 0."""
    return (
        (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.1"), "ROUND_HALF_UP")
        if denominator
        else None
    )


def trend(indicator: Indicator, values: Iterable[IndicatorValue]) -> Trend:
    """The values by day; of several for one day the one published last, then the one kept last."""
    newest: dict[date, IndicatorValue] = {}
    for one in sorted(values, key=lambda value: (value.published_on or date.min, value.id)):
        newest[one.as_of] = one
    ordered = tuple(newest[day] for day in sorted(newest))
    known = [one.value for one in ordered if one.value is not None]
    return Trend(indicator, ordered, _gap(indicator, known[-1]) if known else None)


def _gap(indicator: Indicator, value: Decimal) -> Decimal | None:
    """What is missing to the target; 0 where it is reached."""
    if indicator.target is None:
        return None
    missing = indicator.target - value if indicator.direction is Direction.UP else value - indicator.target
    return max(missing, Decimal(0))
