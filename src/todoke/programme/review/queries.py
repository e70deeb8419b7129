"""Questions about decisions and closes."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from todoke.foundation import canonical
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.calendars.values import last_day
from todoke.programme.forecast import queries as forecasts
from todoke.programme.forecast.errors import BeyondCalendar, NetworkBroken, NothingToSchedule, OrderInCircle
from todoke.programme.forecast.values import Finding, ForecastKind, ForecastRef
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import PlanContent
from todoke.programme.progress import queries as progress

from . import rules
from .errors import CardUnknown
from .models import CardRow, CloseRow
from .values import Card, CardState, Close, CloseDraft, Option, Outcome, Signal, SignalKind

UNSCHEDULED = (NothingToSchedule, NetworkBroken, BeyondCalendar, OrderInCircle)


def _card(row: CardRow, today: date) -> Card:
    state = CardState(row.state)
    return Card(
        row.uuid, row.plan, row.title, state, Signal(SignalKind(row.signal_kind), row.signal_before, row.signal_after),
        row.situation, tuple(_option(one) for one in row.options), row.chosen, row.reason, row.decider, row.decided_at,
        row.review_by, tuple(row.difference), Outcome(row.outcome) if row.outcome else None, row.learnt,
        row.reviewed_at, row.opened_at, row.opened_by, row.version, rules.is_overdue(state, row.review_by, today),
    )  # fmt: skip


def _option(kept: dict[str, str | int | None]) -> Option:
    scenario, p50, p80, chance = (kept.get(name) for name in ("scenario", "p50", "p80", "chance"))
    return Option(
        str(kept["label"]), UUID(str(scenario)) if scenario else None, date.fromisoformat(str(p50)) if p50 else None,
        date.fromisoformat(str(p80)) if p80 else None, int(chance) if chance is not None else None,
    )  # fmt: skip


def cards(plan: UUID, *, today: date) -> Sequence[Card]:
    """The cards of a plan: overdue reviews first, then the newest."""
    found = [_card(row, today) for row in CardRow.objects.filter(plan=plan).order_by("-pk")[:500]]
    return sorted(found, key=lambda one: not one.is_overdue)


def cards_of(plans_asked: Collection[UUID], *, today: date) -> Mapping[UUID, Sequence[Card]]:
    """The open and decided cards of several plans, the newest first; one question, however many plans there are."""
    states = [CardState.OPEN.value, CardState.DECIDED.value]
    found: dict[UUID, list[Card]] = {}
    for row in CardRow.objects.filter(plan__in=plans_asked, state__in=states).order_by("-pk")[:2000]:
        found.setdefault(row.plan, []).append(_card(row, today))
    return found


def card(uuid: UUID, *, today: date) -> Card:
    """One card; raises CardUnknown."""
    row = CardRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise CardUnknown
    return _card(row, today)


def overdue_count(*, today: date) -> int:
    """How many decisions of the body in scope should have been looked at again."""
    return CardRow.objects.filter(state=CardState.DECIDED.value, review_by__lt=today).count()


def close_draft(plan: UUID, month: date, *, today: date) -> CloseDraft:
    """What a close of a month would say, as of its last day. Raises MonthNotOver, PlanUnknown."""
    rules.check_month(month, today)
    as_of, content = last_day(month), progress.content_of(plan)
    begins, findings = _schedule(content, as_of)
    standing = progress.progress(content, as_of=as_of, begins=begins)
    last, known = _last_forecast(plan, as_of), cards(plan, today=today)
    told = rules.cards_of_month(known, month, japanese_date)
    grounds = rules.Grounds(
        str(content.plan.edition), canonical.sha256(plans.snapshot(plan)), standing, last,
        forecasts.accuracy(plan, as_of=as_of), findings, told,
    )  # fmt: skip
    asked = rules.questions(standing, last, known)
    return CloseDraft(plan, month.replace(day=1), rules.document(grounds), asked, tuple(told))


def _schedule(content: PlanContent, as_of: date) -> tuple[Mapping[UUID, date] | None, Sequence[Finding]]:
    """When each item begins, so that what need not have begun is not called old, and what looks odd in the plan."""
    try:
        network = forecasts.network_of_content(content, as_of=as_of)
        return forecasts.begins(forecasts.schedule(network)), forecasts.lint(network)
    except UNSCHEDULED:
        return None, ()


def shown_sha256(draft: CloseDraft) -> str:
    """The hash of what a draft says: whoever signs sends it back, so that nothing else is signed than what was shown."""
    return canonical.hash_of(draft.document)


def _last_forecast(plan: UUID, as_of: date) -> ForecastRef | None:
    """The newest kept forecast as of the day or before."""
    known = forecasts.forecasts(plan, kind=ForecastKind.FORECAST)
    return next((one for one in known if one.as_of <= as_of and not one.failed_code), None)


def closes(plan: UUID) -> Sequence[Close]:
    """The signed closes of a plan, the newest month and revision first."""
    rows = CloseRow.objects.filter(plan=plan).order_by("-month", "-revision")
    return [_close(row) for row in rows[:240]]


def _close(row: CloseRow) -> Close:
    return Close(
        row.uuid, row.plan, row.month, row.revision, json.loads(row.document), row.comment, row.reason, row.signed_by,
        row.signed_at, row.sha256,
    )  # fmt: skip


def is_untouched(uuid: UUID) -> bool:
    """Whether a close says what was signed: its hash and its signature fit. False also where no public key is at hand."""
    row = CloseRow.objects.filter(uuid=uuid).first()
    if row is None:
        return False
    content = row.document.encode()
    fits = canonical.sha256(content) == row.sha256
    return fits and audit.is_signed_by(audit.seal_keys(), rules.SIGNED + content, row.signature)
