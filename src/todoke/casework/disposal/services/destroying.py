"""What the worker does with an approved list: one record after the other, each in one transaction, then the certificate.

Killed at any moment it goes on with the next pending record; a record is gone as a whole or not at all. A hold wins
until the very transaction, and what has changed since the list was drawn up stays.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from todoke.casework.cases import queries as case_queries
from todoke.casework.cases import services as cases
from todoke.casework.disposal import queries
from todoke.casework.disposal.errors import RuleUnknown, RunUnknown
from todoke.casework.disposal.models import DisposalItem, DisposalRun
from todoke.casework.disposal.rules import certificates
from todoke.casework.disposal.values import DisposalState, Gone, RecordKind, RunState
from todoke.casework.handover import queries as handover_queries
from todoke.casework.handover import services as handover
from todoke.casework.identify import services as identify
from todoke.casework.intake import services as intake
from todoke.casework.relay import queries as relay_queries
from todoke.casework.relay import services as relay
from todoke.casework.screening import queries as screening_queries
from todoke.casework.screening import services as screening
from todoke.foundation import databases, leases
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import services as approvals
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.canonical import sha256
from todoke.foundation.claims import Claim, Claimant, Failure
from todoke.foundation.fence import current_organisation
from todoke.foundation.vault import services as vault

from .holding import one_at_a_time

OBJECTS: Mapping[RecordKind, str] = {
    RecordKind.CASE: "case",
    RecordKind.QUARANTINED: "package",
    RecordKind.BATCH: "batch",
    RecordKind.COPY: "copy",
    RecordKind.PULL: "pull",
}


@transaction.atomic
def claim_run(*, by: Claimant) -> Claim | None:
    """Claim the oldest approved list that is due."""
    where = {"state": RunState.APPROVED.value}
    return next(iter(leases.claim(DisposalRun, where=where, order=["id"], limit=1, by=by)), None)


@transaction.atomic
def dispose_one(claim: Claim, *, actor: Actor, at: datetime) -> bool:
    """Let the next record of a claimed list go, or say why it stays; False when none is left or the claim is lost."""
    one_at_a_time()
    if not leases.still_mine(DisposalRun, [claim]):
        return False
    item = (
        DisposalItem.objects.filter(run_id=claim.id, state=DisposalState.PENDING.value)
        .order_by("number")
        .first()
    )
    if item is None:
        return False
    run = DisposalRun.objects.defer("certificate").get(pk=claim.id)
    state, hashes = _what_stays(run, item), list[str]()
    if state is None:
        state, hashes = DisposalState.DISPOSED, _destroy(RecordKind(run.kind), item, at)
    DisposalItem.objects.filter(pk=item.pk).update(
        state=state.value, at=at, hashes=" ".join(hashes), certificates=item.certificates
    )
    audit.record(
        f"record.{state.value}", object_kind=OBJECTS[RecordKind(run.kind)],
        object_id=str(item.uuid or item.record), actor=actor, at=at,
        facts={"run": str(run.uuid), "rule": run.rule, "sha256": " ".join(hashes)},
    )  # fmt: skip
    return True


def _what_stays(run: DisposalRun, item: DisposalItem) -> DisposalState | None:
    """Why a record stays after all; None when it may go."""
    if queries.held_ids(RecordKind(run.kind), [item.record]):
        return DisposalState.HELD
    try:
        is_due = queries.is_still_due(run.rule, item.record, item.due_on, as_of=run.as_of)
    except RuleUnknown:
        is_due = False
    return None if is_due else DisposalState.CHANGED


def _destroy(kind: RecordKind, item: DisposalItem, at: datetime) -> list[str]:
    """Let every stage forget the record, destroy the keys that nobody needs any more; returns the hashes."""
    gone = _FORGET[kind](item.record, at)
    item.certificates = " ".join(sorted(gone.certificates))
    destroyed = vault.destroy_keys(gone.blobs, in_use=_in_use, at=at)
    return sorted(one.sha256 for one in destroyed)


def _in_use(blob_ids: Sequence[int]) -> set[int]:
    return (
        relay_queries.blobs_in_use(blob_ids)
        | screening_queries.blobs_in_use(blob_ids)
        | handover_queries.blobs_in_use(blob_ids)
    )


def _forget_case(case_id: int, at: datetime) -> Gone:
    """Every stage from the last to the first; what they return are originals that this case no longer needs."""
    application = case_queries.application_id(case_id)
    uuid = case_queries.outside_name(case_id)
    cases.dispose_cases([case_id], at=at)
    blobs = handover.dispose_handovers([case_id], at=at)
    identify.dispose_parties([application])
    approvals.forget_reasons(str(uuid))
    blobs |= screening.dispose_screenings([application])
    return _forget_package(application, at, blobs)


def _forget_package(package_id: int, at: datetime, blobs: set[int] | None = None) -> Gone:
    certificates_named = intake.dispose_applications([package_id], at=at)
    packages = relay.dispose_packages([package_id], at=at)
    return Gone(frozenset(packages | (blobs or set())), frozenset(certificates_named))


def _forget_pull(run_id: int, _at: datetime) -> Gone:
    relay.dispose_runs([run_id])
    return Gone(frozenset())


_FORGET: Mapping[RecordKind, Callable[[int, datetime], Gone]] = {
    RecordKind.CASE: _forget_case,
    RecordKind.QUARANTINED: _forget_package,
    RecordKind.BATCH: lambda pk, at: Gone(frozenset(handover.dispose_batches([pk], at=at))),
    RecordKind.COPY: lambda pk, at: Gone(frozenset(screening.dispose_copies([pk], at=at))),
    RecordKind.PULL: _forget_pull,
}


@transaction.atomic
def give_back_run(claim: Claim, *, at: datetime) -> None:
    """Let the rest of a list be taken up by the next round."""
    if leases.still_mine(DisposalRun, [claim]):
        leases.release(DisposalRun, [claim.id], due_at=at)


@transaction.atomic
def fail_run(claim: Claim, *, at: datetime) -> Failure:
    """Note that a record could not be disposed of; later again, parked for a person at the limit."""
    return leases.fail(DisposalRun, claim, now=at)


@transaction.atomic
def finish_run(claim: Claim, *, actor: Actor, at: datetime) -> bool:
    """Write the certificate of a list of which nothing is pending; False when something is, or the claim is lost."""
    pending = DisposalItem.objects.filter(run_id=claim.id, state=DisposalState.PENDING.value)
    if pending.exists() or not leases.still_mine(DisposalRun, [claim]):
        return False
    run = queries.run_of(DisposalRun.objects.get(pk=claim.id))
    rows = DisposalItem.objects.filter(run_id=claim.id).order_by("number")
    items = [queries.item_of(row) for row in rows]
    text = certificates.certificate_of(current_organisation(), run, items, finished_at=at.isoformat())
    digest, disposed = sha256(text), sum(one.state is DisposalState.DISPOSED for one in items)
    DisposalRun.objects.filter(pk=claim.id).update(
        state=RunState.DONE.value, finished_at=at, disposed=disposed, certificate=text, certificate_sha256=digest,
        lease_owner="", lease_until=None,
    )  # fmt: skip
    rows.update(certificates="")
    audit.record(
        "disposal.certified", object_kind="disposal", object_id=str(run.uuid), actor=actor, at=at,
        facts={
            "certificate": digest, "rule": run.rule, "listed": run.count, "disposed": disposed,
            "maker": run.proposed_by, "approver": run.approved_by,
        },
    )  # fmt: skip
    return True


def sweep(organisation: str, named: Sequence[str]) -> int:
    """Remove signers' certificates that no evidence names any more; returns how many. Call outside any scope."""
    return intake.sweep_certificates(organisation, named)


def empty_journal(organisation: str) -> None:
    """On SQLite, let the old pages leave the journal（WAL）too; what they held is overwritten in the database.

    Before that the words of what was disposed of leave the parts of the search index.
    """
    with databases.home_of(organisation):
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            cases.forget_words()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@transaction.atomic
def try_run_again(viewer: Viewer, uuid: UUID, *, at: datetime, terminal: str = "") -> None:
    """Let a list that stopped go on. Raises RightMissing, RunUnknown."""
    require(viewer, Right.APPROVE_DISPOSAL)
    row = DisposalRun.objects.defer("certificate").filter(uuid=uuid).first()
    if row is None or not leases.unpark(DisposalRun, row.pk, now=at):
        raise RunUnknown
    audit.record(
        "disposal.unparked", object_kind="disposal", object_id=str(uuid), actor=viewer.actor(terminal), at=at
    )
