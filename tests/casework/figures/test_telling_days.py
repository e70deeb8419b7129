"""Each day that is over has its files, once; a correction has a higher revision; an event's id leads back to its case."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.casework.cases.conftest import Clerks, Open
from tests.casework.identify.applications import Written
from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.cases import services as cases
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.figures import jobs, queries, services
from todoke.casework.figures.models import CaseFigureRow, FigureDayRow
from todoke.foundation.audit import services as audit
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.models import OutgoingFile
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext

TODAY = NOW.date()
NEXT_MORNING = timedelta(days=1)


def tell(clock: Clock, organisation: str = MINASE) -> int:
    with scope(organisation):
        audit.seal(at=clock.now)  # as the worker does every minute
    return jobs.tell(JobContext(organisation, Claimant("worker-1", clock.now), 100))


def files(organisation: str = MINASE) -> list[Mapping[str, Any]]:
    with scope(organisation, read_only=True):
        rows = OutgoingFile.objects.filter(kind="casework.events").order_by("number")
        return [json.loads(row.content)["body"] for row in rows]


def move(clerks: Clerks, case: Case, to: CaseStatus, clock: Clock, note: str = "") -> None:
    with scope(MINASE):
        version = Case.objects.get(pk=case.pk).version
        cases.move_case(clerks.town, case.uuid, to=to, version=version, note=note, at=clock.now)


def is_due(clock: Clock) -> bool:
    with scope(MINASE, read_only=True):
        return queries.next_due(clock.now) is not None


def test_a_day_is_told_when_it_is_over_and_once(clerks: Clerks, open_cases: Open, clock: Clock) -> None:
    assert not is_due(clock)  # a body without cases has nothing to tell
    open_cases(Written(), Written(procedure="P20"))
    assert tell(clock) == 0
    clock.advance(hours=15, minutes=31)  # 00:31 on the next Japanese day
    assert is_due(clock)
    assert tell(clock) == 1
    assert not is_due(clock)
    assert tell(clock) == 0
    (body,) = files()
    assert (body["day"], body["revision"], body["part"], body["parts"]) == (TODAY.isoformat(), 1, 1, 1)
    assert sorted(one["procedure"] for one in body["events"]) == ["P12", "P20"]
    assert all(one["answered_on"] is None for one in body["events"])


def test_a_quiet_day_says_that_it_was_quiet(clerks: Clerks, open_cases: Open, clock: Clock) -> None:
    open_cases(Written())
    tell(clock)
    clock.advance(days=3)
    tell(clock)
    assert [(one["day"], len(one["events"])) for one in files()] == [
        ("2026-04-06", 1), ("2026-04-07", 0), ("2026-04-08", 0),
    ]  # fmt: skip


def test_an_answer_stands_in_the_file_of_its_day_and_leaves_the_day_of_receipt_as_it_was(
    clerks: Clerks, open_cases: Open, clock: Clock
) -> None:
    (case,) = open_cases(Written())
    tell(clock)
    clock.advance(days=1)
    tell(clock)
    move(clerks, case, CaseStatus.EXAMINING, clock)
    move(clerks, case, CaseStatus.COMPLETED, clock)
    clock.advance(days=1)
    tell(clock)
    first, second = files()
    assert (second["day"], second["revision"]) == ("2026-04-07", 1)
    assert [one["id"] for one in second["events"]] == [one["id"] for one in first["events"]]
    assert (second["events"][0]["answered_on"], second["events"][0]["business_days"]) == ("2026-04-07", 1)


def test_what_comes_late_is_a_new_file_of_the_same_day_with_a_higher_revision(
    clerks: Clerks, open_cases: Open, clock: Clock
) -> None:
    open_cases(Written())
    tell(clock)
    clock.advance(days=1)
    tell(clock)
    clock.move_to(NOW)
    open_cases(Written(), start=1)  # received on the first day, found by us after its file
    clock.advance(days=2)
    tell(clock)
    assert [(one["day"], one["revision"], len(one["events"])) for one in files()] == [
        ("2026-04-06", 1, 1), ("2026-04-06", 2, 2), ("2026-04-07", 1, 0),
    ]  # fmt: skip


def test_a_worker_that_dies_while_writing_leaves_no_half_of_a_day(
    clerks: Clerks, open_cases: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_cases(Written(), Written(), Written())
    tell(clock)
    clock.advance(days=1)
    monkeypatch.setattr(services, "EVENTS_PER_FILE", 1)
    write, written = exchange.write, list[int]()

    def dies_at_the_second(kind: str, **more: Any) -> int:
        if written:
            raise ConnectionResetError
        written.append(write(kind, **more))
        return written[0]

    monkeypatch.setattr(exchange, "write", dies_at_the_second)
    with pytest.raises(ConnectionResetError):
        tell(clock)
    assert files() == []
    monkeypatch.setattr(exchange, "write", write)
    assert tell(clock) == 3
    assert [(one["revision"], one["part"], one["parts"]) for one in files()] == [
        (1, 1, 3),
        (1, 2, 3),
        (1, 3, 3),
    ]


def test_many_entries_are_read_in_steps_and_the_day_is_written_once(
    clerks: Clerks, open_cases: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_cases(*[Written() for _ in range(4)])
    clock.advance(days=1)
    monkeypatch.setattr(jobs, "ENTRIES_AT_ONCE", 3)
    while is_due(clock):
        tell(clock)
    assert [(one["revision"], len(one["events"])) for one in files()] == [(1, 4)]


def test_an_id_leads_to_the_case_for_who_may_see_it_and_to_nothing_for_others(
    clerks: Clerks, open_cases: Open, clock: Clock
) -> None:
    (case,) = open_cases(Written())
    clock.advance(days=1)
    tell(clock)
    event = files()[0]["events"][0]["id"]
    assert event not in (str(case.uuid), case.uuid.hex)
    with scope(MINASE, read_only=True):
        assert queries.case_of(clerks.children, event).uuid == case.uuid
        found = queries.cases_of(clerks.town, [event, "ff" * 16])
        assert {known: one.uuid for known, one in found.items()} == {event: case.uuid}
        assert queries.cases_of(clerks.care, [event]) == {}
        for unknown in (event, "ff" * 16):
            with pytest.raises(CaseNotFound):
                queries.case_of(clerks.care, unknown)
    with scope(HIYORI, read_only=True), pytest.raises(CaseNotFound):
        queries.case_of(clerks.stranger, event)


def test_files_and_rows_hold_no_personal_fields(clerks: Clerks, open_cases: Open, clock: Clock) -> None:
    (case,) = open_cases(Written())
    clock.advance(days=1)
    tell(clock)
    with scope(MINASE, read_only=True):
        contents = list(OutgoingFile.objects.values_list("content", flat=True))
        contents += [str(row) for row in CaseFigureRow.objects.values()]
        contents += [str(row) for row in FigureDayRow.objects.values()]
    for secret in ("織機", "オリハタ", "1980", case.receipt_number, case.uuid.hex):
        assert not [one for one in contents if secret in one]
