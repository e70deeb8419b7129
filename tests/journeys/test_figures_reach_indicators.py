"""From an application to an indicator and back: received, the day passes, a signed file, a value, and its cases."""

from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus

import pytest

from tests.casework.cases.conftest import Clerks, Open
from tests.casework.cases.conftest import clerks as clerks
from tests.casework.cases.conftest import open_cases as open_cases
from tests.casework.identify.applications import Written
from tests.casework.identify.conftest import ACTOR, MINASE, NOW
from tests.support import desk
from tests.support.clock import Clock
from todoke.casework import journey as casework
from todoke.casework.cases import services as cases
from todoke.casework.cases.errors import CaseNotFound
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.figures import queries as figures
from todoke.casework.figures.models import CaseFigureRow
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Role, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.exchange import queries as exchange
from todoke.foundation.exchange import services as exchange_services
from todoke.foundation.exchange.models import IncomingFile, OutgoingFile
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.programme import journey as programme
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress import queries, services
from todoke.programme.progress.errors import PaperCountForeign, PaperCountUnfit
from todoke.programme.progress.models import CaseDayRow, PaperCountRow
from todoke.programme.progress.rules import fed
from todoke.programme.progress.values import Indicator, IndicatorValue, ValueSource

OFFICER = Viewer(MINASE, 9, "推 進", frozenset({Right.EDIT_PLANS, Right.REPORT_PROGRESS}), None)
SHARE = IndicatorDefinition("online-share", "オンライン申請の割合", "%", official=False)
DAYS = IndicatorDefinition(
    "days-to-answer", "回答までの日数", "執務日", official=False, higher_is_better=False
)
TODAY, APRIL = NOW.date(), date(2026, 4, 1)


def work(clock: Clock) -> None:
    """A round of both lines, as the worker makes it."""
    with scope(MINASE):
        audit.seal(at=clock.now)
    context = JobContext(MINASE, Claimant("worker-1", clock.now), 100)
    for name in ("figures.tell",):
        next(job for job in casework.JOBS if job.name == name).run(context)
    for name in ("exchange.deliver", "exchange.collect", "progress.take_case_days"):
        next(job for job in programme.JOBS if job.name == name).run(context)


def keep(definition: IndicatorDefinition, clock: Clock) -> Indicator:
    with scope(MINASE):
        return services.keep_indicator(OFFICER, definition, purpose="待たせない", target=None, at=clock.now)


def values(code: str) -> list[IndicatorValue]:
    with scope(MINASE, read_only=True):
        return [one for trend in queries.trends() if trend.indicator.code == code for one in trend.values]


def complete(clerks: Clerks, case: Case, clock: Clock) -> None:
    with scope(MINASE):
        for version, to in enumerate((CaseStatus.EXAMINING, CaseStatus.COMPLETED), 1):
            cases.move_case(clerks.town, case.uuid, to=to, version=version, note="", at=clock.now)


@pytest.fixture
def answered(clerks: Clerks, open_cases: Open, clock: Clock) -> Case:
    """An application of Monday, answered on Tuesday, and both days are over."""
    keep(DAYS, clock)
    case, _ = open_cases(Written(), Written(procedure="P20"))
    work(clock)
    clock.advance(days=1)
    complete(clerks, case, clock)
    work(clock)
    clock.advance(days=1)
    work(clock)
    return case


def test_an_application_becomes_a_value_and_its_event_leads_back_to_the_case_for_who_may_see_it(
    answered: Case, clerks: Clerks
) -> None:
    monday, tuesday = values("days-to-answer")
    assert (monday.as_of, monday.value, monday.missing) == (TODAY, None, fed.NOTHING_ANSWERED)
    assert (tuesday.as_of, tuesday.value, tuesday.source) == (
        TODAY + timedelta(days=1), Decimal(1), ValueSource.EVENTS,
    )  # fmt: skip
    with scope(MINASE, read_only=True):
        (event,) = queries.events_behind(tuesday.id)
        assert figures.case_of(clerks.children, event).uuid == answered.uuid
        with pytest.raises(CaseNotFound):
            figures.case_of(clerks.care, event)
        with pytest.raises(RightMissing):
            figures.case_of(OFFICER, event)
        assert exchange.waiting([services.CASE_EVENTS]) == 0
        assert exchange.refused() == []


def test_nothing_is_done_twice_and_neither_line_has_work_left(answered: Case, clock: Clock) -> None:
    before = values("days-to-answer")
    work(clock)
    assert values("days-to-answer") == before
    with scope(MINASE, read_only=True):
        assert figures.next_due(clock.now) is None
        assert CaseDayRow.objects.count() == OutgoingFile.objects.count() == IncomingFile.objects.count() == 2


def test_an_indicator_that_is_kept_later_gets_the_days_that_are_here(answered: Case, clock: Clock) -> None:
    of_one = fed.of_procedure(DAYS, "P12", "児童手当")
    keep(of_one, clock)
    assert [one.value for one in values("days-to-answer@P12")] == [None, Decimal(1)]
    keep(of_one, clock)
    assert len(values("days-to-answer@P12")) == 2


def test_a_correction_of_a_day_is_another_statement_and_the_first_one_stays(
    answered: Case, clock: Clock
) -> None:
    with scope(MINASE):
        rows = CaseFigureRow.objects.filter(business_days=1)
        body = {"format": "todoke-case-events/1", "day": "2026-04-07", "revision": 2, "part": 1, "parts": 2}
        row = rows.get()
        event = {
            "id": row.event_id, "procedure": "P12", "received_on": "2026-04-06", "entry": "online",
            "answered_on": "2026-04-07", "business_days": 1, "identities_by_person": 0, "handovers_by_person": 0,
            "typed_entries": 0,
        }  # fmt: skip
        other = {**event, "id": "f" * 32, "business_days": 4}
        for part, events in ((1, [event]), (2, [other])):
            letter = {**body, "part": part, "events": events}
            exchange_services.write(
                "casework.events", recipient=MINASE, as_of=date(2026, 4, 7), body=letter, actor=ACTOR, at=clock.now
            )  # fmt: skip
            work(clock)
            assert [one.value for one in values("days-to-answer")][-1] == (1 if part == 1 else Decimal("2.5"))
        indicator = queries.indicator("days-to-answer")
        assert indicator.id
        assert [one.value for one in values("days-to-answer")] == [None, Decimal("2.5")]


@pytest.mark.parametrize("change", [{"format": "other/1"}, {"day": "2026-04-08"}, {"revision": 1}])
def test_a_file_that_does_not_fit_is_refused_with_its_code_and_changes_nothing(
    change: dict[str, object], answered: Case, clock: Clock
) -> None:
    body: dict[str, object] = {"format": "todoke-case-events/1", "day": "2026-04-07", "revision": 2, "part": 1,
                               "parts": 1, "events": []} | change  # fmt: skip
    before = values("days-to-answer")
    with scope(MINASE):
        as_of = date.fromisoformat(str(body["day"]))
        exchange_services.write(
            "casework.events", recipient=MINASE, as_of=as_of, body=body, actor=ACTOR, at=clock.now
        )
    work(clock)
    assert values("days-to-answer") == before
    with scope(MINASE, read_only=True):
        assert [(kind, code) for _, kind, _, code in exchange.refused()] == [("casework.events", "PRG-807")]


def a_month_later(clock: Clock) -> None:
    clock.move_to(NOW + timedelta(days=30))
    with scope(MINASE):
        audit.seal(at=clock.now)


def viewer_of(*roles: Role, section: int | None = None) -> Viewer:
    staff_id = desk.appoint(MINASE, roles, section=section, name=f"{'-'.join(roles)}-{section}")
    with scope(MINASE, read_only=True):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def test_the_share_waits_for_the_paper_applications_and_a_correction_of_them_is_another_value(
    answered: Case, clock: Clock
) -> None:
    officer = viewer_of(Role.PROGRAMME)
    with scope(MINASE, read_only=True):
        found = {one.procedure: (one.online, one.count) for one in queries.paper_counts(APRIL)}
    assert found == {"P12": (1, None), "P20": (1, None)}
    with scope(MINASE), pytest.raises(PaperCountUnfit):
        services.state_paper_counts(officer, APRIL, {"P12": 3}, at=clock.now)  # April is not over
    with scope(MINASE):
        CaseDayRow.objects.bulk_create(_quiet(day) for day in fed.days_of(APRIL) if day not in _known())
    a_month_later(clock)
    keep(SHARE, clock)
    assert [one.missing for one in values("online-share")] == ["紙の申請の件数が入力されていない（2手続）"]
    state = services.state_paper_counts
    with scope(MINASE):
        assert state(officer, APRIL, {"P12": 3, "P20": 3}, at=clock.now) == 2
        assert state(officer, APRIL, {"P20": 3}, at=clock.now) == 0
        assert [(one.value, one.events) for one in values("online-share")] == [(Decimal(25), 2)]
        state(officer, APRIL, {"P20": 5}, at=clock.now)
        assert [one.value for one in values("online-share")] == [Decimal(20)]
        assert list(PaperCountRow.objects.order_by("pk").values_list("count", flat=True)) == [3, 3, 5]
        with pytest.raises(PaperCountUnfit):
            state(officer, APRIL, {"P12": -1}, at=clock.now)
        with pytest.raises(RightMissing):
            state(Viewer(MINASE, 1, "他", frozenset(), None), APRIL, {"P12": 1}, at=clock.now)


def section_of(clerk: Viewer) -> int:
    assert clerk.sections is not None
    return next(iter(clerk.sections))


def test_a_section_tells_the_paper_applications_of_its_own_procedures_only(
    answered: Case, clerks: Clerks, clock: Clock
) -> None:
    a_month_later(clock)
    of_children = viewer_of(Role.MEASURES, section=section_of(clerks.children))
    with scope(MINASE):
        assert services.state_paper_counts(of_children, APRIL, {"P12": 3}, at=clock.now) == 1
        with pytest.raises(PaperCountForeign):
            services.state_paper_counts(of_children, APRIL, {"P12": 4, "P20": 1}, at=clock.now)
        assert queries.stated_paper(APRIL) == {"P12": 3}


def test_the_page_of_paper_applications_takes_what_people_type_and_says_what_it_cannot_take(
    answered: Case, clerks: Clerks, clock: Clock
) -> None:
    a_month_later(clock)
    of_children = viewer_of(Role.MEASURES, section=section_of(clerks.children))
    page, address = desk.browser(MINASE, of_children.staff_id), "/board/indicators/paper/?month=2026-04"
    refused = page.post(address, {"paper-P12": "三件"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "まだ何も保存していません" in refused.content.decode()
    assert "三件" in refused.content.decode(), "what was typed is not lost"
    assert page.post(address, {"paper-P12": "１,２０３", "paper-P20": "5"}).status_code == HTTPStatus.FOUND
    with scope(MINASE, read_only=True):
        assert queries.stated_paper(APRIL) == {"P12": 1203}, "P20 is another section's"
    shown = page.get(address).content.decode()
    assert "0.1%" in shown, "1 of 1,204"
    assert page.post(address, {"paper-P12": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_value_leads_to_its_records_and_who_may_see_cases_to_the_case_which_is_recorded(
    answered: Case, clerks: Clerks
) -> None:
    address = f"/board/indicators/values/{values('days-to-answer')[-1].id}/"
    section = section_of(clerks.children)
    shown = {
        name: desk.browser(MINASE, viewer_of(*roles, section=where).staff_id).get(address).content.decode()
        for name, roles, where in (
            ("reporter", [Role.MEASURES], None),
            ("own", [Role.MEASURES, Role.RECEPTION], section),
            ("other", [Role.MEASURES, Role.RECEPTION], section_of(clerks.care)),
        )
    }
    with scope(MINASE, read_only=True):
        (event,) = queries.events_behind(values("days-to-answer")[-1].id)
        assert AuditEntry.objects.filter(action="cases.listed", object_kind="indicator").count() == 1
    assert all(event in page for page in shown.values())
    link = f"/cases/{answered.uuid}/"
    assert [link in shown[name] for name in ("reporter", "own", "other")] == [False, True, False]


def _known() -> set[date]:
    return set(queries.case_days())


def _quiet(day: date) -> CaseDayRow:
    document = (
        f'{{"day":"{day}","events":[],"format":"todoke-case-events/1","part":1,"parts":1,"revision":1}}'
    )
    return CaseDayRow(
        organisation_id=MINASE, day=day, revision=1, part=1, parts=1, document=document, sha256="0" * 64, taken_at=NOW
    )  # fmt: skip
