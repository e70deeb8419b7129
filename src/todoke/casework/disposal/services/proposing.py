"""A list's way to its approval: proposed as shown, confirmed by a second person as it still is, or dropped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from todoke.casework.disposal import queries
from todoke.casework.disposal.errors import ListChanged, NothingDue, RunOpen, RunUnknown
from todoke.casework.disposal.models import DisposalItem, DisposalRun
from todoke.casework.disposal.values import DisposalState, DueList, DueRecord, Run, RunState
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approval_queries
from todoke.foundation.approvals import services as approvals
from todoke.foundation.approvals.errors import ShownChanged
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation

from .holding import one_at_a_time

KIND = "disposal.run"
OPEN_FOR = timedelta(days=14)


@transaction.atomic
def propose_disposal(
    viewer: Viewer, rule: str, *, shown_hash: str, reason: str, at: datetime, terminal: str = ""
) -> Run:
    """Propose that exactly what was shown goes; nothing goes before another person confirms.

    Raises RightMissing, RuleUnknown, ListChanged when today's list is another, NothingDue, RunOpen, ReasonMissing.
    """
    require(viewer, Right.DISPOSE)
    one_at_a_time()
    due = queries.due_list(rule, as_of=japanese_date(at))
    if not due.records:
        raise NothingDue
    if due.hash != shown_hash:
        raise ListChanged
    _drop_expired(rule, at)
    row = _new_run(due, viewer, at)
    _insert_items(row, due.records)
    actor = viewer.actor(terminal)
    proposal = approvals.propose(
        KIND, object_kind="disposal", object_id=str(row.uuid), shown_hash=due.hash, reason=reason, actor=actor, at=at,
        expires_at=at + OPEN_FOR,
    )  # fmt: skip
    DisposalRun.objects.filter(pk=row.pk).update(proposal_id=proposal.id)
    return queries.run(row.uuid)


def _drop_expired(rule: str, at: datetime) -> None:
    """An older list whose proposal nobody can confirm any more makes room; any other stands. Raises RunOpen."""
    row = DisposalRun.objects.filter(rule=rule, state__in=[RunState.PROPOSED, RunState.APPROVED]).first()
    if row is None:
        return
    proposal = approval_queries.proposal(row.proposal_id) if row.proposal_id else None
    if row.state != RunState.PROPOSED.value or (proposal is not None and proposal.is_open_at(at)):
        raise RunOpen
    _drop(row)


def _drop(row: DisposalRun) -> None:
    DisposalItem.objects.filter(run=row).delete()
    DisposalRun.objects.filter(pk=row.pk).update(state=RunState.DROPPED.value)


def _new_run(due: DueList, viewer: Viewer, at: datetime) -> DisposalRun:
    organisation = current_organisation()
    return DisposalRun.objects.create(
        organisation_id=organisation, rule=due.rule.code, rule_name=due.rule.name, kind=due.rule.kind.value,
        rules_sha256=queries.rules_of(organisation).digest, as_of=due.as_of, count=len(due.records),
        list_hash=due.hash, state=RunState.PROPOSED.value, proposed_by=str(viewer.staff_id), proposed_at=at, due_at=at,
    )  # fmt: skip


def _insert_items(run: DisposalRun, records: Sequence[DueRecord]) -> None:
    DisposalItem.objects.bulk_create(
        (
            DisposalItem(
                organisation_id=current_organisation(), run=run, number=number, record=one.id, uuid=one.uuid,
                ended_on=one.ended_on, due_on=one.due_on, state=DisposalState.PENDING.value,
            )
            for number, one in enumerate(records, start=1)
        ),
        batch_size=500,
    )  # fmt: skip


@transaction.atomic
def confirm_disposal(
    viewer: Viewer, uuid: UUID, *, shown_hash: str, reason: str, at: datetime, terminal: str = ""
) -> None:
    """Confirm, as the second person, that this list goes; the worker then destroys it.

    The list is drawn up once more as of its day: a hold, a case that moved, another rule make it another list, and
    raise ShownChanged. Raises RightMissing, RunUnknown and whatever confirming a proposal raises（SamePerson …）.
    """
    require(viewer, Right.APPROVE_DISPOSAL)
    one_at_a_time()
    row = _proposed(uuid)
    if not shown_hash == row.list_hash == queries.due_list(row.rule, as_of=row.as_of).hash:
        raise ShownChanged
    actor = viewer.actor(terminal)
    approvals.confirm(row.proposal_id or 0, shown_hash=shown_hash, reason=reason, actor=actor, at=at)
    DisposalRun.objects.filter(pk=row.pk).update(
        state=RunState.APPROVED.value, approved_by=str(viewer.staff_id), approved_at=at, due_at=at
    )
    audit.record(
        "disposal.approved", object_kind="disposal", object_id=str(uuid), actor=actor, at=at,
        facts={"rule": row.rule, "count": row.count, "list": row.list_hash, "maker": row.proposed_by},
    )  # fmt: skip


def _proposed(uuid: UUID) -> DisposalRun:
    row = DisposalRun.objects.select_for_update().filter(uuid=uuid, state=RunState.PROPOSED.value).first()
    if row is None:
        raise RunUnknown
    return row


@transaction.atomic
def drop_disposal(viewer: Viewer, uuid: UUID, *, reason: str, at: datetime, terminal: str = "") -> None:
    """Take one's own list back, or send another's back; nothing was destroyed, and what is due is due again.

    Raises RightMissing, RunUnknown, ProposalClosed, ReasonMissing.
    """
    row = _proposed(uuid)
    proposal = approval_queries.proposal(row.proposal_id or 0)
    is_mine = row.proposed_by == str(viewer.staff_id)
    require(viewer, Right.DISPOSE if is_mine else Right.APPROVE_DISPOSAL)
    if proposal is not None and proposal.is_open_at(at):
        end = approvals.withdraw if is_mine else approvals.refuse
        end(proposal.id, reason=reason, actor=viewer.actor(terminal), at=at)
    _drop(row)
