"""A body submits a snapshot of a plan, and may take it back; both are signed files, and both stay in its log."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.queries import sha256
from todoke.foundation.fence import current_organisation
from todoke.programme.rollup import queries
from todoke.programme.rollup.errors import AlreadyWithdrawn, SnapshotChanged, SubmissionUnknown
from todoke.programme.rollup.models import SentSubmissionRow
from todoke.programme.rollup.queries.reading import sent_of
from todoke.programme.rollup.rules import snapshots
from todoke.programme.rollup.values import SUBMISSION, SentSubmission, Snapshot


def submit(
    viewer: Viewer, plan: UUID, *, at: datetime, shown_sha256: str = "", terminal: str = ""
) -> SentSubmission:
    """Submit a plan as it stands today to the body above. A newer submission supersedes the older.

    `shown_sha256`: of the canonical snapshot as the person saw it, if a person did. Raises RightMissing, NoParent,
    PlanUnknown, SubmissionEmpty, SnapshotChanged.
    """
    require(viewer, Right.SUBMIT_PLANS)
    return submit_as(viewer.actor(terminal), plan, at=at, shown_sha256=shown_sha256)


@transaction.atomic
def submit_as(actor: Actor, plan: UUID, *, at: datetime, shown_sha256: str = "") -> SentSubmission:
    """The same for the command line, whose rights are those of the machine."""
    above, today = queries.parent(), japanese_date(at)
    one = queries.snapshot_of(plan, as_of=today)
    digest = sha256(snapshots.canonical(one))
    if shown_sha256 and shown_sha256 != digest:
        raise SnapshotChanged
    number = exchange.write(
        SUBMISSION, recipient=above.code, as_of=today, body={"snapshot": snapshots.document(one)}, actor=actor, at=at
    )  # fmt: skip
    row = _keep(one, plan, recipient=above.code, number=number, digest=digest, actor=actor, at=at)
    audit.record(
        "submission.sent", object_kind="plan", object_id=str(plan), actor=actor, at=at,
        facts={"recipient": above.code, "number": number, "sha256": digest, "edition": str(one.edition)},
    )  # fmt: skip
    return sent_of(row)


def _keep(
    one: Snapshot, plan: UUID, *, recipient: str, number: int, digest: str, actor: Actor, at: datetime
) -> SentSubmissionRow:
    found = snapshots.counts(one.states.values())
    return SentSubmissionRow.objects.create(
        organisation_id=current_organisation(), plan=plan, recipient=recipient, number=number, pack=one.edition.pack,
        edition=one.edition.edition, release=one.edition.release, as_of=one.as_of, done=found.done,
        out_of_scope=found.out_of_scope, working=found.working, not_started=found.not_started,
        document=snapshots.canonical(one).decode(), sha256=digest, sent_at=at, sent_by=actor.id,
    )  # fmt: skip


@transaction.atomic
def withdraw(viewer: Viewer, uuid: UUID, *, reason: str, at: datetime, terminal: str = "") -> None:
    """Take a submission back; the one before counts again, and both logs keep this one. The reason stays with us.

    Raises RightMissing, SubmissionUnknown, AlreadyWithdrawn.
    """
    require(viewer, Right.SUBMIT_PLANS)
    row = SentSubmissionRow.objects.select_for_update().filter(uuid=uuid).first()
    if row is None:
        raise SubmissionUnknown
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    row.withdrawn_at, row.withdrawn_reason = at, reason.strip()[:200]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    actor = viewer.actor(terminal)
    exchange.write(
        SUBMISSION,
        recipient=row.recipient,
        as_of=row.as_of,
        body={"withdrawn": row.number},
        actor=actor,
        at=at,
    )
    audit.record(
        "submission.withdrawn", object_kind="plan", object_id=str(row.plan), actor=actor, at=at,
        facts={"recipient": row.recipient, "number": row.number},
    )  # fmt: skip
