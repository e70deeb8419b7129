"""Counting what a report tells, and the reports that were made. Counts only: nothing is read of anybody."""

from collections.abc import Callable
from datetime import date, datetime

from todoke.casework.cases import queries as cases
from todoke.casework.handover import queries as handover
from todoke.casework.handover.errors import CoreSystemUnknown
from todoke.casework.handover.values import HandoverState
from todoke.casework.notify.queries import KIND as NOTICES
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import JAPAN, is_business_day, japanese_date, now
from todoke.foundation.outbox import queries as outbox

from . import rules
from .models import DailyReportRow
from .values import DailyReport, Figures, ReportLine, Tone


def figures(*, since: datetime, at: datetime) -> Figures:
    """What is counted now in the body in scope, arrivals since a moment."""
    arrived = relay.arrived(since, at)
    ledger = handover.counts()
    return Figures(
        received=sum(arrived.values()), accepted=arrived.get(PackageState.ACCEPTED, 0),
        quarantined=arrived.get(PackageState.QUARANTINED, 0), pending=sum(relay.waiting_by_code().values()),
        held=sum(cases.counts_by_hold().values()), overdue=cases.count_overdue(japanese_date(at)),
        oldest=cases.oldest_unfinished(), parked_handovers=len(handover.parked()) + len(handover.parked_batches()),
        refused=ledger.by_state[HandoverState.REFUSED], differing=_differing(),
        unsent=len(outbox.parked(NOTICES)), to_type=outbox.count_to_type(NOTICES), unsealed=audit.unsealed_since(),
    )  # fmt: skip


def _differing() -> int:
    """Rows in which ledgers, as last fetched, disagree; a system whose ledger was never fetched has nothing to say."""
    count = 0
    for system in handover.core_systems():
        try:
            one = handover.reconcile(system.name)
        except CoreSystemUnknown:
            continue
        if one.core_count:
            count += len(one.missing) + len(one.unexpected) + len(one.differing) + len(one.uncancelled)
    return count


def due_day(at: datetime) -> date | None:
    """The working day whose report is due and not made yet; None when none is."""
    day = rules.is_due(at, zone=JAPAN, is_open=is_business_day)
    if day is None or DailyReportRow.objects.filter(day=day, is_delivered=True).exists():
        return None
    return day


def next_due() -> datetime | None:
    """Now, when a report is due; so that a worker without other work makes it."""
    return now() if due_day(now()) is not None else None


def reports(*, limit: int = 30) -> list[DailyReport]:
    """The reports of the body in scope, the newest first."""
    return [_report(row) for row in DailyReportRow.objects.order_by("-day")[:limit]]


def lines_of(report: DailyReport, *, moment: Callable[[datetime], str]) -> list[ReportLine]:
    """The lines of a report in words; `moment` puts a moment into words."""
    return rules.lines_of(report, moment=moment)


def tone_of(lines: list[ReportLine]) -> Tone:
    """The worst of its lines."""
    return rules.tone_of(lines)


def report_of(day: date) -> DailyReport | None:
    """The report of one day."""
    row = DailyReportRow.objects.filter(day=day).first()
    return _report(row) if row else None


def _report(row: DailyReportRow) -> DailyReport:
    return DailyReport(row.day, row.since, row.made_at, rules.figures_of(row.figures))
