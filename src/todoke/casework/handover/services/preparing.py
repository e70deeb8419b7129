"""From a case that may go to a ledger row that is ready, or held with its reason（E01–E03: one row only）."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.cases.values import HandoverNote, HandoverProgress, ToHandOver
from todoke.casework.handover import queries
from todoke.casework.handover.models import Handover, Substitute
from todoke.casework.handover.rules.rows import build_row, idempotency_key, takes
from todoke.casework.handover.values import CoreSystemRef, HandoverKind, HandoverState, Hold
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import create_rows, current_organisation, select_rows, update_rows
from todoke.foundation.leases import POISONED

_NOT_LEFT = (HandoverState.HELD.value, HandoverState.READY.value)
_SETTLED = (
    "state", "hold_code", "hold_facts", "lease_owner", "lease_until", "attempts", "parked_code", "due_at",
)  # fmt: skip
_PROGRESS: Mapping[HandoverState, HandoverProgress] = {
    HandoverState.HELD: HandoverProgress.HELD,
    HandoverState.READY: HandoverProgress.WAITING,
    HandoverState.BATCHED: HandoverProgress.WAITING,
    HandoverState.SENT: HandoverProgress.SENT,
    HandoverState.RECEIPTED: HandoverProgress.RECEIPTED,
    HandoverState.REFUSED: HandoverProgress.REFUSED,
}
_CANCELLING: Mapping[HandoverState, HandoverProgress] = {
    HandoverState.HELD: HandoverProgress.UNCANCELLED,
    HandoverState.READY: HandoverProgress.CANCELLING,
    HandoverState.BATCHED: HandoverProgress.CANCELLING,
    HandoverState.SENT: HandoverProgress.CANCELLING,
    HandoverState.RECEIPTED: HandoverProgress.CANCELLED,
    HandoverState.REFUSED: HandoverProgress.UNCANCELLED,
}
WITHDRAWN_LATE = "SEQ-503"


@transaction.atomic
def prepare_cases(*, limit: int, actor: Actor, at: datetime) -> int:
    """Look at cases that wait for it: ready, held with a code, or not for any core system; returns how many.

    A procedure goes to the first core system, by name, whose layout lists it. A case that has a row on its way gets
    no second one: a held row is judged anew, any other is mirrored as it stands. After a refusal there is a new row.
    """
    waiting = case_queries.cases_to_hand_over(limit)
    systems = queries.core_systems()
    known = _rows_on_their_way([case.case_id for case in waiting])
    notes: list[HandoverNote] = []
    rows: list[Handover] = []
    fresh: list[tuple[CoreSystemRef, ToHandOver]] = []
    for case in waiting:
        system = _system_for(case, systems)
        if system is None or case.hold_code:
            notes.append(_note_without_row(case, system))
        elif case.case_id in known:
            rows.append(known[case.case_id])
        else:
            fresh.append((system, case))
    rows += new_rows(fresh, at=at)
    judge_rows(rows, actor=actor, at=at)
    cases.note_handover([*notes, *(note_of(row) for row in rows)], actor=actor, at=at)
    return len(waiting)


def _system_for(case: ToHandOver, systems: Sequence[CoreSystemRef]) -> CoreSystemRef | None:
    return next((one for one in systems if takes(queries.core_profile(one.profile), case.procedure)), None)


def _note_without_row(case: ToHandOver, system: CoreSystemRef | None) -> HandoverNote:
    """Not for any core system, or kept back by what the stage before has found（DUP-51x, 署名, 指摘）."""
    if system is None:
        return HandoverNote(case.case_id, HandoverProgress.NONE)
    return HandoverNote(case.case_id, HandoverProgress.HELD, case.hold_code)


def _rows_on_their_way(case_ids: Sequence[int]) -> Mapping[int, Handover]:
    rows = Handover.objects.filter(case_id__in=case_ids, kind=HandoverKind.NEW.value)
    rows = rows.exclude(state=HandoverState.REFUSED.value)
    return {row.case_id: row for row in sorted(rows, key=lambda row: row.pk)}


def new_rows(fresh: Sequence[tuple[CoreSystemRef, ToHandOver]], *, at: datetime) -> list[Handover]:
    """New ledger rows; a case bears its application's uuid, so that makes the key, with the next free version."""
    before = Handover.objects.filter(
        case_id__in=[case.case_id for _, case in fresh], kind=HandoverKind.NEW.value
    )
    used = Counter(before.values_list("core_system_id", "case_id"))
    rows = [_new_row(system, case, used[system.id, case.case_id] + 1, at) for system, case in fresh]
    create_rows(rows)
    keys = {row.idempotency_key for row in rows}
    ids = {
        key: pk
        for pk, key in select_rows(Handover, ("id", "idempotency_key"), among=("idempotency_key", keys))
    }
    for row in rows:
        row.pk = ids[row.idempotency_key]
    return rows


def _new_row(system: CoreSystemRef, case: ToHandOver, version: int, at: datetime) -> Handover:
    return Handover(
        organisation_id=current_organisation(), core_system_id=system.id, case_id=case.case_id, version=version,
        idempotency_key=idempotency_key(str(case.uuid), version, system.name),
        receipt_number=case.receipt_number, state=HandoverState.READY.value, prepared_at=at, due_at=at,
    )  # fmt: skip


def judge_rows(rows: Sequence[Handover], *, actor: Actor, at: datetime) -> None:
    """Say of rows that have not left whether they can, as things stand now; others stay as they are."""
    open_rows = [row for row in rows if row.state in _NOT_LEFT]
    ids = [row.pk for row in open_rows]
    outgoing, substitutes = queries.outgoing(ids), queries.substitutes(ids)
    profiles = {one.id: queries.core_profile(one.profile) for one in queries.core_systems()}
    built = {
        row.pk: build_row(outgoing[row.pk], profiles[row.core_system_id], substitutes.get(row.pk, {}))
        for row in open_rows
    }
    settle_rows(open_rows, {pk: found for pk, found in built.items() if isinstance(found, Hold)}, at=at)
    audit.record_many([_entry(row, actor, at) for row in open_rows])


def settle_rows(rows: Sequence[Handover], holds: Mapping[int, Hold], *, at: datetime) -> None:
    """Write down that rows are held, or that they are ready and due."""
    for row in rows:
        hold = holds.get(row.pk)
        row.state = (HandoverState.HELD if hold else HandoverState.READY).value
        row.hold_code = hold.code if hold else ""
        row.hold_facts = json.dumps(dict(hold.facts), ensure_ascii=False, sort_keys=True) if hold else "{}"
        row.lease_owner, row.lease_until, row.attempts, row.parked_code, row.due_at = "", None, 0, "", at
    update_rows(rows, _SETTLED)


def _entry(row: Handover, actor: Actor, at: datetime) -> Entry:
    facts: dict[str, str | int] = {"state": row.state, "code": row.hold_code, "version": row.version}
    return Entry("handover.judged", "handover", str(row.pk), actor, at, facts)


def note_of(row: Handover) -> HandoverNote:
    """What the worklist is told about a row.

    A cancellation that the core refuses is the clerk's once more, but where the core refused the original as well:
    then it has neither, and nothing is to be done.
    """
    if row.kind == HandoverKind.CANCELLATION.value:
        is_refused = row.state == HandoverState.REFUSED.value
        if is_refused and row.cancels is not None and row.cancels.state == HandoverState.REFUSED.value:
            return HandoverNote(row.case_id, HandoverProgress.NONE)
        code = WITHDRAWN_LATE if is_refused else row.hold_code
        return HandoverNote(row.case_id, _CANCELLING[HandoverState(row.state)], code)
    return HandoverNote(row.case_id, _PROGRESS[HandoverState(row.state)], row.hold_code or row.refusal_code)


@transaction.atomic
def hold_case(case_id: int, *, actor: Actor, at: datetime, code: str = POISONED) -> None:
    """Let a case that cannot even be judged wait for a person, visibly."""
    cases.note_handover([HandoverNote(case_id, HandoverProgress.HELD, code)], actor=actor, at=at)


def drop_rows(handover_ids: Collection[int], *, actor: Actor, at: datetime) -> None:
    """Take rows that never left off the ledger, with their cancellations, because there is nothing to hand over.

    Of a case whose cancellation goes this way, nothing is in the core system.
    """
    back = Handover.objects.filter(
        Q(pk__in=handover_ids) | Q(cancels_id__in=handover_ids), state__in=_NOT_LEFT
    )
    taken_back = dict(back.exclude(cancels=None).values_list("pk", "case_id"))
    remove_rows({*handover_ids, *taken_back}, actor=actor, at=at)
    notes = [HandoverNote(case, HandoverProgress.NONE) for case in taken_back.values()]
    cases.note_handover(notes, actor=actor, at=at)


def remove_rows(handover_ids: Collection[int], *, actor: Actor, at: datetime) -> None:
    """Delete those of these rows that never left."""
    rows = Handover.objects.filter(pk__in=handover_ids, state__in=_NOT_LEFT)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    Substitute.objects.filter(handover_id__in=ids).delete()
    Handover.objects.filter(pk__in=ids).exclude(cancels=None).delete()
    Handover.objects.filter(pk__in=ids).delete()
    audit.record_many([Entry("handover.dropped", "handover", str(pk), actor, at) for pk in ids])
