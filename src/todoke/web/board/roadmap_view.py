"""The 工程表 of a plan with the dates of its schedule, as a page and as files to hand on."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.http import Http404, StreamingHttpResponse

from todoke.foundation.calendars.queries import japanese_date
from todoke.programme.forecast.errors import NothingToSchedule
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Roadmap, Span
from todoke.web.board.tables import csv_pieces
from todoke.web.shared.downloads import as_download

from .drawn import drawn


def roadmap(uuid: UUID, *, as_of: date) -> Roadmap:
    """The 工程表; a plan without anything to schedule has it too, with the dates that were fixed. Raises PlanUnknown."""
    return plans.roadmap(uuid, as_of=as_of, spans=_spans(uuid, as_of))


def _spans(uuid: UUID, as_of: date) -> Mapping[UUID, Span]:
    try:
        works = drawn(uuid, as_of=as_of).works
    except NothingToSchedule:
        return {}
    return {one.item.uuid: Span(one.place.start, one.place.finish) for one in works if one.is_dated}


def _workbook(found: Roadmap, at: datetime) -> bytes:
    return plans.roadmap_workbook(found, at=at)


def _word(found: Roadmap, at: datetime) -> bytes:
    return plans.roadmap_html(found).encode()


def _pdf(found: Roadmap, at: datetime) -> bytes:
    return plans.roadmap_pdf(found)


def _csv(found: Roadmap, at: datetime) -> bytes:
    header = ["区分", "取組事項", *(one.label for one in found.years), "目標時期"]
    rows = [(row.group, row.label, *row.cells, row.target) for row in found.rows]
    return b"".join(csv_pieces(header, rows))


FORMS: Mapping[str, tuple[Callable[[Roadmap, datetime], bytes], str]] = {
    "xlsx": (_workbook, "xlsx"), "doc": (_word, "doc"), "pdf": (_pdf, "pdf"), "csv": (_csv, "csv"),
}  # fmt: skip


def roadmap_file(uuid: UUID, form: str, *, at: datetime) -> StreamingHttpResponse:
    """The 工程表 as a workbook, a page for Word, a PDF or CSV. Raises Http404 for another form, PlanUnknown."""
    found = roadmap(uuid, as_of=japanese_date(at))
    if form not in FORMS:
        raise Http404
    write, ending = FORMS[form]
    content = write(found, at)
    return as_download(iter([content]), name=f"{found.title}-工程表.{ending}", kind=form, size=len(content))
