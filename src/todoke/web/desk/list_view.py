"""The worklist as its page shows it: filters as links, rows with words, the way to the next page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import SearchTooShort
from todoke.casework.cases.values import CaseStatus, Count, Counts, Filters, WorklistRow
from todoke.casework.identify.values import IdentityState
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.values import SectionRef
from todoke.foundation.procedures import queries as procedures
from todoke.web.desk.case_view import duplicate_words, procedure_name
from todoke.web.desk.words import HOLDS
from todoke.web.shared.paging import Page, after_of
from todoke.web.shared.requests import typed_text

Word = TypeVar("Word", CaseStatus, IdentityState)
PER_PAGE = 50
TO_DECIDE = (IdentityState.UNKNOWN, IdentityState.CONFLICT)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a link."""

    words: str
    query: str
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """Chips of one kind."""

    words: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words."""

    row: WorklistRow
    procedure: str
    section: str
    hold: str
    duplicate: str


@dataclass(frozen=True, slots=True)
class ListView:
    """Everything that the page of the worklist shows."""

    filters: Filters
    text: str
    mistake: str
    page: Page[WorklistRow]
    lines: tuple[Line, ...]
    chips: tuple[ChipGroup, ...]
    kept: tuple[tuple[str, str], ...]
    query: str
    procedures: tuple[tuple[str, str], ...]
    sections: Sequence[SectionRef]
    is_narrowed: bool
    saved_alone: int


def filters_of(request: HttpRequest) -> Filters:
    """The filters in an address; whatever is not one of the known words counts as no filter."""
    asked = request.GET
    section = asked.get("section", "")
    return Filters(
        status=_member(CaseStatus, asked.get("status", "")),
        procedure=asked.get("procedure", "") if asked.get("procedure", "") in procedures.catalogue() else "",
        section_id=int(section) if section.isascii() and section.isdecimal() and len(section) < 10 else None,
        is_held=asked.get("held", "") == "1",
        identity=_member(IdentityState, asked.get("identity", "")),
        hold_code=asked.get("hold", "") if asked.get("hold", "") in HOLDS else "",
        text=typed_text(asked.get("text", ""), 100),
    )


def _member(words: type[Word], text: str) -> Word | None:
    return words(text) if text in set(words) else None


def query_of(filters: Filters) -> str:
    """The filters as the query of an address."""
    return urlencode(_pairs(filters))


def _pairs(filters: Filters) -> list[tuple[str, str]]:
    pairs = (
        ("status", filters.status or ""),
        ("identity", filters.identity or ""),
        ("hold", filters.hold_code),
        ("held", "1" if filters.is_held else ""),
        ("procedure", filters.procedure),
        ("section", filters.section_id or ""),
        ("text", filters.text),
    )
    return [(name, str(value)) for name, value in pairs if value]


def of(request: HttpRequest, viewer: Viewer) -> ListView:
    """One page of the cases that this person may see."""
    filters, mistake = filters_of(request), ""
    after = after_of(request) or None
    try:
        found = cases.worklist(viewer, filters, after=after, size=PER_PAGE)
    except SearchTooShort as short:
        mistake, found = (
            short.for_screen(),
            cases.worklist(viewer, replace(filters, text=""), after=after, size=PER_PAGE),
        )
    everywhere = organisations.sections()
    sections = [one for one in everywhere if viewer.sections is None or one.id in viewer.sections]
    hidden = [pair for pair in _pairs(filters) if pair[0] in {"status", "identity", "hold", "held"}]
    return ListView(
        filters=filters, text=filters.text, mistake=mistake,
        page=Page(found.rows, str(found.next_after or ""), is_first=after is None),
        lines=_lines(found.rows, everywhere), chips=_chips(filters, cases.counts(viewer)), kept=tuple(hidden),
        query=query_of(filters), procedures=tuple((code, one.name) for code, one in procedures.catalogue().items()),
        sections=sections, is_narrowed=bool(_pairs(filters)),
        saved_alone=settings.TODOKE_EXPORT_ALONE_LINES,
    )  # fmt: skip


def _lines(rows: Sequence[WorklistRow], sections: Sequence[SectionRef]) -> tuple[Line, ...]:
    names = {one.id: one.name for one in sections}
    return tuple(
        Line(
            row,
            procedure_name(row.procedure),
            names.get(row.section_id or 0, ""),
            HOLDS.get(row.hold_code, row.hold_code),
            "" if row.hold_code.startswith("DUP-") else duplicate_words(row.duplicate),
        )
        for row in rows
    )


def _chips(filters: Filters, counts: Counts) -> tuple[ChipGroup, ...]:
    everything = Chip("すべて", query_of(replace(filters, status=None)), "", filters.status is None)
    by_status = [
        _chip(one.label, replace(filters, status=one), counts.status[one], is_current=filters.status is one)
        for one in CaseStatus
        if counts.status[one].count or filters.status is one
    ]
    by_identity = [
        _chip(
            one.label, replace(filters, identity=None if filters.identity is one else one), counts.identity[one],
            is_current=filters.identity is one,
        )
        for one in TO_DECIDE
        if counts.identity[one].count or filters.identity is one
    ]  # fmt: skip
    groups = (
        ("処理状況", [everything, *by_status]),
        ("本人特定", by_identity),
        ("引渡しの保留", _holds(filters, counts)),
    )
    return tuple(ChipGroup(words, tuple(chips)) for words, chips in groups if chips)


def _holds(filters: Filters, counts: Counts) -> list[Chip]:
    if not counts.held.count and not filters.is_held and not filters.hold_code:
        return []
    is_any = filters.is_held and not filters.hold_code
    every = replace(filters, is_held=not is_any, hold_code="")
    held = [_chip("保留中", every, counts.held, is_current=is_any)]
    if not filters.is_held and not filters.hold_code:
        return held  # the reasons appear when somebody asks for what is held
    return held + [
        Chip(
            words,
            query_of(replace(filters, is_held=filters.hold_code == code, hold_code="" if filters.hold_code == code else code)),
            "", is_current=filters.hold_code == code,
        )
        for code, words in HOLDS.items()
    ]  # fmt: skip


def _chip(words: str, filters: Filters, count: Count, *, is_current: bool) -> Chip:
    return Chip(words, query_of(filters), count_words(count), is_current)


def count_words(count: Count) -> str:
    """A count as it is shown; counting stops somewhere."""
    return f"{count.count:,}+" if count.is_capped else f"{count.count:,}"
