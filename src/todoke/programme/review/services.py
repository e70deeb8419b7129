"""Opening, deciding and reviewing cards; closing a month."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from todoke.foundation import canonical
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.programme.forecast import queries as forecasts
from todoke.programme.plans import queries as plans
from todoke.programme.plans import services as keeping

from . import queries, rules
from .errors import AlreadyClosed, CardChanged, CardUnfit, CardUnknown, CloseChanged
from .models import CardRow, CloseRow
from .values import Card, CardState, Close, Decision, Option, Outcome, Signal


@transaction.atomic
def open_card(
    viewer: Viewer, plan: UUID, *, title: str, signal: Signal, situation: str, at: datetime
) -> Card:
    """Open a card: what moved, and how things stand. Raises RightMissing, PlanUnknown, CardUnfit."""
    require(viewer, Right.CLOSE_MONTHS)
    plans.plan(plan)
    if not title.strip():
        raise CardUnfit(what="件名がありません")
    row = CardRow.objects.create(
        organisation_id=current_organisation(), plan=plan, title=title.strip()[:200], state=CardState.OPEN.value,
        signal_kind=signal.kind.value, signal_before=signal.before[:200], signal_after=signal.after[:200],
        situation=situation.strip(), opened_at=at, opened_by=str(viewer.staff_id),
    )  # fmt: skip
    return _done(row, "opened", viewer, at)


@transaction.atomic
def add_option(
    viewer: Viewer, card: UUID, *, version: int, label: str, scenario: UUID | None, at: datetime
) -> Card:
    """Add a way to go, with the kept forecast of its branch. Raises CardUnknown, CardChanged, StepUnfit, ForecastUnknown."""
    row = _mine(viewer, card, version)
    rules.check_step(CardState(row.state), CardState.DECIDED)
    if not label.strip():
        raise CardUnfit(what="案の説明がありません")
    ref = forecasts.forecast(scenario).ref if scenario else None
    option = Option(
        label.strip()[:400], scenario, ref.p50 if ref else None, ref.p80 if ref else None,
        ref.chance_permille if ref else None,
    )  # fmt: skip
    row.options = [*row.options, _kept(option)]
    return _saved(row, ["options"], "option_added", viewer, at)


def _kept(option: Option) -> Mapping[str, str | int | None]:
    return {
        "label": option.label, "scenario": str(option.scenario) if option.scenario else None,
        "p50": option.p50.isoformat() if option.p50 else None, "p80": option.p80.isoformat() if option.p80 else None,
        "chance": option.chance_permille,
    }  # fmt: skip


@transaction.atomic
def decide(viewer: Viewer, card: UUID, decision: Decision, *, version: int, at: datetime) -> Card:
    """Decide for one of the options. Raises CardUnknown, CardChanged, StepUnfit, CardUnfit, RightMissing."""
    row = _mine(viewer, card, version)
    rules.check_step(CardState(row.state), CardState.DECIDED)
    options = queries.card(card, today=japanese_date(at)).options
    rules.check_decision(options, decision.chosen, decision.reason, decision.review_by, japanese_date(at))
    row.state, row.chosen, row.reason = CardState.DECIDED.value, decision.chosen, decision.reason.strip()
    row.review_by, row.difference = decision.review_by, list(decision.difference)
    row.decider, row.decided_at = str(viewer.staff_id), at
    fields = ["state", "chosen", "reason", "review_by", "difference", "decider", "decided_at"]
    return _saved(row, fields, "decided", viewer, at)


@transaction.atomic
def review(viewer: Viewer, card: UUID, outcome: Outcome, learnt: str, *, version: int, at: datetime) -> Card:
    """Look at a decision again: did it do what was meant, and what was learnt. Raises as `decide`."""
    row = _mine(viewer, card, version)
    rules.check_step(CardState(row.state), CardState.REVIEWED)
    if not learnt.strip():
        raise CardUnfit(what="分かったことがありません")
    row.state, row.outcome, row.learnt, row.reviewed_at = (
        CardState.REVIEWED.value, outcome.value, learnt.strip(), at,
    )  # fmt: skip
    return _saved(row, ["state", "outcome", "learnt", "reviewed_at"], "reviewed", viewer, at)


@transaction.atomic
def drop(viewer: Viewer, card: UUID, reason: str, *, version: int, at: datetime) -> Card:
    """Drop a card that needs no decision any more, with a reason. Raises as `decide`."""
    row = _mine(viewer, card, version)
    rules.check_step(CardState(row.state), CardState.DROPPED)
    if not reason.strip():
        raise CardUnfit(what="取りやめる理由がありません")
    row.state, row.reason = CardState.DROPPED.value, reason.strip()
    return _saved(row, ["state", "reason"], "dropped", viewer, at)


def _mine(viewer: Viewer, card: UUID, version: int) -> CardRow:
    require(viewer, Right.CLOSE_MONTHS)
    row = CardRow.objects.select_for_update().filter(uuid=card).first()
    if row is None:
        raise CardUnknown
    if row.version != version:
        raise CardChanged
    return row


def _saved(row: CardRow, fields: Sequence[str], act: str, viewer: Viewer, at: datetime) -> Card:
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    return _done(row, act, viewer, at)


def _done(row: CardRow, act: str, viewer: Viewer, at: datetime) -> Card:
    audit.record(
        f"decision.{act}", object_kind="decision", object_id=str(row.uuid), actor=viewer.actor(), at=at,
        facts={"plan": str(row.plan), "version": row.version},
    )  # fmt: skip
    return queries.card(row.uuid, today=japanese_date(at))


@transaction.atomic
def close_month(
    viewer: Viewer, plan: UUID, month: date, *, shown_sha256: str, comment: str, reason: str, at: datetime
) -> Close:
    """Sign the close of a month as it was shown; a second close of a month needs its reason and is the next revision.

    Raises RightMissing, PlanUnknown, MonthNotOver, AlreadyClosed, CloseChanged.
    """
    require(viewer, Right.CLOSE_MONTHS)
    keeping.keep_plan(plan, at=at)  # the snapshot that the close names
    content = canonical.bytes_of(queries.close_draft(plan, month, today=japanese_date(at)).document)
    if canonical.sha256(content) != shown_sha256:
        raise CloseChanged
    first = month.replace(day=1)
    last = CloseRow.objects.filter(plan=plan, month=first).aggregate(last=Max("revision"))["last"] or 0
    if last and not reason.strip():
        raise AlreadyClosed(month=f"{first.year}年{first.month}月")
    try:
        with transaction.atomic():
            row = CloseRow.objects.create(
                organisation_id=current_organisation(), plan=plan, month=first, revision=last + 1,
                document=content.decode(), comment=comment.strip(), reason=reason.strip()[:400],
                signed_by=str(viewer.staff_id), signed_at=at, sha256=shown_sha256,
                signature=audit.sign(rules.SIGNED + content),
            )  # fmt: skip
    except IntegrityError as faster:
        raise CloseChanged from faster
    audit.record(
        "month.closed", object_kind="plan", object_id=str(plan), actor=viewer.actor(), at=at,
        facts={"month": first.isoformat(), "revision": row.revision, "sha256": row.sha256},
    )  # fmt: skip
    return next(one for one in queries.closes(plan) if one.uuid == row.uuid)
