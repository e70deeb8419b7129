"""From a case that may go to a ledger row that is ready, or held with its reason（E01–E03: one row only）."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.casework.cases import services as cases
from todoke.casework.cases.values import HandoverNote, HandoverProgress, ToHandOver
from todoke.casework.handover import queries
from todoke.casework.handover.models import CoreSystem, Handover
from todoke.casework.handover.rules.rows import build_row, idempotency_key, takes
from todoke.casework.handover.values import CoreSystemRef, HandoverState, Hold
from todoke.casework.intake import queries as intake
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import current_organisation
from todoke.foundation.leases import POISONED


@transaction.atomic
def prepare_cases(waiting: Sequence[ToHandOver], *, actor: Actor, at: datetime) -> int:
    """Give every case its ledger row, or note that no core system takes it; returns how many cases were looked at.

    A procedure goes to the first core system, by name, whose layout lists it. A case that has a row already gets no
    second one: a held row is judged anew, any other is mirrored as it stands.
    """
    held = [case for case in waiting if case.hold_code]
    waiting = [case for case in waiting if not case.hold_code]
    systems = _locked_systems()
    known = {row.case_id: row for row in _open_rows([case.case_id for case in waiting])}
    notes = [HandoverNote(case.case_id, HandoverProgress.HELD, case.hold_code) for case in held]
    entries = []
    made = _insert([case for case in waiting if case.case_id not in known], systems, at)
    judged = [*made, *(row for row in known.values() if row.state == HandoverState.HELD.value)]
    holds = judge(judged)
    for case in waiting:
        row = known.get(case.case_id) or next((one for one in made if one.case_id == case.case_id), None)
        if row is None:
            notes.append(HandoverNote(case.case_id, HandoverProgress.NONE))
            continue
        if row in judged:
            settle(row, holds.get(row.case_id))
            facts = {"state": row.state, "code": row.hold_code}
            entries.append(Entry("handover.prepared", "handover", str(row.pk), actor, at, facts))
        notes.append(note_of(row))
    audit.record_many(entries)
    cases.note_handover(notes, actor=actor, at=at)
    return len(held) + len(waiting)


def _locked_systems() -> list[CoreSystemRef]:
    """Lock the core systems, so that two workers of one body prepare one after the other."""
    rows = CoreSystem.objects.select_for_update().filter(is_active=True).order_by("name")
    return [queries.core_system_ref(row) for row in rows]


def _open_rows(case_ids: Sequence[int]) -> list[Handover]:
    """The newest row of each case that is not refused."""
    rows = Handover.objects.select_for_update().filter(case_id__in=case_ids)
    return list(rows.exclude(state=HandoverState.REFUSED.value).order_by("pk"))


def _insert(fresh: Sequence[ToHandOver], systems: Sequence[CoreSystemRef], at: datetime) -> list[Handover]:
    rows = []
    applications = intake.applications([case.application_id for case in fresh])
    for case in fresh:
        system = next(
            (one for one in systems if takes(queries.core_profile(one.profile), case.procedure)), None
        )
        if system is not None:
            version = Handover.objects.filter(case_id=case.case_id).count() + 1
            rows.append(new_row(system, case, applications[case.application_id].uuid, version, at))
    return Handover.objects.bulk_create(rows)


def new_row(
    system: CoreSystemRef, case: ToHandOver, application: UUID, version: int, at: datetime
) -> Handover:
    """An unsaved ledger row."""
    return Handover(
        organisation_id=current_organisation(), core_system_id=system.id, case_id=case.case_id, version=version,
        idempotency_key=idempotency_key(str(application), version, system.name),
        receipt_number=case.receipt_number, state=HandoverState.READY.value, prepared_at=at, due_at=at,
    )  # fmt: skip


def judge(rows: Sequence[Handover]) -> Mapping[int, Hold]:
    """Why rows cannot leave as things stand now, by case; nothing for those that can."""
    outgoing = queries.outgoing([row.pk for row in rows])
    substitutes = queries.substitutes([row.pk for row in rows])
    profiles = {one.id: queries.core_profile(one.profile) for one in queries.core_systems()}
    holds = {}
    for row in rows:
        found = build_row(outgoing[row.pk], profiles[row.core_system_id], substitutes.get(row.pk, {}))
        if isinstance(found, Hold):
            holds[row.case_id] = found
    return holds


def settle(row: Handover, hold: Hold | None) -> None:
    """Write down that a row is held, or that it is ready."""
    row.state = (HandoverState.HELD if hold else HandoverState.READY).value
    row.hold_code = hold.code if hold else ""
    row.hold_facts = json.dumps(dict(hold.facts), ensure_ascii=False, sort_keys=True) if hold else "{}"
    Handover.objects.filter(pk=row.pk).update(
        state=row.state, hold_code=row.hold_code, hold_facts=row.hold_facts, lease_owner="", lease_until=None,
        attempts=0, parked_code="",
    )  # fmt: skip


_PROGRESS = {
    HandoverState.HELD: HandoverProgress.HELD,
    HandoverState.READY: HandoverProgress.WAITING,
    HandoverState.BATCHED: HandoverProgress.WAITING,
    HandoverState.SENT: HandoverProgress.SENT,
    HandoverState.RECEIPTED: HandoverProgress.RECEIPTED,
    HandoverState.REFUSED: HandoverProgress.REFUSED,
}


def note_of(row: Handover) -> HandoverNote:
    """What the worklist is told about a row."""
    return HandoverNote(row.case_id, _PROGRESS[HandoverState(row.state)], row.hold_code or row.refusal_code)


@transaction.atomic
def hold_case(case_id: int, *, actor: Actor, at: datetime, code: str = POISONED) -> None:
    """Let a case that cannot even be judged wait for a person, visibly."""
    cases.note_handover([HandoverNote(case_id, HandoverProgress.HELD, code)], actor=actor, at=at)
