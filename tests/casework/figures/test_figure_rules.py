"""What is counted of a case, what a day's file says of it, and what it never says."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from todoke.casework.cases.values import CaseFacts, CaseStatus, EventKind, Happened, NoticeProgress
from todoke.casework.figures import rules
from todoke.casework.figures.values import CaseFigure, Entry
from todoke.foundation.audit.values import ActorKind
from todoke.foundation.calendars.queries import JAPAN, business_days, japanese_date

MONDAY = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)  # nine in the morning in Japan
CASE, KEY = UUID(int=7), b"k" * 32
DAY = MONDAY.date()


def happened(
    kind: EventKind, to: str = "", *, days: float = 0, by: ActorKind = ActorKind.STAFF,
    notice: NoticeProgress = NoticeProgress.SILENT,
) -> Happened:  # fmt: skip
    return Happened(MONDAY + timedelta(days=days), kind, by, to, notice)


def counted(*entries: Happened, channel: str = "連携API") -> CaseFigure:
    facts = CaseFacts(1, CASE, "P12", channel, MONDAY, entries)
    return rules.figure(
        facts, rules.event_id(KEY, CASE), by_hand=frozenset({"手作業"}), day_of=japanese_date, days_of=business_days
    )  # fmt: skip


def test_a_case_that_was_only_opened_has_no_answer() -> None:
    found = counted(happened(EventKind.OPENED))
    assert (found.received_on, found.answered_on, found.business_days) == (DAY, None, None)
    assert found.entry is Entry.ONLINE
    assert counted(channel="手作業").entry is Entry.BY_HAND


@pytest.mark.parametrize(
    ("received", "answered", "days"),
    [
        ("2026-04-06", "2026-04-06", 0), ("2026-04-06", "2026-04-07", 1), ("2026-04-03", "2026-04-06", 1),
        ("2026-04-04", "2026-04-05", 0), ("2026-04-28", "2026-05-07", 3), ("2026-12-28", "2027-01-04", 1),
    ],
)  # fmt: skip
def test_days_to_the_answer_are_business_days_after_receipt(received: str, answered: str, days: int) -> None:
    found = rules.business_days(date.fromisoformat(received), date.fromisoformat(answered), business_days)
    assert found == days


@pytest.mark.parametrize("status", [CaseStatus.COMPLETED, CaseStatus.REJECTED])
def test_what_persons_had_to_do_is_counted(status: CaseStatus) -> None:
    found = counted(
        happened(EventKind.OPENED, by=ActorKind.WORKER, notice=NoticeProgress.TO_TYPE),
        happened(EventKind.IDENTITY, "proposed"), happened(EventKind.IDENTITY, "decided"),
        happened(EventKind.IDENTITY, "matched", by=ActorKind.WORKER), happened(EventKind.RELEASED),
        happened(EventKind.MOVED, "handed_over"), happened(EventKind.MOVED, "handed_over", by=ActorKind.WORKER),
        happened(EventKind.MOVED, status.value, days=1, notice=NoticeProgress.TYPED),
    )  # fmt: skip
    assert (found.identities_by_person, found.handovers_by_person, found.typed_entries) == (1, 1, 3)
    assert (found.answered_on, found.business_days) == (DAY + timedelta(days=1), 1)


def test_a_withdrawal_is_no_answer() -> None:
    assert counted(happened(EventKind.MOVED, "withdrawn", days=1)).answered_on is None


def test_a_day_tells_how_it_stood_when_it_was_over_so_that_a_later_answer_does_not_change_it() -> None:
    before = counted(happened(EventKind.OPENED))
    after = counted(happened(EventKind.OPENED), happened(EventKind.MOVED, "completed", days=1))
    assert rules.events_of([before], DAY) == rules.events_of([after], DAY)
    (first,), (second,) = (rules.events_of([after], day) for day in (DAY, DAY + timedelta(days=1)))
    assert (first["answered_on"], first["typed_entries"]) == (None, None)
    assert (second["answered_on"], second["business_days"], second["typed_entries"]) == ("2026-04-07", 1, 0)
    assert rules.events_of([after], DAY + timedelta(days=2)) == []


def test_a_file_says_nothing_by_which_a_case_is_found_without_the_key() -> None:
    text = json.dumps(rules.bodies(DAY, 1, rules.events_of([counted()], DAY), most=10))
    assert str(CASE) not in text
    assert CASE.hex not in text
    assert rules.event_id(KEY, CASE) in text
    assert rules.event_id(b"x" * 32, CASE) not in text


def test_a_busy_day_is_cut_into_files_and_a_quiet_day_has_one() -> None:
    events = [{"id": str(number)} for number in range(5)]
    found = rules.bodies(DAY, 3, events, most=2)
    assert [(one["part"], one["parts"], len(one["events"])) for one in found] == [
        (1, 3, 2),
        (2, 3, 2),
        (3, 3, 1),
    ]
    assert [one["events"] for one in rules.bodies(DAY, 1, [], most=2)] == [[]]


def test_only_what_changed_concerns_its_days() -> None:
    before, after = counted(), counted(happened(EventKind.MOVED, "completed", days=1))
    assert rules.touched(before, before) == set()
    assert rules.touched(None, before) == {DAY}
    assert rules.touched(before, after) == {DAY, DAY + timedelta(days=1)}
    assert rules.touched(after, before) == {DAY, DAY + timedelta(days=1)}


@pytest.mark.parametrize(
    ("here", "looked_on", "is_time"),
    [
        ("2026-04-06T15:00", None, True), ("2026-04-06T15:00", "2026-04-06", False),
        ("2026-04-07T00:29", "2026-04-06", False), ("2026-04-07T00:30", "2026-04-06", True),
    ],
)  # fmt: skip
def test_timelines_are_read_once_a_day_after_midnight(
    here: str, looked_on: str | None, is_time: bool
) -> None:
    at = datetime.fromisoformat(here).replace(tzinfo=JAPAN)
    last = date.fromisoformat(looked_on) if looked_on else None
    assert rules.is_time_to_look(at, last, zone=JAPAN) is is_time
