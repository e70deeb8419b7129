"""Questions about progress: every figure is derived from the reports when it is asked for."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.procedures import queries as catalogue
from todoke.foundation.workbooks import Sheet
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Item, PlanContent

from .errors import IndicatorUnknown
from .models import CaseDayRow, IndicatorRow, IndicatorValueRow, PaperCountRow, ReportRow
from .rules import case_files, fed, figures, indicators, reports, workbook
from .values import (
    Direction,
    FedIndicator,
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


def latest_of(plans_asked: Collection[UUID], *, as_of: date) -> Mapping[UUID, Report]:
    """The same over several plans, by item: one question, however many plans there are."""
    rows = ReportRow.objects.filter(plan__in=plans_asked, as_of__lte=as_of).order_by("pk")
    return reports.newest(_report(row) for row in rows.iterator(chunk_size=5000))


def history(item: UUID) -> Sequence[Report]:
    """Every report of an item, the newest day first and of a day the last one first."""
    return [_report(row) for row in ReportRow.objects.filter(item=item).order_by("-as_of", "-pk")]


def reports_between(plan: UUID, first: date, last: date) -> Sequence[Report]:
    """The reports of a plan as of the days of a span, in their order; for the monthly close and for calibration."""
    rows = ReportRow.objects.filter(plan=plan, as_of__gte=first, as_of__lte=last).order_by("as_of", "pk")
    return [_report(row) for row in rows]


def standings(
    content: PlanContent,
    *,
    as_of: date,
    begins: Mapping[UUID, date] | None = None,
    known: Mapping[UUID, Report] | None = None,
) -> Mapping[UUID, Standing]:
    """Where each item of a plan stands as of a day; `begins` as a forecast has it, `known` what was asked for already."""
    known = latest(content.plan.uuid, as_of=as_of) if known is None else known
    return reports.standings(content.items, known, as_of=as_of, begins=begins)


def progress(
    content: PlanContent,
    *,
    as_of: date,
    begins: Mapping[UUID, date] | None = None,
    known: Mapping[UUID, Report] | None = None,
) -> PlanProgress:
    """Both figures, by 事務 and in all, their differences, and what is not reported, as of a day."""
    found = standings(content, as_of=as_of, begins=begins, known=known)
    return figures.progress(content.items, found, as_of=as_of)


def reportable(content: PlanContent) -> list[Item]:
    """The items that people report: those that count and that nothing hangs below."""
    return [one for one in figures.leaves(content.items) if one.counts]


def sheet(content: PlanContent, *, as_of: date) -> Sheet:
    """The report form as a sheet, one row per item, as it stands."""
    notes = (
        f"{content.plan.title}　進捗報告（{content.plan.edition}）",
        "変わった行だけ直してください。灰色の列は変えないでください。時点を空欄にすると、取り込んだ日の状態とします。",
        "変わっていなくても確かめた行は、時点に日付を入れてください。対象外にするときは、理由を説明に書いてください。",
        "残りの日数は、これから必要な執務日数です。",
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


def kept_indicator(indicator_id: int) -> Indicator:
    """The kept indicator with this id; raises IndicatorUnknown."""
    row = IndicatorRow.objects.filter(pk=indicator_id, ended_at__isnull=True).first()
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
    rows = IndicatorValueRow.objects.filter(indicator__ended_at__isnull=True)
    for row in rows.defer("events").order_by("pk"):  # a city's month has 150,000 ids
        values.setdefault(row.indicator_id, []).append(_value(row))
    return [indicators.trend(one, values.get(one.id, [])) for one in kept_indicators()]


def value_with_indicator(value_id: int) -> tuple[Indicator, IndicatorValue]:
    """A value and what it is of, also where a later one corrected it; raises IndicatorUnknown."""
    row = IndicatorValueRow.objects.filter(pk=value_id).defer("events").select_related("indicator").first()
    if row is None:
        raise IndicatorUnknown
    return _indicator(row.indicator), _value(row)


def events_behind(value_id: int) -> tuple[str, ...]:
    """The ids of the records of casework behind a value; empty for what was typed or imported."""
    row = IndicatorValueRow.objects.filter(pk=value_id).first()
    return tuple(row.events.split()) if row is not None else ()


def told_behind(of: Indicator, value: IndicatorValue, ids: Collection[str]) -> Mapping[str, ToldCase]:
    """What the newest files of the value's day, or month, say of these records; without one that a correction left out."""
    which = fed.of_code(of.code)
    if which is None:
        return {}
    first = fed.month_of(value.as_of) if which[0] is FedIndicator.ONLINE_SHARE else value.as_of
    wanted = frozenset(ids)
    return {
        event["id"]: case_files.kept_event(event)
        for rows in _whole_days(first, value.as_of).values()
        for row in rows
        for event in _said(row)
        if event["id"] in wanted
    }


def case_events(first: date, last: date) -> Mapping[date, Sequence[ToldCase]]:
    """What the newest whole revision of each day of a span says; a day without one is not there. One question."""
    return {
        day: [case_files.kept_event(event) for row in rows for event in _said(row)]
        for day, rows in _whole_days(first, last).items()
    }


def _whole_days(first: date, last: date) -> Mapping[date, Sequence[CaseDayRow]]:
    """A day's parts are whole when all are here; until then the revision before it counts."""
    parts: dict[tuple[date, int], list[CaseDayRow]] = {}
    for row in CaseDayRow.objects.filter(day__gte=first, day__lte=last).order_by("day", "revision", "part"):
        parts.setdefault((row.day, row.revision), []).append(row)
    return {day: rows for (day, _), rows in parts.items() if len(rows) == rows[0].parts}  # the last one stays


def _said(row: CaseDayRow) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads(row.document)["events"]
    return found


def case_days(month: date | None = None) -> Sequence[date]:
    """The days of which files were taken, oldest first; of one month（its first day）only, or of all."""
    rows = CaseDayRow.objects.order_by("day")
    if month is not None:
        days = fed.days_of(month)
        rows = rows.filter(day__gte=days[0], day__lte=days[-1])
    return list(rows.values_list("day", flat=True).distinct())


def stated_paper(month: date) -> Mapping[str, int]:
    """Procedure → paper applications in a month（its first day）, as stated last; a procedure that is not here is unknown."""
    return {procedure: row.count for procedure, row in _stated_rows(month).items()}


def _stated_rows(month: date) -> Mapping[str, PaperCountRow]:
    return {row.procedure: row for row in PaperCountRow.objects.filter(month=month).order_by("pk")}


def paper_counts(month: date, *, also: Iterable[str] = ()) -> Sequence[PaperCount]:
    """What a person is asked for a month: each procedure that came online, was stated or is named in `also`; by code.

    With both counts. Two questions.
    """
    days, stated = fed.days_of(month), _stated_rows(month)
    online = Counter(
        event["procedure"]
        for day, rows in _whole_days(days[0], days[-1]).items()
        for row in rows
        for event in _said(row)
        if event["received_on"] == day.isoformat()
    )
    return [
        _paper(procedure, month, stated.get(procedure), online[procedure])
        for procedure in sorted({*online, *stated, *also})
    ]


def _paper(procedure: str, month: date, row: PaperCountRow | None, online: int) -> PaperCount:
    if row is None:
        return PaperCount(procedure, month, None, online)
    return PaperCount(procedure, month, row.count, online, row.by, row.at)


def procedures_of(viewer: Viewer) -> frozenset[str] | None:
    """The procedures of whose paper applications a person tells: those of their sections; None: of every one."""
    sections = accounts.sections_with(viewer, Right.REPORT_PROGRESS)
    if sections is None:
        return None
    return frozenset(code for code, desk in catalogue.desks().items() if desk.section_id in sections)


def is_fed(code: str) -> bool:
    """Whether daily files of casework give this indicator its values, so that it can be kept for one procedure too."""
    return fed.of_code(code) is not None


def needs_paper(code: str) -> bool:
    """Whether persons have to tell the paper applications before this indicator has a value."""
    which = fed.of_code(code)
    return which is not None and which[0] is FedIndicator.ONLINE_SHARE


def of_procedure(definition: IndicatorDefinition, procedure: str, label: str) -> IndicatorDefinition:
    """The definition of a fed indicator for one procedure, to be kept beside the one of all."""
    return fed.of_procedure(definition, procedure, label)


def newest_fed(indicator_id: int, days: Sequence[date]) -> Mapping[date, IndicatorValueRow]:
    """Day → the value that files of casework gave an indicator last, of these days; for services of this stage."""
    rows = IndicatorValueRow.objects.filter(
        indicator_id=indicator_id, source=ValueSource.EVENTS.value, as_of__in=days
    )
    return {row.as_of: row for row in rows.order_by("pk")}
