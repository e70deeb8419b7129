"""Pinning rows in batch files, and noting that a file was laid down at the core system（bad-inputs E06–E10）."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.cases.values import HandoverNote, HandoverProgress
from todoke.casework.handover import queries
from todoke.casework.handover.errors import NameTaken
from todoke.casework.handover.models import Batch, CoreSystem, Handover
from todoke.casework.handover.rules.batches import file_stem, offsets
from todoke.casework.handover.rules.rows import build_row
from todoke.casework.handover.values import (
    BatchState,
    BuiltBatch,
    BuiltRow,
    ClaimedBatch,
    ClaimedRow,
    CoreSystemRef,
    HandoverState,
    Hold,
    PinnedRow,
)
from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.claims import Claim, Claimant, Failure
from todoke.foundation.fence import SqlValue, current_organisation
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import Written

from .preparing import drop_rows, note_of, settle_rows

AWAITED = frozenset({HandoverState.BATCHED.value, HandoverState.SENT.value})
NOTHING_COMES_BACK = "EXP-707"


@transaction.atomic
def claim_ready(system: CoreSystemRef, *, limit: int, by: Claimant) -> list[ClaimedRow]:
    """Claim rows that are ready for a core system, oldest first."""
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": HandoverState.READY.value}
    claims = {one.id: one for one in leases.claim(Handover, where=where, order=["id"], limit=limit, by=by)}
    rows = Handover.objects.filter(pk__in=claims).order_by("pk")
    return [
        ClaimedRow(claims[pk], case, key)
        for pk, case, key in rows.values_list("pk", "case_id", "idempotency_key")
    ]


def build_batch(system: CoreSystemRef, claimed: Sequence[ClaimedRow]) -> BuiltBatch:
    """Build the rows from what stands in the database now: what changed since they were ready counts（E10）."""
    profile = queries.core_profile(system.profile)
    ids = [one.claim.id for one in claimed]
    outgoing, substitutes = queries.outgoing(ids), queries.substitutes(ids)
    rows: list[tuple[ClaimedRow, BuiltRow]] = []
    holds: list[tuple[ClaimedRow, Hold]] = []
    pinned = queries.waiting_cases(ids)
    for one in claimed:
        if one.claim.id not in pinned:
            continue
        found = build_row(outgoing[one.claim.id], profile, substitutes.get(one.claim.id, {}))
        if isinstance(found, Hold):
            holds.append((one, found))
        else:
            rows.append((one, found))
    gone = tuple(one for one in claimed if one.claim.id not in pinned)
    return BuiltBatch(tuple(rows), tuple(holds), gone, pinned)


@transaction.atomic
def write_batch(
    system: CoreSystemRef, built: BuiltBatch, written: Written | None, *, actor: Actor, at: datetime
) -> int:
    """Give durable bytes a number and pin the rows in them, in one transaction; returns how many rows moved.

    `written` is None when no row can leave. When another worker has taken one of the rows over, or a case was
    changed after its row was built（E10）, nothing is written, because the bytes contain that row; it is built anew.
    """
    claims = [*(one.claim for one, _ in (*built.rows, *built.holds)), *(one.claim for one in built.gone)]
    mine = leases.still_mine(Handover, claims)
    pinned = {one.case_id: built.case_versions[one.claim.id] for one, _ in built.rows}
    if len(mine) < len(claims) or len(case_queries.still_waiting(pinned)) < len(pinned):
        leases.release(Handover, mine, reset_attempts=False)
        return 0
    notes = _hold(built.holds, at)
    drop_rows([one.claim.id for one in built.gone], actor=actor, at=at)
    if written is not None and built.rows:
        profile, rows = queries.core_profile(system.profile), [row for _, row in built.rows]
        batch = _new_batch(system, _next_number(system), part=0, written=written, at=at, rows=len(rows))
        places = offsets(profile, rows)
        _pin([(one.claim, row) for one, row in built.rows], batch, places, versions=built.case_versions)
        leases.release(Handover, [one.claim.id for one, _ in built.rows])
        _record(batch, "handover.batch_written", actor, at)
    cases.note_handover(notes, actor=actor, at=at)
    return len(claims)


def _hold(holds: Sequence[tuple[ClaimedRow, Hold]], at: datetime) -> list[HandoverNote]:
    reasons = {one.claim.id: hold for one, hold in holds}
    rows = list(Handover.objects.filter(pk__in=reasons).order_by("pk"))
    settle_rows(rows, reasons, at=at)
    return [note_of(row) for row in rows]


def _next_number(system: CoreSystemRef) -> int:
    row = CoreSystem.objects.select_for_update().get(pk=system.id)
    CoreSystem.objects.filter(pk=row.pk).update(next_number=row.next_number + 1)
    return row.next_number


def _new_batch(
    system: CoreSystemRef, number: int, *, part: int, written: Written, at: datetime, rows: int
) -> Batch:
    (blob,) = vault.register([written], at=at)
    stem = file_stem(
        queries.core_profile(system.profile), system=system.name, organisation=system.organisation, number=number,
        part=part,
    )  # fmt: skip
    return Batch.objects.create(
        organisation_id=current_organisation(), core_system_id=system.id, number=number, part=part, file_name=stem,
        row_count=rows, sha256=blob.sha256, blob_id=blob.id, state=BatchState.WRITTEN.value, written_at=at, due_at=at,
    )  # fmt: skip


def _pin(
    rows: Sequence[tuple[Claim, BuiltRow]], batch: Batch, places: Sequence[int],
    versions: Mapping[int, int] | None = None,
) -> None:  # fmt: skip
    """Write down where each row lies; `versions` are those of the cases, by ledger row."""
    pinned = [
        Handover(
            pk=claim.id, state=HandoverState.BATCHED.value, batch=batch, row_offset=place, row_length=len(row.line),
            row_sha256=row.sha256, case_version=(versions or {}).get(claim.id, 0),
        )
        for (claim, row), place in zip(rows, places, strict=True)
    ]  # fmt: skip
    columns = ["state", "batch", "row_offset", "row_length", "row_sha256"]
    Handover.objects.bulk_update(pinned, [*columns, "case_version"] if versions else columns)


def fail_row(claimed: ClaimedRow, *, at: datetime) -> Failure:
    """Note that a row could not be written even alone: tried again later, parked for a person at the limit."""
    return leases.fail(Handover, claimed.claim, now=at)


@transaction.atomic
def claim_batch(system: CoreSystemRef, *, by: Claimant) -> ClaimedBatch | None:
    """Claim the oldest written batch that is due."""
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": BatchState.WRITTEN.value}
    for claim in leases.claim(Batch, where=where, order=["id"], limit=1, by=by):
        row = Batch.objects.get(pk=claim.id)
        return ClaimedBatch(claim, row.pk, row.file_name, row.row_count, row.sha256, row.blob_id)
    return None


@transaction.atomic
def batch_sent(system: CoreSystemRef, batch: ClaimedBatch, *, actor: Actor, at: datetime) -> int:
    """Note that a file and its `.done` lie at the core system; returns how many rows moved, 0 for a late worker.

    Rows whose receipt came before this note keep it.
    """
    if batch.id not in leases.still_mine(Batch, [batch.claim]):
        return 0
    Batch.objects.filter(pk=batch.id, state=BatchState.WRITTEN.value).update(
        state=BatchState.SENT.value, sent_at=at
    )
    leases.release(Batch, [batch.id])
    rows = Handover.objects.filter(batch_id=batch.id, state=HandoverState.BATCHED.value)
    moved = list(rows.order_by("pk").values_list("pk", "case_id"))
    again_at = at + timedelta(seconds=system.settings.resend_seconds)
    Handover.objects.filter(pk__in=[pk for pk, _ in moved]).update(
        state=HandoverState.SENT.value, sent_at=at, due_at=again_at, lease_owner="", lease_until=None
    )
    _record(Batch.objects.get(pk=batch.id), "handover.batch_sent", actor, at)
    cases.note_handover([HandoverNote(case, HandoverProgress.SENT) for _, case in moved], actor=actor, at=at)
    CoreSystem.objects.filter(pk=system.id).update(away_since=None)
    CoreSystem.objects.filter(pk=system.id, due_at__gt=at).update(
        due_at=at
    )  # its receipts are worth a look now
    return len(moved)


@transaction.atomic
def fail_batch(batch: ClaimedBatch, *, code: str, at: datetime) -> Failure:
    """Note that this very file cannot be sent: tried again later, parked with the code at the limit."""
    return leases.fail(Batch, batch.claim, now=at, code=code)


@transaction.atomic
def rename_batch(system: CoreSystemRef, batch: ClaimedBatch, *, actor: Actor, at: datetime) -> Failure:
    """The name is taken by other bytes（E07; after a restore our numbers lag behind）: the same rows under the next one.

    Tried again later; parked when other names are taken as well. The rows' keys stay, so nothing counts twice.
    """
    failure = leases.fail(Batch, batch.claim, now=at, code=NameTaken.code)
    if batch.id in leases.still_mine(Batch, [batch.claim]):
        number = _next_number(system)
        profile = queries.core_profile(system.profile)
        stem = file_stem(profile, system=system.name, organisation=system.organisation, number=number, part=0)
        Batch.objects.filter(pk=batch.id).update(number=number, part=0, file_name=stem)
        _record(Batch.objects.get(pk=batch.id), "handover.batch_renamed", actor, at)
    return failure


@transaction.atomic
def postpone_batches(system: CoreSystemRef, batch: ClaimedBatch, *, at: datetime) -> None:
    """The core system is away: this batch and all others wait, none is ever parked for that（F15）."""
    leases.postpone(Batch, [batch.claim], now=at)
    again_at = Batch.objects.values_list("due_at", flat=True).get(pk=batch.id)
    waiting = Batch.objects.filter(core_system_id=system.id, state=BatchState.WRITTEN.value, lease_until=None)
    waiting.filter(due_at__lt=again_at).update(due_at=again_at)
    CoreSystem.objects.filter(pk=system.id, away_since=None).update(away_since=at)


@transaction.atomic
def claim_unacknowledged(system: CoreSystemRef, *, limit: int, by: Claimant) -> list[PinnedRow]:
    """Claim sent rows whose receipt is overdue（F16）, oldest first; a row that was repeated too often is parked."""
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": HandoverState.SENT.value}
    claims = {one.id: one for one in leases.claim(Handover, where=where, order=["id"], limit=limit, by=by)}
    rows = Handover.objects.select_related("batch").filter(pk__in=claims).order_by("batch__number", "pk")
    pinned = []
    for row in rows:
        if claims[row.pk].attempts > settings.TODOKE_RETRY_LIMIT:
            leases.fail(Handover, claims[row.pk], now=by.now, code=NOTHING_COMES_BACK)
        elif row.batch is not None:
            pinned.append(
                PinnedRow(
                    claims[row.pk], row.idempotency_key, row.batch.number, row.batch.blob_id, row.row_offset,
                    row.row_length, row.row_sha256,
                )
            )  # fmt: skip
    return pinned


@transaction.atomic
def repeat_rows(
    system: CoreSystemRef, rows: Mapping[Claim, BuiltRow], number: int, written: Written, *, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Pin overdue rows, with the keys and bytes they had, in the next part of their batch; returns how many.

    When a receipt has come for one of them meanwhile, nothing is written.
    """
    mine = leases.still_mine(Handover, rows)
    still_sent = Handover.objects.filter(pk__in=mine, state=HandoverState.SENT.value).count()
    if still_sent < len(rows):
        leases.release(Handover, mine, reset_attempts=False)
        return 0
    CoreSystem.objects.select_for_update().get(pk=system.id)
    before = set(Handover.objects.filter(pk__in=mine, batch__isnull=False).values_list("batch_id", flat=True))
    parts = Batch.objects.filter(core_system_id=system.id, number=number)
    part = (parts.aggregate(last=Max("part"))["last"] or 0) + 1
    batch = _new_batch(system, number, part=part, written=written, at=at, rows=len(rows))
    places = offsets(queries.core_profile(system.profile), list(rows.values()))
    _pin(list(rows.items()), batch, places)
    leases.release(Handover, mine, reset_attempts=False)
    acknowledge_batches(before)
    _record(batch, "handover.batch_repeated", actor, at)
    return len(rows)


def acknowledge_batches(batch_ids: Collection[int]) -> None:
    """A batch is done when none of its rows waits for a word any more."""
    open_ids = set(
        Handover.objects.filter(batch_id__in=batch_ids, state__in=AWAITED).values_list("batch_id", flat=True)
    )
    Batch.objects.filter(pk__in=set(batch_ids) - open_ids).update(state=BatchState.ACKNOWLEDGED.value)


def _record(batch: Batch, action: str, actor: Actor, at: datetime) -> None:
    facts: dict[str, str | int] = {"file": batch.file_name, "rows": batch.row_count, "sha256": batch.sha256}
    audit.record_many([Entry(action, "batch", str(batch.pk), actor, at, facts)])
