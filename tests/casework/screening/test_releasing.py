"""A sealed original opens once two persons have agreed on exactly what they were shown."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.casework.identify.conftest import MINASE
from tests.support import desk as staff
from todoke.casework.intake.values import AttachmentState
from todoke.casework.screening import jobs, services
from todoke.casework.screening.errors import FileClosed, NotReleasable
from todoke.casework.screening.models import ScreenedContent
from todoke.casework.screening.services.standing import draw_anew
from todoke.casework.screening.values import Opening, ScreeningApproval, ScreeningState
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Role, Viewer
from todoke.foundation.approvals import services as approvals
from todoke.foundation.approvals.errors import ProposalClosed, ProposalOpen, SamePerson, ShownChanged
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope

from . import pictures
from .conftest import CASE, Desk, detail
from .files import File, attach


@pytest.fixture
def sealed(desk: Desk) -> int:
    """A document with a macro, which nobody can copy."""
    (one,) = attach(File(b"PK\x03\x04 macro", codes=("ATT-608",), kind="docm", state=AttachmentState.SEALED))
    desk.run()
    return one


def person(name: str, role: Role = Role.DECISION) -> Viewer:
    staff_id = staff.appoint(MINASE, [role], name=name)
    with scope(MINASE):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def propose(desk: Desk, viewer: Viewer, file_id: int, shown: str = "") -> None:
    with scope(MINASE):
        services.propose_release(
            viewer, detail(file_id), case=CASE, shown_hash=shown or desk.standing(file_id).shown_hash,
            reason="添付の内容が審査に要る", at=desk.clock.now,
        )  # fmt: skip


def confirm(desk: Desk, viewer: Viewer, file_id: int, shown: str = "") -> None:
    with scope(MINASE):
        services.confirm_release(
            viewer, detail(file_id), case=CASE, shown_hash=shown or desk.standing(file_id).shown_hash,
            reason="隔離端末で確かめる", at=desk.clock.now,
        )  # fmt: skip


def test_two_persons_open_a_sealed_original_for_the_desk_with_a_reason_each_time(
    desk: Desk, sealed: int
) -> None:
    one, other = person("ichiro"), person("jiro", Role.EXAMINATION)
    propose(desk, one, sealed)
    assert desk.standing(sealed).state is ScreeningState.SEALED, "one person is not enough"
    confirm(desk, other, sealed)
    found = desk.standing(sealed)
    assert (found.state, found.original) == (ScreeningState.RELEASED, Opening.REASON)
    with scope(MINASE):
        opened = services.open_original(one, detail(sealed), case=CASE, reason="審査", at=desk.clock.now)
    assert b"".join(opened.chunks) == b"PK\x03\x04 macro"
    assert [entry.action for entry in desk.actions("attachment.released")] == ["attachment.released"]
    assert [entry.purpose for entry in desk.actions("approval.")] == [
        "添付の内容が審査に要る",
        "隔離端末で確かめる",
    ]


def test_where_copies_only_are_shown_every_original_is_shut_until_two_persons_open_it(
    desk: Desk, settings: Settings
) -> None:
    settings.TODOKE_SANITISE = "all"
    picture, office, empty = attach(
        File(pictures.drawn("PNG")), File(b"PK\x03\x04 words", kind="docx"), File(b"", codes=("ATT-604",))
    )
    jobs.take_up(desk.job())
    assert [one.original for one in desk.standings([picture, office])] == [Opening.CLOSED] * 2
    desk.run()
    shown, sealed, nothing = desk.standings([picture, office, empty])
    assert (shown.original, shown.copy_opening) == (Opening.CLOSED, Opening.FREE)
    assert (sealed.state, sealed.may_be_released) == (ScreeningState.SEALED, True), (
        "no copy can be made of it"
    )
    assert nothing.original is Opening.FREE
    with scope(MINASE), pytest.raises(FileClosed):
        services.open_original(desk.person(1), detail(picture), case=CASE, reason="審査", at=desk.clock.now)
    propose(desk, person("ichiro"), picture)
    confirm(desk, person("jiro"), picture)
    assert desk.standing(picture).original is Opening.REASON


def test_the_proposer_cannot_confirm(desk: Desk, sealed: int) -> None:
    one = person("ichiro")
    propose(desk, one, sealed)
    with pytest.raises(SamePerson):
        confirm(desk, one, sealed)
    assert desk.standing(sealed).original is Opening.CLOSED


def test_in_a_one_person_office_the_one_who_was_allowed_may_confirm_alone(desk: Desk, sealed: int) -> None:
    one = person("ichiro")
    with scope(MINASE):
        approvals.allow_alone(
            ScreeningApproval.RELEASE, one.staff_id, actor=Actor(ActorKind.COMMAND, "test"), at=desk.clock.now,
            reason="一人の職場",
        )  # fmt: skip
    propose(desk, one, sealed)
    confirm(desk, one, sealed)
    assert desk.standing(sealed).state is ScreeningState.RELEASED


def test_what_was_shown_is_what_is_agreed_on(desk: Desk, sealed: int) -> None:
    propose(desk, person("ichiro"), sealed)
    with pytest.raises(ShownChanged):
        confirm(desk, person("jiro"), sealed, shown="0" * 64)


def test_a_finding_that_comes_later_voids_the_proposal_and_the_release(desk: Desk, sealed: int) -> None:
    one, other, third = person("ichiro"), person("jiro"), person("saburo")
    propose(desk, one, sealed)
    _find(desk, "ATT-610")
    with pytest.raises(ShownChanged):
        confirm(desk, other, sealed)
    propose(desk, one, sealed)
    confirm(desk, other, sealed)
    _find(desk, "ATT-610 ATT-617")
    assert desk.standing(sealed).state is ScreeningState.SEALED
    assert desk.screenings()[0].state == ScreeningState.SEALED.value
    with scope(MINASE), pytest.raises(FileClosed):
        services.open_original(third, detail(sealed), case=CASE, reason="審査", at=desk.clock.now)


def _find(desk: Desk, codes: str) -> None:
    with scope(MINASE):
        content = ScreenedContent.objects.get()
        content.codes = codes
        content.save(update_fields=["codes"])
        draw_anew([content.pk], desk.clock.now)


def test_malware_found_after_the_release_closes_the_file_for_good(desk: Desk, sealed: int) -> None:
    propose(desk, person("ichiro"), sealed)
    confirm(desk, person("jiro"), sealed)
    _find(desk, "ATT-601")
    found = desk.standing(sealed)
    assert (found.state, found.original, found.may_be_released) == (
        ScreeningState.SEALED, Opening.CLOSED, False,
    )  # fmt: skip


def test_a_proposal_waits_once_and_ends_after_72_hours(desk: Desk, sealed: int) -> None:
    one, other = person("ichiro"), person("jiro")
    propose(desk, one, sealed)
    with pytest.raises(ProposalOpen):
        propose(desk, other, sealed)
    from todoke.foundation.audit import services as audit

    with scope(MINASE):
        audit.seal(at=desk.clock.now)
    desk.clock.move_to(desk.clock.now + timedelta(hours=73))
    with pytest.raises(ProposalClosed):
        confirm(desk, other, sealed)


def test_without_the_right_nobody_proposes_or_confirms(desk: Desk, sealed: int) -> None:
    clerk = desk.person(1, Right.VIEW_CASES, Right.MOVE_CASES)
    with pytest.raises(RightMissing):
        propose(desk, clerk, sealed)
    propose(desk, person("ichiro"), sealed)
    with pytest.raises(RightMissing):
        confirm(desk, clerk, sealed)


def test_what_is_not_sealed_needs_no_release(desk: Desk) -> None:
    (one,) = attach(File(b"plain"))
    desk.run()
    with pytest.raises(NotReleasable):
        propose(desk, person("ichiro"), one)


def test_a_release_is_of_one_attachment_and_no_other_with_the_same_bytes(desk: Desk) -> None:
    macro = File(b"PK\x03\x04 macro", codes=("ATT-608",), kind="docm", state=AttachmentState.SEALED)
    first, second = attach(macro, macro)
    desk.run()
    propose(desk, person("ichiro"), first)
    confirm(desk, person("jiro"), first)
    states = [one.state for one in desk.standings([first, second])]
    assert states == [ScreeningState.RELEASED, ScreeningState.SEALED]
