"""Nobody may do what was not granted; links work once."""

from datetime import timedelta

import pytest

from todoke.foundation.accounts import queries, rules, services
from todoke.foundation.accounts.errors import RightMissing, SetUpDone, SignInNameTaken, TooManyUses
from todoke.foundation.accounts.models import SignInTries
from todoke.foundation.accounts.values import Right, Role, RoleGiven, Use, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.organisations.services import register_section

from .conftest import ACTOR, NOW

Towns = tuple[str, str]


def appoint(town: str, name: str, *given: RoleGiven) -> Viewer:
    with scope(town):
        staff_id = services.create_staff(
            name, display_name="見本 職員", password="longer than twelve", roles=given, actor=ACTOR, at=NOW
        )
        viewer = queries.viewer(staff_id)
    assert viewer is not None
    return viewer


def test_without_a_role_there_is_no_right_and_no_section(towns: Towns) -> None:
    viewer = appoint(towns[0], "nobody")
    assert viewer.rights == frozenset()
    assert viewer.sections == frozenset()
    with pytest.raises(RightMissing):
        rules.require(viewer, Right.VIEW_CASES)


def test_every_role_has_rights_and_no_role_has_all() -> None:
    for role in Role:
        assert frozenset() < rules.RIGHTS_OF[role] < frozenset(Right)


def test_who_manages_staff_sees_no_case_and_who_audits_changes_nothing() -> None:
    assert rules.RIGHTS_OF[Role.STAFF_ADMINISTRATION] == {Right.MANAGE_STAFF}
    assert rules.RIGHTS_OF[Role.AUDITING] == {Right.VIEW_AUDIT}
    assert Right.VIEW_CASES not in rules.RIGHTS_OF[Role.SYSTEM_ADMINISTRATION]


def test_a_role_for_a_section_shows_that_section_only(towns: Towns) -> None:
    with scope(towns[0]):
        section = register_section("fukushi", name="福祉課")
    viewer = appoint(towns[0], "clerk", RoleGiven(Role.RECEPTION, section.id), RoleGiven(Role.AUDITING, None))
    assert viewer.sections == frozenset({section.id})
    chief = appoint(towns[0], "chief", RoleGiven(Role.DECISION, None))
    assert chief.sections is None


def test_a_sign_in_name_is_taken_once_in_the_installation(towns: Towns) -> None:
    appoint(towns[0], "hanako")
    with pytest.raises(SignInNameTaken):
        appoint(towns[1], "hanako")
    assert queries.organisation_of("hanako") == towns[0]
    with scope(towns[1]):
        assert queries.staff_by_name("hanako") is None


def test_appointing_and_ending_leave_a_trace_and_take_effect_at_once(towns: Towns) -> None:
    viewer = appoint(towns[0], "hanako", RoleGiven(Role.RECEPTION, None))
    with scope(towns[0]):
        services.grant_role(viewer.staff_id, RoleGiven(Role.RECEPTION, None), actor=ACTOR, at=NOW)
        services.deactivate_staff(viewer.staff_id, actor=ACTOR, at=NOW)
        assert queries.viewer(viewer.staff_id) is None
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
            "staff.created", "staff.role_granted", "staff.deactivated",
        ]  # fmt: skip


def test_a_one_time_link_works_once_in_its_time_for_its_purpose(db: None) -> None:
    token = services.one_time_link("setup", at=NOW)
    assert services.is_link_open(token, "setup", at=NOW)
    assert not services.is_link_open(token, "sign-in", at=NOW)
    assert not services.is_link_open(token, "setup", at=NOW + timedelta(hours=25))
    assert services.use_link(token, "setup", at=NOW) == ("", None)
    with pytest.raises(SetUpDone):
        services.use_link(token, "setup", at=NOW)


def test_W20_searches_and_reveals_of_one_person_stop_at_a_limit_and_are_counted(towns: Towns) -> None:
    viewer = appoint(towns[0], "hanako", RoleGiven(Role.RECEPTION, None))
    other = appoint(towns[0], "jiro", RoleGiven(Role.RECEPTION, None))
    with scope(towns[0]):
        for use, most in ((Use.REVEAL, 30), (Use.SEARCH, 60)):
            for _ in range(most):
                services.count_use(viewer.staff_id, use, at=NOW)
            with pytest.raises(TooManyUses):
                services.count_use(viewer.staff_id, use, at=NOW)
            services.count_use(other.staff_id, use, at=NOW)
        services.count_use(viewer.staff_id, Use.SEARCH, at=NOW + timedelta(minutes=1))
        for _ in range(100):
            services.count_use(viewer.staff_id, Use.VIEW, at=NOW)
        first, second = queries.uses_since(NOW - timedelta(days=1))
    assert (first.staff_id, first.counts) == (
        viewer.staff_id,
        {Use.SEARCH: 61, Use.REVEAL: 30, Use.VIEW: 100},
    )
    assert first.busiest_hour[Use.SEARCH] == 61
    assert second.counts == {Use.SEARCH: 1, Use.REVEAL: 1}


def test_counts_are_forgotten_after_a_week(towns: Towns) -> None:
    viewer = appoint(towns[0], "hanako", RoleGiven(Role.RECEPTION, None))
    with scope(towns[0]):
        services.count_use(viewer.staff_id, Use.REVEAL, at=NOW)
        services.count_use(viewer.staff_id, Use.REVEAL, at=NOW + timedelta(days=8))
        (figures,) = queries.uses_since(NOW - timedelta(days=30))
    assert figures.counts == {Use.REVEAL: 1}


def test_P16_a_flood_of_names_leaves_nothing_behind_that_counts_no_more(towns: Towns) -> None:
    later = NOW + rules.FORGOTTEN_AFTER + timedelta(hours=1)
    SignInTries.objects.bulk_create(
        SignInTries(key=f"made-up-{number}", last_at=NOW) for number in range(200)
    )
    services.count_stranger(at=NOW)
    services.count_try("lately", at=later)
    for number in range(services.SWEPT_EVERY):
        services.count_try(f"new-{number}", at=later)
    left = set(SignInTries.objects.filter(last_at__lt=later).values_list("key", flat=True))
    assert left == {services.STRANGERS}
    assert SignInTries.objects.filter(key="lately").exists()
