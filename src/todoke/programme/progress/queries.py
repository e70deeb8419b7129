"""Questions about progress: every figure is derived from the reports when it is asked for."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from todoke.foundation.workbooks import Sheet
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Item, PlanContent

from .errors import IndicatorUnknown
from .models import CaseDayRow, IndicatorRow, IndicatorValueRow, PaperCountRow, ReportRow
from .rules import case_files, fed, figures, indicators, reports, workbook
from .values import (
    Direction,
    Indicator,
    IndicatorValue,
    PaperCount,
    PlanProgress,
    Remaining,
    Report,
    ReportState,
    Standing,
    ToldCase,
    Trend,
    ValueSource,
)


def _report(row: ReportRow) -> Report:
    remaining = None
    if row.remaining_low is not None and row.remaining_likely is not None and row.remaining_high is not None:
        remaining = Remaining(row.remaining_low, row.remaining_likely, row.remaining_high)
    evidence = tuple(UUID(one) for one in row.evidence)
    return Report(
        row.pk,
        row.item,
        row.as_of,
        ReportState(row.state),
        row.percent,
        remaining,
        row.note,
        evidence,
        row.by,
        row.at,
    )


def latest(plan: UUID, *, as_of: date | None = None) -> Mapping[UUID, Report]:
    """The report of each item that counts as of a day（None: the newest）; one question, however many there are."""
    rows = ReportRow.objects.filter(plan=plan).order_by("pk")
    if as_of is not None:
        rows = rows.filter(as_of__lte=as_of)
    return reports.newest(_report(row) for row in rows.iterator(chunk_size=5000))


def history(item: UUID) -> Sequence[Report]:
    """Every report of an item, the newest day first and of a day the last one first."""
    return [_report(row) for row in ReportRow.objects.filter(item=item).order_by("-as_of", "-pk")]


def reports_between(plan: UUID, first: date, last: date) -> Sequence[Report]:
    """The reports of a plan as of the days of a span, in their order; for the monthly close and for calibration."""
    rows = ReportRow.objects.filter(plan=plan, as_of__gte=first, as_of__lte=last).order_by("as_of", "pk")
    return [_report(row) for row in rows]


def standings(
    content: PlanContent, *, as_of: date, begins: Mapping[UUID, date] | None = None
) -> Mapping[UUID, Standing]:
    """Where each item of a plan stands as of a day; `begins` as a forecast has it."""
    known = latest(content.plan.uuid, as_of=as_of)
    return reports.standings(content.items, known, as_of=as_of, begins=begins)


def progress(content: PlanContent, *, as_of: date, begins: Mapping[UUID, date] | None = None) -> PlanProgress:
    """Both figures, by 事務 and in all, their differences, and what is not reported, as of a day."""
    return figures.progress(content.items, standings(content, as_of=as_of, begins=begins), as_of=as_of)


def reportable(content: PlanContent) -> list[Item]:
    """The items that people report: those that count and that nothing hangs below."""
    return [one for one in figures.leaves(content.items) if one.counts]


def sheet(content: PlanContent, *, as_of: date) -> Sheet:
    """The report form as a sheet, one row per item, as it stands."""
    notes = (
        f"{content.plan.title}　進捗報告（{content.plan.edition}）",
        "灰色の列は変えないでください。残りの日数は、これから必要な執務日数です。対象外にするときは、理由を説明に書いてください。",
    )
    return Sheet(
        workbook.SHEET, workbook.HEADER, workbook.rows(reportable(content), standings(content, as_of=as_of)),
        fixed=workbook.FIXED, choices=workbook.CHOICES, widths={"識別番号": 12, "取組": 36, "説明": 40}, notes=notes,
    )  # fmt: skip


def content_of(plan: UUID) -> PlanContent:
    """The plan as it stands; raises PlanUnknown."""
    return plans.content(plan)


def _indicator(row: IndicatorRow) -> Indicator:
    return Indicator(
        row.pk, row.code, row.label, row.unit, row.definition, Direction(row.direction), row.is_official, row.source,
        row.target, row.target_on, row.purpose,
    )  # fmt: skip


def kept_indicators() -> Sequence[Indicator]:
    """The indicators that the body in scope keeps, official ones first."""
    rows = IndicatorRow.objects.filter(ended_at__isnull=True).order_by("-is_official", "code")
    return [_indicator(row) for row in rows]


def indicator(code: str) -> Indicator:
    """The indicator with this code; raises IndicatorUnknown."""
    row = IndicatorRow.objects.filter(code=code, ended_at__isnull=True).first()
    if row is None:
        raise IndicatorUnknown
    return _indicator(row)


def _value(row: IndicatorValueRow) -> IndicatorValue:
    return IndicatorValue(
        row.pk, row.as_of, row.value, row.numerator, row.denominator, row.missing, ValueSource(row.source),
        row.source_text, row.published_on, row.event_count, row.at,
    )  # fmt: skip


def trends() -> Sequence[Trend]:
    """Every kept indicator with its values by day; two questions, however many there are."""
    values: dict[int, list[IndicatorValue]] = {}
    for row in IndicatorValueRow.objects.filter(indicator__ended_at__isnull=True).order_by("pk"):
        values.setdefault(row.indicator_id, []).append(_value(row))
    return [indicators.trend(one, values.get(one.id, [])) for one in kept_indicators()]


def events_behind(value_id: int) -> tuple[str, ...]:
    """The ids of the records of casework behind a value; empty for what was typed or imported."""
    row = IndicatorValueRow.objects.filter(pk=value_id).first()
    return tuple(row.events.split()) if row is not None else ()


def case_events(first: date, last: date) -> Mapping[date, Sequence[ToldCase]]:
    """What the newest whole revision of each day of a span says; a day without one is not there. One question.

    A day's parts are whole when all are here; until then the revision before it counts.
    """
    parts: dict[tuple[date, int], list[CaseDayRow]] = {}
    for row in CaseDayRow.objects.filter(day__gte=first, day__lte=last).order_by("day", "revision", "part"):
        parts.setdefault((row.day, row.revision), []).append(row)
    whole = {
        day: rows for (day, _), rows in parts.items() if len(rows) == rows[0].parts
    }  # the last one stays
    return {day: [event for row in rows for event in _events(row)] for day, rows in whole.items()}


def _events(row: CaseDayRow) -> Sequence[ToldCase]:
    return case_files.read(json.loads(row.document), as_of=row.day).events


def case_days() -> Sequence[date]:
    """The days of which files were taken, oldest first."""
    return list(CaseDayRow.objects.order_by("day").values_list("day", flat=True).distinct())


def stated_paper(month: date) -> Mapping[str, int]:
    """Procedure → paper applications in a month（its first day）, as stated last; a procedure that is not here is unknown."""
    rows = PaperCountRow.objects.filter(month=month).order_by("pk")
    return dict(rows.values_list("procedure", "count"))


def paper_counts(month: date) -> Sequence[PaperCount]:
    """What a person is asked for a month: each procedure that came online or was stated, with both counts, by code."""
    days, stated = fed.days_of(month), stated_paper(month)
    online = dict.fromkeys(stated, 0)
    for day, events in case_events(days[0], days[-1]).items():
        for one in events:
            online[one.procedure] = online.get(one.procedure, 0) + (one.received_on == day)
    return [
        PaperCount(procedure, month, stated.get(procedure), count)
        for procedure, count in sorted(online.items())
        if count or procedure in stated
    ]


def newest_fed(indicator_id: int) -> Mapping[date, IndicatorValueRow]:
    """Day → the value that files of casework gave an indicator last; for services of this stage."""
    rows = IndicatorValueRow.objects.filter(indicator_id=indicator_id, source=ValueSource.EVENTS.value)
    return {row.as_of: row for row in rows.order_by("pk")}
