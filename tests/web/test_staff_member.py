"""Accounts and appointments end on their day; somebody always manages staff; what a leaver proposed is shown."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.clock import Clock
from todoke.casework import journey
from todoke.cli import staff_link
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.approvals import services as approvals
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as audit_services
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.models import DeskSession, RoleGrant, Staff

from .conftest import MINASE, Towns

HOME = reverse("desk:home")


@pytest.fixture
def manager(empty_towns: Towns) -> Client:
    """Who manages staff, twice: the first may leave."""
    desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="second-manager")
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="manager"))


@pytest.fixture
def leaver(empty_towns: Towns) -> int:
    """Who leaves."""
    return desk.appoint(MINASE, [Role.RECEPTION, Role.DECISION], name="leaver")


def today() -> date:
    return japanese_date(now())


def nightly() -> None:
    with scope(MINASE):
        audit_services.seal(at=now())
    job = next(one for one in journey.JOBS if one.name == "entrance.end_what_ran_out")
    job.run(JobContext(MINASE, Claimant("test", now()), 100))


def test_an_account_ends_after_its_last_day_and_the_night_ends_what_browsers_hold(
    manager: Client, leaver: int, clock: Clock
) -> None:
    browser = desk.browser(MINASE, leaver)
    manager.post(reverse("desk:set-last-day", args=[leaver]), {"until": today().isoformat()})
    assert browser.get(HOME).status_code == 200, "the last day itself counts"
    nightly()
    with scope(MINASE):
        assert DeskSession.objects.filter(staff_id=leaver).exists()
    clock.advance(hours=15, minutes=1)  # midnight in Japan
    with scope(MINASE):
        assert accounts.viewer(leaver) is None, "before any job has run"
    assert journey.has_work(MINASE)
    nightly()
    with scope(MINASE):
        assert not Staff.objects.get(pk=leaver).is_active
        assert not DeskSession.objects.filter(staff_id=leaver).exists()
        actions = [one.action for one in audit.of_object("staff", str(leaver))]
    assert actions[-3:] == ["staff.last_day_set", "staff.deactivated", "staff.sessions_ended"]
    assert "利用終了" in manager_page(leaver)


def manager_page(staff_id: int) -> str:
    browser = desk.browser(MINASE, desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name=f"m{now():%H%M%S}"))
    return browser.get(reverse("desk:staff-member", args=[staff_id])).content.decode()


def test_an_appointment_ends_after_its_last_day_and_the_others_stay(
    manager: Client, leaver: int, clock: Clock
) -> None:
    typed = {"role": "decision", "section": "", "role_until": today().isoformat()}
    manager.post(reverse("desk:give-role", args=[leaver]), typed)
    clock.advance(hours=15, minutes=1)
    with scope(MINASE):
        assert accounts.roles_of(leaver) == {"reception"}
    nightly()
    with scope(MINASE):
        assert set(RoleGrant.objects.filter(staff_id=leaver).values_list("role", flat=True)) == {"reception"}


def test_somebody_always_manages_staff(empty_towns: Towns) -> None:
    only = desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="only")
    browser = desk.browser(MINASE, only)
    with scope(MINASE):
        for one in accounts.managers(on=today()) - {only}:
            RoleGrant.objects.filter(staff_id=one, role="staff_administration").delete()
        grant = RoleGrant.objects.get(staff_id=only).pk
    browser.post(reverse("desk:end-role", args=[only, grant]))
    browser.post(
        reverse("desk:set-last-day", args=[only]), {"until": (today() + timedelta(days=3)).isoformat()}
    )
    with scope(MINASE):
        assert RoleGrant.objects.filter(pk=grant).exists()
        assert Staff.objects.get(pk=only).active_until is None


def test_who_leaves_stands_on_the_list_with_what_waits_of_theirs(manager: Client, leaver: int) -> None:
    manager.post(
        reverse("desk:set-last-day", args=[leaver]), {"until": (today() + timedelta(days=10)).isoformat()}
    )
    with scope(MINASE):
        person = accounts.viewer(leaver)
        assert person is not None
        approvals.propose(
            "attachment.release", object_kind="attachment", object_id="1", shown_hash="0" * 64, reason="x",
            actor=person.actor(), at=now(),
        )  # fmt: skip
    page = manager.get(reverse("desk:leaving-staff")).content.decode()
    assert "leaver" in page
    assert "1件" in page


def test_a_role_of_somebody_else_is_not_taken_by_its_number(manager: Client, leaver: int) -> None:
    other = desk.appoint(MINASE, [Role.RECEPTION], name="other")
    with scope(MINASE):
        grant = RoleGrant.objects.get(staff_id=other).pk
    manager.post(reverse("desk:end-role", args=[leaver, grant]))
    with scope(MINASE):
        assert RoleGrant.objects.filter(pk=grant).exists()


def test_the_server_gives_a_way_back_in_when_nobody_can_sign_in(
    empty_towns: Towns, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse
    import json

    staff_id = desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="locked-out")
    words = argparse.Namespace(name="locked-out", reset_second_step="端末の故障", json=True)
    assert staff_link.VERB.run(words) == 0
    path = json.loads(capsys.readouterr().out)["path"]
    client = Client()
    assert client.post(path).headers["Location"] == reverse("desk:password")
    with scope(MINASE):
        actions = [one.action for one in audit.of_object("staff", str(staff_id))]
    assert {"staff.second_step_reset", "staff.link_made"} <= set(actions)
    assert staff_link.VERB.run(argparse.Namespace(name="nobody", reset_second_step=None, json=False)) == 1
