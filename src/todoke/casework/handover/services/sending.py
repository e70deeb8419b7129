"""Pinning rows in batch files, and noting that a file was laid down at the core system（bad-inputs E06–E10）."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

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
    HandoverKind,
    HandoverState,
    Hold,
    PinnedRow,
)
from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind, Entry
from todoke.foundation.claims import Claim, Claimant, Failure
from todoke.foundation.fence import SqlValue, current_organisation, update_rows
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import Written

from .preparing import drop_rows, note_of, settle_rows

AWAITED = frozenset({HandoverState.BATCHED.value, HandoverState.SENT.value})
NOTHING_COMES_BACK = "EXP-707"
ALREADY_THERE = "EXP-712"
_ON_ITS_WAY = frozenset({HandoverState.READY, HandoverState.BATCHED})
_HAS_LEFT = frozenset({HandoverState.BATCHED, HandoverState.SENT, HandoverState.RECEIPTED})


@transaction.atomic
def claim_ready(
    system: CoreSystemRef, *, limit: int, by: Claimant, kind: HandoverKind | None = None
) -> list[ClaimedRow]:
    """Claim rows that are ready for a core system, oldest first; of one kind, where each has files of its own."""
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": HandoverState.READY.value}
    if kind is not None:
        where["kind"] = kind.value
    claims = {one.id: one for one in leases.claim(Handover, where=where, order=["id"], limit=limit, by=by)}
    rows = Handover.objects.filter(pk__in=claims).order_by("pk")
    return [
        ClaimedRow(claims[pk], case, key, HandoverKind(found))
        for pk, case, key, found in rows.values_list("pk", "case_id", "idempotency_key", "kind")
    ]


def build_batch(
    system: CoreSystemRef, claimed: Sequence[ClaimedRow], *, is_sending: bool = True
) -> BuiltBatch:
    """Build the rows from what stands in the database now: what changed since they were ready counts（E10）.

    A cancellation never overtakes what it takes back; of what the core has refused, there is nothing to take back.
    What the core's ledger, as last fetched, lists already is held: it is settled on the 突合表, not sent again.
    """
    profile = queries.core_profile(system.profile)
    ids = [one.claim.id for one in claimed]
    outgoing, substitutes = queries.outgoing(ids), queries.substitutes(ids)
    rows: list[tuple[ClaimedRow, BuiltRow]] = []
    holds: list[tuple[ClaimedRow, Hold]] = []
    originals = queries.originals(ids)
    early = tuple(one for one in claimed if originals.get(one.claim.id) in _ON_ITS_WAY)
    refused = {pk for pk, state in originals.items() if state is HandoverState.REFUSED}
    pinned = {pk: found for pk, found in queries.waiting_cases(ids).items() if pk not in refused}
    gone = tuple(one for one in claimed if one.claim.id not in pinned and one not in early)
    there = queries.listed_there(system, [one.key for one in claimed]) if is_sending else frozenset()
    for one in claimed:
        if one in gone or one in early:
            continue
        found = build_row(outgoing[one.claim.id], profile, substitutes.get(one.claim.id, {}))
        if one.key in there and one.kind is HandoverKind.NEW:
            found = Hold(ALREADY_THERE)
        if isinstance(found, Hold):
            holds.append((one, found))
        else:
            rows.append((one, found))
    return BuiltBatch(tuple(rows), tuple(holds), gone, pinned, early)


@transaction.atomic
def write_batch(
    system: CoreSystemRef, built: BuiltBatch, written: Written | None, *, actor: Actor, at: datetime
) -> int:
    """Give durable bytes a number and pin the rows in them, in one transaction; returns how many rows moved.

    `written` is None when no row can leave. When another worker has taken one of the rows over, or a case was
    changed after its row was built（E10）, nothing is written, because the bytes contain that row; it is built anew.
    """
    leases.release(
        Handover, leases.still_mine(Handover, [one.claim for one in built.early]), reset_attempts=True,
        due_at=at + timedelta(seconds=settings.TODOKE_RETRY_BASE_SECONDS),
    )  # fmt: skip
    claims = [*(one.claim for one, _ in (*built.rows, *built.holds)), *(one.claim for one in built.gone)]
    mine = leases.still_mine(Handover, claims)
    pinned = {one.case_id: built.case_versions[one.claim.id] for one, _ in built.rows}
    is_changed = len(mine) < len(claims) or len(case_queries.still_waiting(pinned)) < len(pinned)
    if is_changed or _overtakes(system, built):
        leases.release(Handover, mine, reset_attempts=False)
        return 0
    notes = _hold(built.holds, at)
    drop_rows([one.claim.id for one in built.gone], actor=actor, at=at)
    if written is not None and built.rows:
        profile, rows = queries.core_profile(system.profile), [row for _, row in built.rows]
        batch = _new_batch(
            system, _next_number(system), part=0, written=written, at=at, rows=len(rows), kind=built.kind
        )
        places = offsets(profile, rows, built.kind)
        _pin([(one.claim, row) for one, row in built.rows], batch, places, versions=built.case_versions)
        leases.release(Handover, [one.claim.id for one, _ in built.rows])
        _record(batch, "handover.batch_written", actor, at)
    cases.note_handover(notes, actor=actor, at=at)
    return len(claims)


def _overtakes(system: CoreSystemRef, built: BuiltBatch) -> bool:
    """Whether an original is being repeated just now: its cancellation must come after it. Locks the core system."""
    ids = [one.claim.id for one, _ in built.rows if one.kind is HandoverKind.CANCELLATION]
    if not ids:
        return False
    CoreSystem.objects.select_for_update().get(pk=system.id)
    return any(state in _ON_ITS_WAY for state in queries.originals(ids).values())


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
    system: CoreSystemRef, number: int, *, part: int, written: Written, at: datetime, rows: int,
    kind: HandoverKind,
) -> Batch:  # fmt: skip
    (blob,) = vault.register([written], at=at)
    stem = file_stem(
        queries.core_profile(system.profile), system=system.name, organisation=system.organisation, number=number,
        part=part, kind=kind,
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
    update_rows(pinned, [*columns, "case_version"] if versions else columns)


def fail_row(claimed: ClaimedRow, *, at: datetime) -> Failure:
    """Note that a row could not be written even alone: tried again later, parked for a person at the limit."""
    return leases.fail(Handover, claimed.claim, now=at)


@transaction.atomic
def claim_batch(system: CoreSystemRef, *, by: Claimant) -> ClaimedBatch | None:
    """Claim the oldest written batch that is due; one that never went, with a row that is not to go, is taken apart."""
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": BatchState.WRITTEN.value}
    while claims := leases.claim(Batch, where=where, order=["id"], limit=1, by=by):
        (claim,) = claims
        row = Batch.objects.get(pk=claim.id)
        if not _is_taken_apart(row, claim, by=by):
            return ClaimedBatch(claim, row.pk, row.file_name, row.row_count, row.sha256, row.blob_id)
    return None


def _is_taken_apart(batch: Batch, claim: Claim, *, by: Claimant) -> bool:
    """Give the rows of a file back that nobody has tried to send, when one of them was withdrawn meanwhile.

    The fence counts every claim there ever was: at the first one nothing can have left. Part 0 only, because a
    later one repeats what has left. The rows are built anew, and what is not to go is dropped there.
    """
    rows = Handover.objects.filter(batch=batch, state=HandoverState.BATCHED.value)
    is_not_to_go = Q(case__handover_state=HandoverProgress.NONE.value) | Q(
        kind=HandoverKind.NEW.value, case__handover_state=HandoverProgress.CANCELLING.value
    )
    if claim.fence > 1 or batch.part or not rows.filter(is_not_to_go).exists():
        return False
    rows.update(
        state=HandoverState.READY.value, batch=None, row_sha256="", row_offset=0, row_length=0, due_at=by.now
    )
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.TAKEN_APART.value)
    leases.release(Batch, [batch.pk])
    _record(batch, "handover.batch_taken_apart", Actor(ActorKind.WORKER, by.owner), by.now)
    return True


@transaction.atomic
def batch_sent(system: CoreSystemRef, batch: ClaimedBatch, *, actor: Actor, at: datetime) -> int:
    """Note that a file and its `.done` lie at the core system; returns how many rows moved, 0 for a late worker.

    Rows whose receipt came before this note keep it. First the core system, then rows, then files: who takes receipts
    locks in that order, and the two would else wait for each other.
    """
    CoreSystem.objects.select_for_update().get(pk=system.id)
    rows = Handover.objects.filter(batch_id=batch.id, state=HandoverState.BATCHED.value)
    moved = list(rows.select_for_update().order_by("pk"))
    if batch.id not in leases.still_mine(Batch, [batch.claim]):
        return 0
    Batch.objects.filter(pk=batch.id, state=BatchState.WRITTEN.value).update(
        state=BatchState.SENT.value, sent_at=at
    )
    leases.release(Batch, [batch.id])
    again_at = at + timedelta(seconds=system.settings.resend_seconds)
    Handover.objects.filter(pk__in=[row.pk for row in moved]).update(
        state=HandoverState.SENT.value, sent_at=at, due_at=again_at, lease_owner="", lease_until=None
    )
    for row in moved:
        row.state = HandoverState.SENT.value
    _record(Batch.objects.get(pk=batch.id), "handover.batch_sent", actor, at)
    cases.note_handover([note_of(row) for row in moved], actor=actor, at=at)
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
        stem = file_stem(
            profile, system=system.name, organisation=system.organisation, number=number, part=0,
            kind=_kind_of(batch.id),
        )  # fmt: skip
        Batch.objects.filter(pk=batch.id).update(number=number, part=0, file_name=stem)
        _record(Batch.objects.get(pk=batch.id), "handover.batch_renamed", actor, at)
    return failure


def _kind_of(batch_id: int) -> HandoverKind:
    first = Handover.objects.filter(batch_id=batch_id).order_by("pk").values_list("kind", flat=True).first()
    return HandoverKind(first or HandoverKind.NEW)


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
    """Claim sent rows whose receipt is overdue（F16）, oldest first; a row that was repeated too often is parked.

    What is being cancelled is not repeated: it would come after its cancellation. It waits for the word on that, and
    for a person when there will be none.
    """
    where: dict[str, SqlValue] = {"core_system_id": system.id, "state": HandoverState.SENT.value}
    claims = {one.id: one for one in leases.claim(Handover, where=where, order=["id"], limit=limit, by=by)}
    rows = Handover.objects.select_related("batch").filter(pk__in=claims).order_by("batch__number", "pk")
    taken_back = queries.cancellations(claims)
    pinned = []
    for row in rows:
        state = taken_back.get(row.pk)
        is_over = row.cancelled_by_hand_at is not None or state is HandoverState.REFUSED
        if is_over or claims[row.pk].attempts > settings.TODOKE_RETRY_LIMIT:
            _park(claims[row.pk], at=by.now)
        elif state in _HAS_LEFT:
            again_at = by.now + timedelta(seconds=system.settings.resend_seconds)
            leases.release(Handover, [row.pk], due_at=again_at)
        elif row.batch is not None:
            pinned.append(
                PinnedRow(
                    claims[row.pk], row.idempotency_key, row.batch.number, row.batch.blob_id, row.row_offset,
                    row.row_length, row.row_sha256, HandoverKind(row.kind),
                )
            )  # fmt: skip
    return pinned


def _park(claim: Claim, *, at: datetime) -> None:
    """However few times it was tried: no word on this row will come any more."""
    attempts = max(claim.attempts, settings.TODOKE_RETRY_LIMIT)
    leases.fail(Handover, replace(claim, attempts=attempts), now=at, code=NOTHING_COMES_BACK)


@transaction.atomic
def repeat_rows(
    system: CoreSystemRef, rows: Mapping[Claim, BuiltRow], number: int, written: Written, *, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Pin overdue rows, with the keys and bytes they had, in the next part of their batch; returns how many.

    When a receipt has come for one of them meanwhile, or a cancellation has left, nothing is written.
    """
    mine = leases.still_mine(Handover, rows)
    still_sent = Handover.objects.filter(pk__in=mine, state=HandoverState.SENT.value).count()
    if still_sent < len(rows):
        leases.release(Handover, mine, reset_attempts=False)
        return 0
    CoreSystem.objects.select_for_update().get(pk=system.id)
    if any(state in _HAS_LEFT for state in queries.cancellations(mine).values()):
        leases.release(Handover, mine, reset_attempts=False)
        return 0
    before = set(Handover.objects.filter(pk__in=mine, batch__isnull=False).values_list("batch_id", flat=True))
    parts = Batch.objects.filter(core_system_id=system.id, number=number)
    part = (parts.aggregate(last=Max("part"))["last"] or 0) + 1
    kind = HandoverKind(Handover.objects.filter(pk__in=mine).values_list("kind", flat=True)[0])
    batch = _new_batch(system, number, part=part, written=written, at=at, rows=len(rows), kind=kind)
    places = offsets(queries.core_profile(system.profile), list(rows.values()), kind)
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
