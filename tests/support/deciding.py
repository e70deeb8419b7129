"""Two people who decide who somebody is: a proposal, and its confirmation by somebody else."""

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tests.support import desk
from todoke.casework.cases import services
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import NumberDecision
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.fence import scope


def staff_like(viewer: Viewer) -> Viewer:
    """Another member of staff, who really exists, with the rights and sections of this one."""
    staff_id = viewer.staff_id
    while staff_id == viewer.staff_id:  # a viewer that a test made up may bear the first number
        name = f"second-{secrets.token_hex(4)}"
        staff_id = desk.appoint(viewer.organisation, [Role.EXAMINATION], name=name)
    return replace(viewer, staff_id=staff_id, name=name)


def decide_by_two(
    viewer: Viewer, uuid: UUID, *, party_id: int, decision: NumberDecision, version: int, at: datetime
) -> Viewer:
    """Propose as `viewer` and confirm as somebody else; returns the second person. The case is two versions older."""
    second = staff_like(viewer)
    with scope(viewer.organisation):
        services.decide_identity(viewer, uuid, party_id=party_id, decision=decision, version=version, at=at)
        confirm(second, uuid, party_id, version=version + 1, at=at)
    return second


def confirm(second: Viewer, uuid: UUID, party_id: int, *, version: int, at: datetime) -> None:
    """Confirm what waits, as it is shown; in the open scope."""
    draft = identify.decision_draft(party_id)
    assert draft is not None
    party = identify.party(draft.application_id, party_id)
    assert party is not None
    shown = identify.shown_hash(party, draft.number, draft.number_kind)
    services.confirm_identity(
        second, uuid, party_id=party_id, shown_hash=shown, reason="並べて確認", version=version, at=at
    )
