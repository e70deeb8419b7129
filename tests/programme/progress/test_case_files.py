"""The daily files of casework: read strictly, refused as a whole, and what they mean for an indicator."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from todoke.casework.figures import rules as told
from todoke.casework.figures.values import CaseFigure, Entry
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress.errors import EventsUnfit
from todoke.programme.progress.rules import case_files, fed
from todoke.programme.progress.values import AnsweredCase, FedIndicator, ToldCase, ValueSource

DAY = date(2026, 4, 6)
APRIL = date(2026, 4, 1)


def body(**changed: object) -> dict[str, Any]:
    """The file of a day with one application, as the other line writes it."""
    figure = CaseFigure("0" * 32, "P12", DAY, DAY, 0, Entry.ONLINE, 0, 1, 2)
    (found,) = told.bodies(DAY, 1, told.events_of([figure], DAY), most=10)
    return {**found, **changed}


def with_event(**changed: object) -> dict[str, Any]:
    (event,) = body()["events"]
    return body(events=[{**event, **changed}])


def test_what_the_other_line_writes_is_read() -> None:
    found = case_files.read(body(), as_of=DAY)
    assert (found.day, found.revision, found.part, found.parts) == (DAY, 1, 1, 1)
    assert found.events == (ToldCase("0" * 32, "P12", DAY, False, AnsweredCase(DAY, 0, 0, 1, 2)),)
    assert case_files.read(body(events=[]), as_of=DAY).events == ()


NULL = dict.fromkeys(
    ("answered_on", "business_days", "identities_by_person", "handovers_by_person", "typed_entries")
)


@pytest.mark.parametrize(
    "broken",
    [
        {}, body(format="todoke-case-events/2"), body(name="織機"), body(day="2026-04-07"), body(day="20260406"),
        body(day="2026-02-30"), body(day=None), body(revision=0), body(revision=True), body(revision="1"),
        body(part=2), body(part=0), body(parts=0), body(parts=10**9), body(events={}), body(events=[1]),
        body(events=body()["events"] * 2), body(events=[{}] * 5_001), with_event(id="x" * 32), with_event(id=1),
        with_event(id="0" * 31), with_event(procedure="児童手当"), with_event(procedure=""), with_event(entry="fax"),
        with_event(entry=[]), with_event(applicant="織機"), with_event(received_on="2026-04-07"),
        with_event(received_on="2026-04-05", answered_on="2026-04-05"), with_event(answered_on=None),
        with_event(business_days=None), with_event(business_days=-1), with_event(typed_entries=1.5),
        with_event(typed_entries=10**9), with_event(typed_entries=True), with_event(answered_on="2026-04-07"),
        with_event(received_on="2026-04-05", **NULL), with_event(**{**NULL, "typed_entries": 0}),
    ],
)  # fmt: skip
def test_whatever_is_not_as_agreed_refuses_the_file(broken: Mapping[str, Any]) -> None:
    with pytest.raises(EventsUnfit) as refusal:
        case_files.read(broken, as_of=DAY)
    assert refusal.value.code == "PRG-807"
    assert "織機" not in refusal.value.for_screen()


def came(number: int, *, days: int | None = None, typed: int = 0, procedure: str = "P12") -> ToldCase:
    answer = AnsweredCase(DAY, days, 0, 0, typed) if days is not None else None
    return ToldCase(f"{number:032x}", procedure, DAY, False, answer)


def test_days_to_the_answer_are_the_median_of_what_was_answered_that_day() -> None:
    events = [came(1, days=1), came(2, days=4), came(3), came(4, days=9, procedure="P20")]
    found = fed.of_day(FedIndicator.DAYS_TO_ANSWER, events, DAY, "")
    assert (found.value, found.denominator, found.source) == (Decimal("4.0"), 3, ValueSource.EVENTS)
    assert found.events == tuple(f"{number:032x}" for number in (1, 2, 4))
    of_one = fed.of_day(FedIndicator.DAYS_TO_ANSWER, events, DAY, "P12")
    assert (of_one.value, of_one.denominator) == (Decimal("2.5"), 2)


def test_entries_by_hand_are_counted_per_answered_application() -> None:
    events = [came(1, days=1, typed=2), came(2, days=0), came(3, days=0), came(4)]
    found = fed.of_day(FedIndicator.MANUAL_ENTRIES, events, DAY, "")
    assert (found.value, found.numerator, found.denominator) == (Decimal("0.67"), 2, 3)


@pytest.mark.parametrize("which", [FedIndicator.DAYS_TO_ANSWER, FedIndicator.MANUAL_ENTRIES])
def test_a_day_without_an_answer_has_no_value_and_says_why(which: FedIndicator) -> None:
    found = fed.of_day(which, [came(1)], DAY, "")
    assert (found.value, found.missing) == (None, fed.NOTHING_ANSWERED)


def whole(*events: ToldCase) -> dict[date, Sequence[ToldCase]]:
    return {day: [one for one in events if day == DAY] for day in fed.days_of(APRIL)}


def test_the_online_share_is_online_of_online_and_paper_to_one_decimal() -> None:
    months = whole(came(1), came(2), came(3, procedure="P20"))
    found = fed.of_month(months, {"P12": 4, "P20": 1, "P30": 1}, APRIL, "")
    assert (found.as_of, found.value, found.numerator, found.denominator) == (
        date(2026, 4, 30), Decimal("33.3"), 3, 9,
    )  # fmt: skip
    assert fed.of_month(months, {"P12": 4, "P20": 1}, APRIL, "P12").value == Decimal("33.3")
    assert fed.of_month(months, {"P30": 5}, APRIL, "P30").value == Decimal(
        "0.0"
    )  # five on paper, none online


def test_a_share_whose_paper_applications_nobody_stated_is_missing_and_never_a_hundred_per_cent() -> None:
    found = fed.of_month(whole(came(1), came(2, procedure="P20")), {"P12": 4}, APRIL, "")
    assert (found.value, found.missing) == (None, "紙の申請の件数が入力されていない（1手続）")
    assert fed.of_month(whole(came(1)), {}, APRIL, "P12").value is None


def test_a_share_of_a_month_with_missing_days_is_missing() -> None:
    months = whole(came(1))
    del months[DAY + timedelta(days=1)]
    found = fed.of_month(months, {"P12": 4}, APRIL, "")
    assert (found.value, found.missing) == (None, "申請処理の記録がそろっていない（1日分）")


def test_a_month_without_an_application_has_no_share() -> None:
    assert fed.of_month(whole(), {"P12": 0}, APRIL, "P12").missing == fed.NO_APPLICATION
    assert fed.of_month(whole(), {"P12": 0}, APRIL, "").missing == fed.NO_APPLICATION
    assert fed.of_month(whole(), {}, APRIL, "").missing == fed.PAPER_UNKNOWN


def test_what_was_answered_that_month_and_received_before_is_not_received_twice() -> None:
    answered = ToldCase("f" * 32, "P12", date(2026, 3, 31), False, AnsweredCase(DAY, 4, 0, 0, 0))
    assert fed.of_month(whole(came(1), answered), {"P12": 1}, APRIL, "").numerator == 1


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("online-share", (FedIndicator.ONLINE_SHARE, "")), ("days-to-answer@P12", (FedIndicator.DAYS_TO_ANSWER, "P12")),
        ("online-share@", None), ("my-own", None), ("", None),
    ],
)  # fmt: skip
def test_a_code_says_which_indicator_of_which_procedure(code: str, meant: object) -> None:
    assert fed.of_code(code) == meant


def test_an_indicator_is_kept_for_one_procedure_beside_all() -> None:
    found = fed.of_procedure(
        IndicatorDefinition("online-share", "オンライン申請の割合", "%"), "P12", "児童手当"
    )
    assert (found.id, found.label) == ("online-share@P12", "オンライン申請の割合　児童手当")
    assert fed.of_code(found.id) == (FedIndicator.ONLINE_SHARE, "P12")


@pytest.mark.parametrize(("month", "days"), [(APRIL, 30), (date(2028, 2, 1), 29), (date(2026, 12, 1), 31)])
def test_a_month_has_its_days(month: date, days: int) -> None:
    found = fed.days_of(month)
    assert (found[0], len(found), {day.month for day in found}) == (month, days, {month.month})
