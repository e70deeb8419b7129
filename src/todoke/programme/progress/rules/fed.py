"""What the daily files of casework say of an indicator; pure. What is not known has a reason and no value, never 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from todoke.foundation.calendars.values import last_day
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress.values import FedIndicator, Stated, ToldCase, ValueSource

from .indicators import share

NOTHING_ANSWERED = "この日に回答した申請がない"
NO_APPLICATION = "この月に申請がない"
PAPER_UNKNOWN = "オンライン申請がなく、紙の申請の件数も入力されていない"
_FILES = "申請処理の記録（{}）"
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


def of_code(code: str) -> tuple[FedIndicator, str] | None:
    """Which of the fed indicators a code is, and of which procedure（empty: of all）; None for any other indicator."""
    name, is_of_one, procedure = code.partition("@")
    if name not in set(FedIndicator) or bool(is_of_one) != bool(procedure):
        return None
    return FedIndicator(name), procedure


def of_procedure(definition: IndicatorDefinition, procedure: str, label: str) -> IndicatorDefinition:
    """The definition of a fed indicator for one procedure, to be kept beside the one of all."""
    return replace(
        definition, id=f"{definition.id}@{procedure}", label=f"{definition.label}　{label}", official=False
    )


def month_of(day: date) -> date:
    """The first day of the month of a day."""
    return day.replace(day=1)


def days_of(month: date) -> list[date]:
    """Every day of a month, given its first."""
    return [month + timedelta(days=number) for number in range(last_day(month).day)]


def of_day(which: FedIndicator, events: Iterable[ToldCase], day: date, procedure: str) -> Stated:
    """The value of one day: of the applications that were answered on it. Not for the online share, which is of a month.

    The median is over 執務日; an even number of answers gives the middle of two. Entries are per answered application.
    """
    answered = [
        (one.id, one.answer)
        for one in events
        if one.answer and one.answer.on == day and procedure in ("", one.procedure)
    ]
    source, ids = _FILES.format(day.isoformat()), tuple(sorted(event for event, _ in answered))
    if not answered:
        return _missing(day, NOTHING_ANSWERED, source)
    count = len(answered)
    if which is FedIndicator.DAYS_TO_ANSWER:
        value = Decimal(str(median(answer.business_days for _, answer in answered))).quantize(_TENTH)
        return _stated(day, value, (None, count), source, ids)
    typed = sum(answer.typed_entries for _, answer in answered)
    each = (Decimal(typed) / count).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return _stated(day, each, (typed, count), source, ids)


def of_month(
    months: Mapping[date, Sequence[ToldCase]], paper: Mapping[str, int], month: date, procedure: str
) -> Stated:
    """The online share of a month that is over, from the events of its days and the paper applications that persons stated.

    `months` has an entry for each day whose files are here. Missing days, and procedures that came online and whose
    paper applications nobody stated, leave it without a value.
    """
    days = days_of(month)
    as_of, source = days[-1], _FILES.format(f"{month:%Y-%m}")
    without = [day for day in days if day not in months]
    received = [
        one
        for day, events in months.items()
        for one in events
        if one.received_on == day and procedure in ("", one.procedure)
    ]
    ids = tuple(sorted(one.id for one in received))
    if without:
        return _missing(as_of, f"申請処理の記録がそろっていない（{len(without)}日分）", source)
    stated = paper if not procedure else {code: count for code, count in paper.items() if code == procedure}
    meant = {one.procedure for one in received} | ({procedure} if procedure else set())
    unknown = meant - stated.keys()
    if unknown or not stated:
        reason = f"紙の申請の件数が入力されていない（{len(unknown)}手続）" if unknown else PAPER_UNKNOWN
        return replace(_missing(as_of, reason, source), events=ids)
    total = len(received) + sum(stated.values())
    value = share(len(received), total)
    if value is None:
        return _missing(as_of, NO_APPLICATION, source)
    return _stated(as_of, value, (len(received), total), f"{source}、紙の申請は手入力", ids)


def _missing(as_of: date, reason: str, source: str) -> Stated:
    return Stated(as_of, None, missing=reason, source=ValueSource.EVENTS, source_text=source)


def _stated(
    as_of: date, value: Decimal, counts: tuple[int | None, int], source: str, ids: tuple[str, ...]
) -> Stated:
    return Stated(
        as_of, value, numerator=counts[0], denominator=counts[1], source=ValueSource.EVENTS, source_text=source,
        events=ids,
    )  # fmt: skip
