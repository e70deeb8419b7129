"""What this body submits: the snapshot as it would be, what it has sent, what waits to be forwarded."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from todoke.foundation.canonical import sha256
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.values import OrganisationRef
from todoke.programme.forecast import queries as forecast
from todoke.programme.plans import queries as plans
from todoke.programme.progress import queries as progress
from todoke.programme.rollup.errors import NoParent, SubmissionEmpty
from todoke.programme.rollup.models import ForwardRuleRow, SentSubmissionRow, SubmissionRow
from todoke.programme.rollup.rules import snapshots
from todoke.programme.rollup.values import (
    ForwardRule,
    SentSubmission,
    Snapshot,
    Submission,
    SubmissionSource,
    SubmissionState,
)

from .reading import UNREAD, registered_keys, sent_of, submission_of


def parent() -> OrganisationRef:
    """Whom the body in scope submits to. Raises NoParent."""
    ours = organisations.organisation(current_organisation())
    if not ours.parent:
        raise NoParent
    return organisations.organisation(ours.parent)


def has_parent() -> bool:
    """Whether the body in scope submits to anybody."""
    return bool(organisations.organisation(current_organisation()).parent)


def snapshot_of(plan: UUID, *, as_of: date) -> Snapshot:
    """What a submission of a plan would say as of a day: states and figures only. Raises PlanUnknown, SubmissionEmpty."""
    content = plans.content(plan)
    standings = progress.standings(content, as_of=as_of)
    steps, states = snapshots.letters(content.items, standings)
    if not steps:
        raise SubmissionEmpty
    weighted = progress.progress(content, as_of=as_of).weighted
    ours, likely = organisations.organisation(current_organisation()), forecast.last_forecast(plan)
    ref = likely.ref if likely and likely.ref.as_of <= as_of else None
    return Snapshot(
        ours.code, ours.name, content.plan.edition, as_of, steps, states,
        int(weighted.rate * 1000) if weighted.rate is not None else None,
        round(weighted.stale_share * 1000) if weighted.stale_share is not None else None,
        ref.p50 if ref else None, ref.p80 if ref else None, ref.chance_permille if ref else None,
    )  # fmt: skip


def digest(one: Snapshot) -> str:
    """By which a person's submission is held to what was shown."""
    return sha256(snapshots.canonical(one))


def sent() -> Sequence[SentSubmission]:
    """What this body has submitted, the newest first."""
    return [sent_of(row) for row in SentSubmissionRow.objects.defer("document").order_by("-pk")[:200]]


def _unforwarded() -> QuerySet[SubmissionRow]:
    state = SubmissionState
    current = Q(state=state.CURRENT.value, forwarded_state="") & ~Q(signed=b"")
    withdrawn = Q(state=state.WITHDRAWN.value, forwarded_state=state.CURRENT.value) & ~Q(withdrawal=b"")
    return SubmissionRow.objects.filter(current | withdrawn, source=SubmissionSource.SUBMITTED.value)


def to_forward() -> Sequence[Submission]:
    """What the nation has not been told yet: current submissions, and withdrawals of what it was told."""
    keys = registered_keys()
    return [submission_of(row, keys) for row in _unforwarded().defer(*UNREAD).order_by("pk")]


def waiting_to_forward() -> int:
    """How many of them there are."""
    return _unforwarded().count()


def forward_rule() -> ForwardRule:
    """Whether this prefecture forwards without a person."""
    row = ForwardRuleRow.objects.order_by("-pk").first()
    return ForwardRule(row.is_automatic, row.at, row.by) if row else ForwardRule(is_automatic=False)
