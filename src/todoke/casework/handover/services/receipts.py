"""Taking in the core system's words, row by row（bad-inputs E08, F16, F17）, and its ledger."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from todoke.casework.cases import services as cases
from todoke.casework.handover import queries
from todoke.casework.handover.models import CoreLedgerRow, CoreSystem, Handover, UnexpectedReceipt
from todoke.casework.handover.rules.batches import highest_number, organisation_of
from todoke.casework.handover.values import (
    CoreSystemRef,
    HandoverState,
    LedgerOutcome,
    LedgerRow,
    Receipt,
    ReceiptOutcome,
)
from todoke.foundation import leases
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.backup import services as backup
from todoke.foundation.claims import Claim, Claimant
from todoke.foundation.fence import current_organisation, insert_rows, update_rows
from todoke.foundation.sorted_rows import batches

from .cancelling import settle_originals
from .preparing import note_of
from .sending import AWAITED, acknowledge_batches

_SETTLED = {ReceiptOutcome.ACCEPTED: HandoverState.RECEIPTED, ReceiptOutcome.REFUSED: HandoverState.REFUSED}
OUTCOME_THERE = {
    LedgerOutcome.ACCEPTED: HandoverState.RECEIPTED,
    LedgerOutcome.REFUSED: HandoverState.REFUSED,
    LedgerOutcome.CANCELLED: HandoverState.RECEIPTED,
}
_SETTLED_COLUMNS = (
    "state", "receipted_at", "refusal_code", "refusal_message", "lease_owner", "lease_until", "attempts", "parked_code",
    "fence",
)  # fmt: skip
_LEDGER_COLUMNS = ("core_system_id", "key", "row_sha256", "outcome", "fetched_at")
_STEP = 5_000
_PLAIN_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}", re.ASCII)


@transaction.atomic
def claim_receipts(*, limit: int, by: Claimant) -> list[tuple[CoreSystemRef, Claim]]:
    """Claim the core systems whose receipts are due to be read."""
    claims = {one.id: one for one in leases.claim(
        CoreSystem, where={"is_active": True}, order=["due_at", "id"], limit=limit, by=by
    )}  # fmt: skip
    rows = CoreSystem.objects.filter(pk__in=claims).order_by("pk")
    return [(queries.core_system_ref(row), claims[row.pk]) for row in rows]


@transaction.atomic
def take_receipts(
    system: CoreSystemRef, claim: Claim, receipts: Sequence[Receipt], *, actor: Actor, at: datetime
) -> int:
    """Settle the rows that receipts speak of and move the cursor; returns how many rows were settled.

    One core system may serve several bodies: receipts for files of others are theirs and are passed over.
    A second word on a settled row is ignored when it says the same, and an alarm when it says another thing. A word
    on a row that never left, or on a key that we never made, is an alarm. A late worker changes nothing.
    """
    if system.id not in leases.still_mine(CoreSystem, [claim]) or not receipts:
        return 0
    profile = queries.core_profile(system.profile)
    ours = [one for one in receipts if organisation_of(profile, one.batch) in {system.organisation, None}]
    ids = queries.ids_of_keys(system, {one.key for one in ours})
    rows = Handover.objects.select_for_update().filter(pk__in=ids)
    known = {row.idempotency_key: row for row in rows.order_by("pk")}
    settled, entries = [], []
    for one in ours:
        row = known.get(one.key)
        if row is not None and (row.state in AWAITED or _wants_reason(row, one)):
            entries.append(_settle(row, one, actor, at))
            settled.append(row)
        elif row is None or row.state != _SETTLED[one.outcome].value:
            entries += _alarm(system, one, actor, at)
    update_rows(settled, _SETTLED_COLUMNS)
    entries += settle_originals(settled, actor=actor, at=at)
    audit.record_many(entries)
    cases.note_handover([note_of(row) for row in settled], actor=actor, at=at)
    acknowledge_batches({row.batch_id for row in settled if row.batch_id is not None})
    CoreSystem.objects.filter(pk=system.id).update(receipts_cursor=max(one.seq for one in receipts))
    # After a restore the core knows files that we no longer know: their numbers are not used again.
    beyond = highest_number(profile, system.organisation, (one.batch for one in ours)) + 1
    CoreSystem.objects.filter(pk=system.id, next_number__lt=beyond).update(next_number=beyond)
    return len(settled)


def _wants_reason(row: Handover, receipt: Receipt) -> bool:
    """Whether a row was settled as refused by the ledger alone（which tells no reason）, and here the reason comes."""
    is_refused = row.state == HandoverState.REFUSED.value and receipt.outcome is ReceiptOutcome.REFUSED
    return is_refused and not row.refusal_code and bool(receipt.code)


def _settle(row: Handover, receipt: Receipt, actor: Actor, at: datetime) -> Entry:
    row.state = _SETTLED[receipt.outcome].value
    is_refused = receipt.outcome is ReceiptOutcome.REFUSED
    row.refusal_code = receipt.code if is_refused else ""
    row.refusal_message = receipt.message if is_refused else ""
    row.receipted_at, row.lease_owner, row.lease_until = at, "", None
    row.attempts, row.parked_code, row.fence = 0, "", row.fence + 1
    facts: dict[str, str | int] = {
        "seq": receipt.seq,
        "code": receipt.code if _PLAIN_CODE.fullmatch(receipt.code) else "",
    }
    return Entry(f"handover.{row.state}", "handover", str(row.pk), actor, at, facts)


def told_by_ledger(rows: Sequence[Handover], actor: Actor, at: datetime) -> list[Entry]:
    """What the audit keeps of rows that the core's own ledger settled."""
    return [
        Entry("handover.settled_by_ledger", "handover", str(row.pk), actor, at, {"state": row.state})
        for row in rows
    ]


def _alarm(system: CoreSystemRef, receipt: Receipt, actor: Actor, at: datetime) -> list[Entry]:
    _, is_new = UnexpectedReceipt.objects.get_or_create(
        organisation_id=current_organisation(), core_system_id=system.id, seq=receipt.seq,
        defaults={"batch_name": receipt.batch, "key": receipt.key, "seen_at": at},
    )  # fmt: skip
    facts = {"seq": receipt.seq}
    return (
        [Entry("handover.unexpected_receipt", "core_system", system.name, actor, at, facts)] if is_new else []
    )


@transaction.atomic
def receipts_read(system: CoreSystemRef, claim: Claim, *, at: datetime) -> None:
    """Give a core system back after its receipts were read: due soon while a row waits for one, else in due course."""
    if system.id not in leases.still_mine(CoreSystem, [claim]):
        return
    is_waiting = Handover.objects.filter(core_system_id=system.id, state__in=AWAITED, parked_code="").exists()
    pause = system.settings.poll_seconds
    if is_waiting:
        pause = min(pause, settings.TODOKE_RETRY_BASE_SECONDS)
    leases.release(CoreSystem, [system.id], due_at=at + timedelta(seconds=pause))
    CoreSystem.objects.filter(pk=system.id).update(away_since=None)


@transaction.atomic
def core_away(system: CoreSystemRef, claim: Claim, *, at: datetime) -> None:
    """The core system does not answer: its receipts are asked for later."""
    leases.postpone(CoreSystem, [claim], now=at)
    CoreSystem.objects.filter(pk=system.id, away_since=None).update(away_since=at)


@transaction.atomic
def store_ledger(system: CoreSystemRef, rows: Sequence[LedgerRow], *, actor: Actor, at: datetime) -> None:
    """Make our copy of the core system's ledger say what was fetched now. Nothing else changes（E12）."""
    CoreSystem.objects.select_for_update().get(pk=system.id)
    gone, new = _changes(system, rows)
    for start in range(0, len(gone), _STEP):
        CoreLedgerRow.objects.filter(pk__in=gone[start : start + _STEP]).delete()
    moment = connection.ops.adapt_datetimefield_value(at)
    for part in batches(new, _STEP):
        lines = [(system.id, row.key, row.row_sha256, row.outcome.value, moment) for row in part]
        insert_rows(CoreLedgerRow, _LEDGER_COLUMNS, lines)
    backup.note_compared(queries.destination(system.name), at=at)
    audit.record(
        "handover.ledger_fetched", object_kind="core_system", object_id=system.name, actor=actor, at=at,
        facts={"rows": len(rows)},
    )  # fmt: skip


def _changes(system: CoreSystemRef, rows: Sequence[LedgerRow]) -> tuple[list[int], list[LedgerRow]]:
    """The ids of our copy's rows that no longer hold, and what has to be added: an evening changes little."""
    last_word = {row.key: row for row in rows}
    kept = CoreLedgerRow.objects.filter(core_system_id=system.id)
    gone: list[int] = []
    for pk, key, digest, outcome in kept.values_list("pk", "key", "row_sha256", "outcome").iterator(_STEP):
        said = last_word.get(key)
        if said is not None and (said.row_sha256, said.outcome.value) == (digest, outcome):
            del last_word[key]
        else:
            gone.append(pk)
    return gone, list(last_word.values())


@transaction.atomic
def accept_ledger(viewer: Viewer, system: str, *, at: datetime) -> int:
    """Take the core's ledger, as last fetched, for the receipts that never came; returns how many rows are settled.

    A person's act（E12: no automatic fix）, for what was sent, is held there with equal content, and has no receipt:
    after a restore (then also for what was about to be sent), or when the core lost its word.
    Raises RightMissing, CoreSystemUnknown.
    """
    require(viewer, Right.RECONCILE)
    found = queries.core_system(system)
    held = {row.key: row for row in CoreLedgerRow.objects.filter(core_system_id=found.id)}
    rows = Handover.objects.select_for_update().filter(
        core_system_id=found.id, state__in=AWAITED if found.is_held else [HandoverState.SENT.value],
    )  # fmt: skip
    # A ledger may have a million keys: more than a statement takes.
    equal = [
        row for row in rows.order_by("pk")
        if (there := held.get(row.idempotency_key)) is not None and there.row_sha256 == row.row_sha256
    ]  # fmt: skip
    for row in equal:
        row.state = OUTCOME_THERE[LedgerOutcome(held[row.idempotency_key].outcome)].value
        row.receipted_at, row.parked_code, row.attempts, row.fence = at, "", 0, row.fence + 1
        row.lease_owner, row.lease_until = "", None
    columns = ("state", "receipted_at", "parked_code", "attempts", "fence", "lease_owner", "lease_until")
    Handover.objects.bulk_update(equal, columns)
    actor = viewer.actor()
    audit.record_many(told_by_ledger(equal, actor, at) + settle_originals(equal, actor=actor, at=at))
    cases.note_handover([note_of(row) for row in equal], actor=viewer.actor(), at=at)
    acknowledge_batches({row.batch_id for row in equal if row.batch_id is not None})
    return len(equal)
