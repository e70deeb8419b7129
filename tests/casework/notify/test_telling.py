"""An applicant is told once in effect: through the portal, or by a person who types it there."""

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.conftest import HIYORI, MINASE
from tests.casework.notify.conftest import World
from tests.support.plans import reading_all_of
from todoke.casework.cases.values import CaseStatus
from todoke.casework.notify import queries, services
from todoke.casework.notify.errors import NoticeUnknown
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.fence import scope
from todoke.foundation.outbox import services as outbox


def test_the_opening_is_told_once_in_the_portals_words(world: World) -> None:
    world.open(2)
    world.by_portal()
    assert world.queue() == 2
    assert world.notices() == ["queued", "queued"]
    assert world.send() == 2
    assert world.notices() == ["answered", "answered"]
    told = world.portal.statuses()
    assert [(one["status"], one["is_new"]) for one in told] == [("SBX-S1", True)] * 2
    assert {one["reference_number"] for one in told} == {case.receipt_number for case in world.cases()}


def test_running_the_jobs_again_tells_nothing_more(world: World) -> None:
    world.open()
    world.by_portal()
    for _ in range(3):
        world.queue()
        world.send()
        world.clock.advance(hours=1)
    assert len(world.portal.statuses()) == 1
    assert world.actions("case.notice_noted") == 2


def test_later_notices_carry_what_the_clerk_wrote_and_the_ledger_does_not(world: World) -> None:
    (case,) = world.open()
    world.by_portal()
    world.move(case, CaseStatus.RETURNED, "世帯主の氏名を直してください。")
    world.queue()
    world.send()
    first, second = world.portal.statuses()
    assert (first["status"], second["status"]) == ("SBX-S1", "SBX-S2")
    assert second["message"].endswith("世帯主の氏名を直してください。")
    assert all("世帯主" not in message.payload for message in world.messages())


def test_a_move_that_is_not_told_makes_no_notice(world: World) -> None:
    (case,) = world.open()
    world.by_portal()
    world.move(case, CaseStatus.CHECKING, "")
    assert world.queue() == 1
    assert [state for word, state in world.events() if word == "checking"] == ["silent"]


def test_an_expired_token_is_renewed_on_the_way(world: World) -> None:
    world.open(3)
    world.by_portal()
    world.queue()
    world.portal.faults.arm("expire_token", 1, "/api/statuses")
    assert world.send() == 3


@pytest.mark.parametrize(("kind", "path"), [("refuse", ""), ("http_500", ""), ("http_500", "/api/statuses"),
                                            ("refuse", "/api/statuses"), ("http_500", "/api/login")])  # fmt: skip
def test_a_portal_that_is_away_parks_nothing_and_is_told_later(
    world: World, kind: str, path: str
) -> None:  # F14
    world.open(5)
    world.by_portal()
    world.queue()
    world.portal.faults.arm(kind, 1000, path)
    for _ in range(8):
        assert world.send() == 0
        world.clock.advance(minutes=16)
    assert {message.parked_code for message in world.messages()} == {""}
    world.portal.faults.clear()
    world.clock.advance(minutes=16)
    assert world.send() == 5
    assert len(world.portal.statuses()) == 5


def test_one_notice_in_trouble_does_not_keep_the_others(world: World) -> None:
    world.open(4)
    world.by_portal()
    world.queue()
    world.portal.faults.arm("http_500", 1, "/api/statuses")
    assert world.send() == 3
    world.clock.advance(minutes=1)
    assert world.send() == 1
    assert world.notices() == ["answered"] * 4


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(world: World) -> None:
    world.open()
    world.by_portal()
    world.queue()
    (message,) = world.messages()
    token = httpx.post(
        f"{world.portal.url}/api/login", json={"provider_id": MINASE, "password": f"sandbox-{MINASE}"}
    ).json()["result"]["access_key"]
    httpx.post(
        f"{world.portal.url}/api/statuses", headers={"X-Access-Key": token, "X-Provider-Id": MINASE},
        json={"reference_number": world.cases()[0].receipt_number, "status": "SBX-S1", "message": "",
              "idempotency_key": message.key},
    ).raise_for_status()  # fmt: skip
    assert world.send() == 1
    (message,) = world.messages()
    assert (message.state, message.answer) == ("sent", "duplicate")
    assert len(world.portal.statuses()) == 1


def test_a_status_that_the_portal_refuses_is_parked_for_a_person_and_can_be_tried_again(world: World) -> None:
    world.received = 60  # a 受付番号 that this portal does not know
    world.open()
    world.by_portal()
    world.queue()
    for _ in range(5):
        world.send()
        world.clock.advance(minutes=30)
    (message,) = world.messages()
    assert (message.parked_code, world.notices()) == ("NTF-911", ["failed"])
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None
    with scope(MINASE):
        assert outbox.try_again(message.pk, actor=world.clerk().actor(), at=world.clock.now)
    with scope(MINASE, read_only=True):
        assert queries.next_due() is not None


def test_a_wrong_password_blames_no_notice(world: World) -> None:
    world.open()
    world.by_portal()
    world.queue()
    world.secret.write_text("wrong")
    for _ in range(7):
        world.send()
        world.clock.advance(minutes=16)
    assert world.messages()[0].parked_code == ""
    world.secret.unlink()
    world.send()
    assert world.messages()[0].parked_code == ""


def test_the_late_worker_notes_nothing(world: World) -> None:  # F10
    world.open()
    world.by_portal()
    world.queue()
    with scope(MINASE):
        (late,) = outbox.claim(queries.KIND, limit=1, by=world.job(owner="slow").by)
    world.clock.advance(seconds=61)
    assert world.send() == 1
    with scope(MINASE):
        notice = queries.read_notice(late.key, late.payload)
        from todoke.casework.notify.values import NotTaken

        answer = NotTaken("SBX-400")
        assert not services.settle_notice(
            late, notice, answer, actor=world.clerk().actor(), at=world.clock.now
        )
    assert world.notices() == ["answered"]


def test_without_an_interface_a_person_types_it(world: World) -> None:
    (case,) = world.open()
    world.queue()
    assert world.notices() == ["to_type"]
    with scope(MINASE):
        (line,) = queries.to_type(world.clerk("kosodate"))
        assert (line.case, line.receipt_number, line.word) == (case.uuid, case.receipt_number, "処理中")
        assert "受け付けました" in line.message
        services.mark_typed(world.clerk("kosodate"), line.message_id, at=world.clock.now)
        assert queries.to_type(world.clerk()) == []
        assert queries.first_notices() == (0, 1)
    assert world.notices() == ["typed"]
    assert (world.actions("outbox.typed"), world.portal.statuses()) == (1, [])


def test_typing_it_twice_is_refused_and_recorded_once(world: World) -> None:
    world.open()
    world.queue()
    (message,) = world.messages()
    with scope(MINASE):
        services.mark_typed(world.clerk(), message.pk, at=world.clock.now)
        with pytest.raises(NoticeUnknown):
            services.mark_typed(world.clerk(), message.pk, at=world.clock.now)
    assert world.actions("outbox.typed") == 1


def test_what_is_not_theirs_is_not_listed_and_not_found(world: World) -> None:
    world.open()
    world.open(organisation=HIYORI)
    world.queue()
    world.queue(HIYORI)
    (message,) = world.messages()
    with scope(MINASE):
        assert queries.to_type(world.clerk("kaigo")) == []
        with pytest.raises(NoticeUnknown):
            services.mark_typed(world.clerk("kaigo"), message.pk, at=world.clock.now)
        nobody = Viewer(MINASE, 9, "無 花", frozenset({Right.VIEW_CASES}), None)
        with pytest.raises(RightMissing):
            queries.to_type(nobody)
        with pytest.raises(RightMissing):
            services.mark_typed(nobody, message.pk, at=world.clock.now)
    with scope(HIYORI):
        assert len(queries.to_type(world.clerk(organisation=HIYORI))) == 1
        with pytest.raises(NoticeUnknown):
            services.mark_typed(world.clerk(organisation=HIYORI), message.pk, at=world.clock.now)


def test_work_that_waits_says_when_it_is_due(world: World) -> None:
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None
    world.open()
    world.by_portal()
    with scope(MINASE, read_only=True):
        assert queries.next_due() is not None
    world.queue()
    world.send()
    with scope(MINASE, read_only=True):
        assert queries.next_due() is None
        assert queries.first_notices() == (1, 0)


@pytest.mark.sqlite_only("how SQLite chooses an index")
def test_nothing_that_is_done_for_a_notice_reads_all_events_that_ever_were(world: World) -> None:
    world.open(3)
    world.by_portal()
    with CaptureQueriesContext(connection) as asked:
        assert world.queue() == 3
        assert world.send() == 3
    # what is to be told has an index of its own, which holds nothing else
    found = reading_all_of(
        "casework_caseevent", asked.captured_queries, but="event_to_tell (organisation_id=?)"
    )
    assert found == {}
