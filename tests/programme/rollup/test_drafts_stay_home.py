"""A town's draft is invisible to its prefecture: every address of the board, as the prefecture's people see it."""

from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.endpoints import every_endpoint
from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from tests.programme.plans.conftest import body as body
from tests.programme.rollup.conftest import ACTOR, NATION, STANDARD, TSUMUGI, Country, register
from tests.support import desk
from tests.support.clock import Clock
from todoke.foundation.accounts.values import Role
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.plans import queries as plans
from todoke.programme.progress import services as progress
from todoke.programme.progress.values import ReportDraft, ReportState
from todoke.programme.rollup import queries, services
from todoke.programme.rollup.errors import NoParent, SnapshotChanged
from todoke.programme.rollup.values import SubmissionState

BOARD = [one for one in every_endpoint() if one.namespace == "board"]
WITHOUT_OBJECT = {one.name for one in BOARD if not one.arguments}
DRAFT, NOTE = "だれにも見せない下書きの計画", "内部だけの説明"


@pytest.fixture
def country(body: Body, clock: Clock) -> Country:
    """みなせ市 and its prefecture."""
    register(NATION, OrganisationKind.NATION, "", clock.now, "国")
    register(TSUMUGI, OrganisationKind.PREFECTURE, NATION, clock.now, "つむぎ県")
    organisations.set_parent(MINASE, TSUMUGI)
    exchange.introduce(MINASE, TSUMUGI, actor=ACTOR, at=clock.now)
    return Country(clock)


def pages(client: Client, plan: UUID, item: UUID) -> Iterator[tuple[str, int, str]]:
    """Every address of the board with the town's plan or item: its name, its answer, and what it says."""
    for one in BOARD:
        uuid = item if "item" in str(one.name) else plan
        answer = client.get(one.url(**({"uuid": uuid} if "uuid" in dict(one.arguments) else {})))
        parts = getattr(answer, "streaming_content", None) or [answer.content]
        yield str(one.name), answer.status_code, b"".join(parts).decode("utf-8", "replace")


def test_a_draft_of_a_town_is_on_no_page_of_its_prefecture(body: Body, country: Country) -> None:
    body.make(DRAFT)
    told = body.make("提出する計画")
    with scope(MINASE):
        item = next(one for one in plans.items(told) if one.key == "w01@01")
        report = ReportDraft(item.uuid, country.today, ReportState.WORKING, 50, note=NOTE)
        progress.report_many(body.officer, told.uuid, [report], at=country.clock.now)
        services.submit(body.officer, told.uuid, at=country.clock.now)
    country.work(MINASE, TSUMUGI)
    with scope(MINASE):  # what is done after the submission is a draft again
        report = ReportDraft(item.uuid, country.today, ReportState.DONE, 100, note=NOTE)
        progress.report_many(body.officer, told.uuid, [report], at=country.clock.now)
    client = desk.browser(TSUMUGI, desk.appoint(TSUMUGI, list(Role), name="ken-1"))
    for name, status, text in pages(client, told.uuid, item.uuid):
        assert not any(word in text for word in (DRAFT, NOTE, "提出する計画")), name
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR, name
        assert name in WITHOUT_OBJECT or status != HTTPStatus.OK, name
    shown = client.get(reverse("board:submissions")).content.decode()
    assert "みなせ市" in shown
    with scope(TSUMUGI, read_only=True):
        (received,) = queries.log_of(MINASE)
        assert (received.counts.working, received.counts.done) == (1, 0)


def test_what_changed_since_it_was_shown_is_not_submitted(body: Body, country: Country) -> None:
    plan = body.make()
    with scope(MINASE):
        shown = queries.digest(queries.snapshot_of(plan.uuid, as_of=country.today))
        item = next(one for one in plans.items(plan) if one.key == "w01@01")
        report = ReportDraft(item.uuid, country.today, ReportState.DONE, 100)
        progress.report_many(body.officer, plan.uuid, [report], at=country.clock.now)
        with pytest.raises(SnapshotChanged):
            services.submit(body.officer, plan.uuid, at=country.clock.now, shown_sha256=shown)
        organisations.set_parent(MINASE, "")
        with pytest.raises(NoParent):
            services.submit(body.officer, plan.uuid, at=country.clock.now)


def test_a_person_submits_and_withdraws_on_the_screen(body: Body, country: Country) -> None:
    plan = body.make()
    client = desk.browser(MINASE, body.officer.staff_id)
    page = client.get(reverse("board:submit-plan", args=[plan.uuid]))
    form = page.context["form"]
    answer = client.post(reverse("board:submit-plan", args=[plan.uuid]), {"shown": form.initial["shown"]})
    assert answer.status_code == HTTPStatus.FOUND
    country.work(MINASE, TSUMUGI)
    with scope(MINASE):
        (sent,) = queries.sent()
    client.post(reverse("board:withdraw-submission", args=[sent.uuid]), {"reason": "誤り"})
    country.work(MINASE, TSUMUGI)
    officer = desk.browser(TSUMUGI, desk.appoint(TSUMUGI, list(Role), name="ken-1"))
    with scope(TSUMUGI, read_only=True):
        (received,) = queries.log_of(MINASE)
    assert received.state is SubmissionState.WITHDRAWN
    assert "取下げ" in officer.get(reverse("board:submission", args=[received.uuid])).content.decode()
    for name in ("submissions-csv", "submissions-json"):
        found = officer.get(reverse(f"board:{name}"), {"pack": STANDARD})
        assert found.status_code == HTTPStatus.OK
