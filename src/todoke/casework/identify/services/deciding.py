"""A clerk decides who a party is, where the links could not say or said too much."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from todoke.casework.identify import queries
from todoke.casework.identify.errors import NumberInvalid, PartyChanged, PartyNotFound, ReasonMissing
from todoke.casework.identify.models import PartyRow
from todoke.casework.identify.rules.rows import is_kind, is_number
from todoke.casework.identify.values import IdentityState, NumberDecision, Party
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit


@transaction.atomic
def decide_party(
    viewer: Viewer,
    party: Party,
    *,
    decision: NumberDecision,
    at: datetime,
    terminal: str = "",
) -> Party:
    """Give a party the number that the clerk found for it, and keep who, when and why.

    `party` is what the clerk saw: when it has changed since, PartyChanged. Raises RightMissing, PartyNotFound,
    ReasonMissing, NumberInvalid. Whether the application is the clerk's at all is asked by the caller, who knows
    the sections.
    """
    accounts.require(viewer, Right.DECIDE_IDENTITY)
    if not decision.reason.strip():
        raise ReasonMissing
    if not is_number(decision.number) or not is_kind(decision.number_kind):
        raise NumberInvalid
    rows = PartyRow.objects.filter(pk=party.id, application_id=party.application_id)
    decided = rows.filter(version=party.version).update(
        state=IdentityState.DECIDED.value, number=decision.number, number_kind=decision.number_kind,
        version=F("version") + 1, decided_by=str(viewer.staff_id), decided_at=at,
        decision_reason=decision.reason.strip()[:400],
    )  # fmt: skip
    if not decided:
        raise PartyChanged if rows.exists() else PartyNotFound
    audit.record(
        "party.decided", object_kind="party", object_id=str(party.id), actor=viewer.actor(terminal), at=at,
        facts={
            "application": party.application_id, "role": party.role.value, "before": party.result.state.value,
            "kind": decision.number_kind, "version": party.version + 1,
        },
    )  # fmt: skip
    now = queries.party(party.application_id, party.id)
    if now is None:
        raise PartyNotFound
    return now
