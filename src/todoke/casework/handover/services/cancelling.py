"""Telling the core system that an application which it has is withdrawn（取消, S08）."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from todoke.casework.cases import services as cases
from todoke.casework.cases.values import WithdrawalAnswer
from todoke.casework.handover import queries
from todoke.casework.handover.errors import CancellationImpossible, NoCancellationLayout
from todoke.casework.handover.models import Handover
from todoke.casework.handover.rules.cancelling import has_left
from todoke.casework.handover.rules.rows import idempotency_key
from todoke.casework.handover.values import HandoverKind, HandoverState
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry

from .preparing import judge_rows, note_of, remove_rows
from .sending import acknowledge_batches


@transaction.atomic
def answer_withdrawal(
    viewer: Viewer,
    uuid: UUID,
    *,
    answer: WithdrawalAnswer,
    version: int,
    note: str,
    at: datetime,
    terminal: str = "",
) -> None:
    """End the hold of a late withdrawal: send the core system a cancellation, or keep that it was told by hand.

    The cancellation is a ledger row with a key of its own, built, sent and receipted as any other. Raises what
    cases.services.answer_withdrawal raises, CancellationImpossible, NoCancellationLayout; then nothing has changed.
    """
    rows = _locked_rows(uuid)  # before the case, as everywhere
    cases.answer_withdrawal(viewer, uuid, answer=answer, version=version, note=note, at=at, terminal=terminal)
    original = next((row for row in reversed(rows) if _has_left(row)), None)
    if answer is WithdrawalAnswer.SEND:
        _send(uuid, original, rows, actor=viewer.actor(terminal), at=at)
    else:
        _keep_by_hand(original, rows, actor=viewer.actor(terminal), at=at)


def _locked_rows(uuid: UUID) -> list[Handover]:
    rows = Handover.objects.select_related("core_system").filter(case__uuid=uuid).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return list(rows)


def _has_left(row: Handover) -> bool:
    return has_left(HandoverKind(row.kind), HandoverState(row.state))


def _send(
    uuid: UUID, original: Handover | None, rows: Sequence[Handover], *, actor: Actor, at: datetime
) -> None:
    """A new 取消 row, or the held one anew. What the core refused stays in the ledger beside the next version."""
    if original is None:
        raise CancellationImpossible
    if queries.core_profile(original.core_system.profile).cancellation is None:
        raise NoCancellationLayout
    earlier = [row for row in rows if row.kind == HandoverKind.CANCELLATION.value]
    held = [row for row in earlier if row.state == HandoverState.HELD.value]
    (row,) = held or [_new_row(uuid, original, len(earlier) + 1, at)]
    judge_rows([row], actor=actor, at=at)
    cases.note_handover([note_of(row)], actor=actor, at=at)


def _new_row(uuid: UUID, original: Handover, version: int, at: datetime) -> Handover:
    kind = HandoverKind.CANCELLATION
    return Handover.objects.create(
        organisation_id=original.organisation_id, core_system_id=original.core_system_id, case_id=original.case_id,
        kind=kind.value, cancels=original, version=version, receipt_number=original.receipt_number,
        idempotency_key=idempotency_key(str(uuid), version, original.core_system.name, kind),
        state=HandoverState.READY.value, prepared_at=at, due_at=at,
    )  # fmt: skip


def _keep_by_hand(original: Handover | None, rows: Sequence[Handover], *, actor: Actor, at: datetime) -> None:
    """From now on the core's ledger may lack the row, or show it as cancelled, and nobody is surprised."""
    held = [row for row in rows if row.kind == HandoverKind.CANCELLATION.value]
    remove_rows([row.pk for row in held], actor=actor, at=at)
    if original is not None:
        Handover.objects.filter(pk=original.pk).update(cancelled_by_hand_at=at)
        audit.record(
            "handover.cancelled_by_hand", object_kind="handover", object_id=str(original.pk), actor=actor, at=at,
            facts={"version": original.version, "state": original.state},
        )  # fmt: skip


def settle_originals(cancelled: Sequence[Handover], *, actor: Actor, at: datetime) -> list[Entry]:
    """Whoever acknowledges a cancellation had the original: rows without a receipt of their own are settled by it."""
    receipted = [row for row in cancelled if row.state == HandoverState.RECEIPTED.value]
    done = [row.cancels_id for row in receipted if row.cancels_id is not None]
    if not done:
        return []
    waiting = Handover.objects.filter(pk__in=done, state=HandoverState.SENT.value)
    batches = dict(waiting.order_by("pk").values_list("pk", "batch_id"))
    Handover.objects.filter(pk__in=batches).update(
        state=HandoverState.RECEIPTED.value, receipted_at=at, lease_owner="", lease_until=None, attempts=0,
        parked_code="", fence=F("fence") + 1,
    )  # fmt: skip
    acknowledge_batches(set(batches.values()))
    return [Entry("handover.settled_by_cancellation", "handover", str(pk), actor, at) for pk in batches]
