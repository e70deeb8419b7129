"""After a restore: what the core system has and our restored ledger does not know it has, and sending once more.

A row that was ready when the backup was taken, or whose package was fetched again, may have gone since. Its key is
the same, because it comes from the package; where the core's ledger lists that key with the very content that would
be sent now, the row is settled as the core says and goes nowhere. Where the content differs（EXP-712）two ways lead on:
the core's people take their row out and its ledger is fetched again, or a person here says that theirs stands.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.handover import queries
from todoke.casework.handover.errors import HandoverUnknown, NotHeld, NotListed
from todoke.casework.handover.models import Batch, CoreLedgerRow, Handover, UnexpectedReceipt
from todoke.casework.handover.rules.batches import offsets
from todoke.casework.handover.values import (
    BatchState,
    BuiltRow,
    ClaimedRow,
    CoreSystemRef,
    HandoverKind,
    HandoverState,
    KnownThere,
    LedgerOutcome,
)
from todoke.foundation import canonical, leases
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.backup import services as backup
from todoke.foundation.backup.errors import ReasonMissing
from todoke.foundation.claims import Claim
from todoke.foundation.fence import current_organisation
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import Written

from .preparing import judge_rows, note_of
from .receipts import OUTCOME_THERE, told_by_ledger
from .sending import ALREADY_THERE, build_batch

_NEVER_SENT = 0  # the number of batches that only hold what the core has: no file of theirs is laid down


@transaction.atomic
def wake_listed(viewer: Viewer, system: CoreSystemRef, *, at: datetime) -> int:
    """Judge rows anew that were held because the core's ledger lists them; returns how many. Raises RightMissing."""
    require(viewer, Right.RECONCILE)
    rows = Handover.objects.filter(
        core_system_id=system.id, state=HandoverState.HELD.value, hold_code=ALREADY_THERE
    )
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    found = list(rows.order_by("pk"))
    judge_rows(found, actor=viewer.actor(), at=at)
    cases.note_handover([note_of(row) for row in found], actor=viewer.actor(), at=at)
    return len(found)


def known_there(system: CoreSystemRef) -> KnownThere:
    """The rows that have not left as far as we know, and that the core's ledger lists with equal content."""
    theirs = dict(CoreLedgerRow.objects.filter(core_system_id=system.id).values_list("key", "row_sha256"))
    rows = Handover.objects.filter(
        core_system_id=system.id, state=HandoverState.READY.value, kind=HandoverKind.NEW.value
    )
    claimed = [
        ClaimedRow(Claim(row.pk, row.fence, row.attempts), row.case_id, row.idempotency_key)
        for row in rows.order_by("pk")
        if row.idempotency_key in theirs  # there may be a million of them: more than a statement takes
    ]
    built = build_batch(system, claimed, is_sending=False)
    equal = tuple((one, row) for one, row in built.rows if theirs[row.key] == row.sha256)
    return KnownThere(equal, {one.case_id: built.case_versions[one.claim.id] for one, _ in equal})


@transaction.atomic
def accept_known(
    viewer: Viewer, system: CoreSystemRef, known: KnownThere, written: Written, *, at: datetime
) -> int:
    """Settle rows as the core's ledger has them, with the bytes that it has; returns how many.

    Whatever changed since they were built stays as it is. Raises RightMissing.
    """
    require(viewer, Right.RECONCILE)
    claims = [one.claim for one, _ in known.rows]
    if len(leases.still_mine(Handover, claims)) < len(claims):
        return 0
    if len(case_queries.still_waiting(known.case_versions)) < len(known.case_versions):
        return 0
    batch = _batch_of_theirs(system, written, len(claims), at)
    rows = _settled(system, known.rows, batch, at)
    audit.record_many(told_by_ledger(rows, viewer.actor(), at))
    cases.note_handover([note_of(row) for row in rows], actor=viewer.actor(), at=at)
    return len(rows)


def _batch_of_theirs(system: CoreSystemRef, written: Written, rows: int, at: datetime) -> Batch:
    (blob,) = vault.register([written], at=at)
    part = Batch.objects.filter(core_system_id=system.id, number=_NEVER_SENT).count()
    return Batch.objects.create(
        organisation_id=current_organisation(), core_system_id=system.id, number=_NEVER_SENT, part=part,
        file_name=f"{system.name}-ledger-{part}", row_count=rows, sha256=blob.sha256, blob_id=blob.id,
        state=BatchState.ACKNOWLEDGED.value, written_at=at, due_at=at,
    )  # fmt: skip


def _settled(
    system: CoreSystemRef, known: Sequence[tuple[ClaimedRow, BuiltRow]], batch: Batch, at: datetime
) -> list[Handover]:
    places = dict(
        zip(
            (one.key for one, _ in known),
            offsets(queries.core_profile(system.profile), [row for _, row in known]),
            strict=True,
        )
    )
    outcomes = dict(CoreLedgerRow.objects.filter(core_system_id=system.id).values_list("key", "outcome"))
    built = {row.key: row for _, row in known}
    rows = list(Handover.objects.filter(pk__in=[one.claim.id for one, _ in known]).order_by("pk"))
    for row in rows:
        line = built[row.idempotency_key]
        row.state = OUTCOME_THERE[LedgerOutcome(outcomes[line.key])].value
        row.batch, row.row_offset, row.row_length = batch, places[line.key], len(line.line)
        row.row_sha256 = line.sha256
        _close(row, at)
    Handover.objects.bulk_update(rows, _COLUMNS, batch_size=200)
    UnexpectedReceipt.objects.filter(core_system_id=system.id, key__in=built).delete()  # they are explained
    return rows


def _close(row: Handover, at: datetime) -> None:
    """Nothing holds it, nobody works on it: the core has it."""
    row.hold_code, row.hold_facts, row.parked_code = "", "{}", ""
    row.receipted_at, row.attempts, row.fence = at, 0, row.fence + 1
    row.lease_owner, row.lease_until = "", None


def statement_of(viewer: Viewer, handover_id: int) -> bytes:
    """What is kept in the place of a batch file when the core's row stands: keys and hashes, no personal data.

    Raises RightMissing, HandoverUnknown, NotHeld, NotListed.
    """
    row, theirs = _listed_otherwise(viewer, handover_id)
    stated = {
        "key": row.idempotency_key,
        "their_sha256": theirs.row_sha256,
        "outcome": theirs.outcome,
        "ours": "not sent",
    }
    return canonical.bytes_of(stated)


@transaction.atomic
def accept_theirs(
    viewer: Viewer, handover_id: int, written: Written, *, reason: str, at: datetime, terminal: str = ""
) -> None:
    """Close a row that the core has with other content as the core has it; ours never leaves（EXP-712）.

    `written` are the durable bytes of `statement_of`; of the row only the core's hash is known. Raises ReasonMissing,
    RightMissing, HandoverUnknown, NotHeld, NotListed.
    """
    if not reason.strip():
        raise ReasonMissing
    row, theirs = _listed_otherwise(viewer, handover_id)
    row.batch = _batch_of_theirs(queries.core_system_ref(row.core_system), written, 1, at)
    row.state = OUTCOME_THERE[LedgerOutcome(theirs.outcome)].value
    row.row_offset, row.row_length, row.row_sha256 = 0, 0, theirs.row_sha256
    _close(row, at)
    row.save(update_fields=_COLUMNS)
    actor, facts = viewer.actor(terminal), {"state": row.state, "their_sha256": theirs.row_sha256}
    audit.record(
        "handover.accepted_as_theirs", object_kind="handover", object_id=str(row.pk), actor=actor, at=at,
        purpose=reason.strip()[:200], facts=facts,
    )  # fmt: skip
    UnexpectedReceipt.objects.filter(core_system_id=row.core_system_id, key=row.idempotency_key).delete()
    cases.note_handover([note_of(row)], actor=actor, at=at)


def _listed_otherwise(viewer: Viewer, handover_id: int) -> tuple[Handover, CoreLedgerRow]:
    """The held row, and that of the core's ledger as last fetched."""
    require(viewer, Right.RECONCILE)
    rows = (
        Handover.objects.select_for_update(of=("self",)).select_related("core_system").filter(pk=handover_id)
    )
    row = rows.first()
    if row is None:
        raise HandoverUnknown
    if (row.state, row.hold_code) != (HandoverState.HELD.value, ALREADY_THERE):
        raise NotHeld(state=HandoverState(row.state).label)
    theirs = CoreLedgerRow.objects.filter(core_system_id=row.core_system_id, key=row.idempotency_key).first()
    if theirs is None:
        raise NotListed
    return row, theirs


_COLUMNS = (
    "state", "batch", "row_offset", "row_length", "row_sha256", "hold_code", "hold_facts", "receipted_at",
    "parked_code", "attempts", "fence", "lease_owner", "lease_until",
)  # fmt: skip


@transaction.atomic
def resume_after_restore(viewer: Viewer, name: str, *, reason: str, at: datetime, terminal: str = "") -> bool:
    """Send to a core system again after a restore; False when nothing held it.

    Its ledger must have been fetched since. Where the two do not agree, the person says why sending begins again all
    the same. Raises RightMissing, CoreSystemUnknown, NotReconciled, ReasonMissing.
    """
    require(viewer, Right.RECONCILE)
    system = queries.core_system(name)
    if not system.is_held:
        return False
    table = queries.reconcile(name)
    if not table.is_equal and not reason.strip():
        raise ReasonMissing
    return backup.release(viewer, queries.destination(name), reason=reason.strip(), at=at, terminal=terminal)
