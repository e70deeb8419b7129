"""The whole worklist under its filters as a file: names and states, never 個人番号, serials or answers of the form.

A file may have a million lines. It is read, written and sent a step at a time, each step in a short scope of its own,
after the page's own scope has ended. Two audit entries frame it: one before the first byte, one when the last has been
taken, or the taking has stopped.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from django.conf import settings

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import ListTooLong
from todoke.casework.cases.values import (
    EXPORT,
    CaseStatus,
    ExportRequestDetail,
    ExportRow,
    ExportStep,
    Filters,
    HandoverProgress,
)
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake.values import DuplicateKind, SignatureState
from todoke.foundation import fence, spreadsheets
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations import queries as organisations
from todoke.web.desk import list_view
from todoke.web.desk.case_view import duplicate_words, procedure_name
from todoke.web.desk.words import HOLDS
from todoke.web.shared import dates

HEADER = (
    "受付番号", "申請日時", "受付日時", "手続", "担当課", "申請者氏名", "フリガナ", "処理状況", "本人特定", "署名", "引渡し",
    "保留の理由", "重複", "指摘の数", "来庁予定日",
)  # fmt: skip
_STATUS = {one.value: one.label for one in CaseStatus}
_IDENTITY = {one.value: one.label for one in IdentityState}
_SIGNATURE = {one.value: one.label for one in SignatureState}
_HANDOVER = {one.value: one.label for one in HandoverProgress}
_DUPLICATE = {one.value: duplicate_words(one) for one in DuplicateKind}


STEP = 2_000  # lines that are in memory at a time


@dataclass(slots=True)
class _Taken:
    """What has left so far: how many lines, and whether it was all of them."""

    lines: int = 0
    is_whole: bool = False


def alone_up_to() -> int:
    """How many lines one person may take away alone; 0: as many as the list has."""
    limit: int = settings.TODOKE_EXPORT_ALONE_LINES
    return limit


def needs_second_person(viewer: Viewer, filters: Filters) -> bool:
    """Whether a list is so long that a second person has to agree before it leaves as a file（W23）."""
    limit = alone_up_to()
    return limit > 0 and cases.has_more_than(viewer, filters, limit)


def count_up_to_limit(viewer: Viewer, filters: Filters) -> int:
    """How long a list is, counted no further than one line beyond what one person may take alone."""
    limit = alone_up_to()
    return limit + 1 if cases.has_more_than(viewer, filters, limit) else limit


def words_of(filters: Filters) -> list[tuple[str, str]]:
    """What a list is limited to, in words; empty for the whole list."""
    sections = {one.id: one.name for one in organisations.sections()}
    found = [
        ("検索する言葉", filters.text),
        ("処理状況", filters.status.label if filters.status else ""),
        ("手続", procedure_name(filters.procedure) if filters.procedure else ""),
        ("担当課", sections.get(filters.section_id or 0, "")),
        ("本人特定", filters.identity.label if filters.identity else ""),
        ("引渡し", "保留中" if filters.is_held else ""),
        ("保留の理由", HOLDS.get(filters.hold_code, filters.hold_code)),
    ]
    return [(name, words) for name, words in found if words]


def name_of(staff_id: int) -> str:
    """Who asked, as colleagues know the person."""
    person = accounts.staff(staff_id)
    return person.display_name if person else "－"


def is_waiting(detail: ExportRequestDetail, *, at: datetime) -> bool:
    """Whether a second person may still agree."""
    return approvals.proposal_for(EXPORT, "export", str(detail.uuid), at=at) is not None


def begin(
    viewer: Viewer, filters: Filters, *, actor: Actor, at: datetime, is_agreed: bool = False
) -> Generator[bytes, None, None]:
    """The file, to be taken piece by piece after the scope of the page has ended; that it begins is recorded at once.

    `is_agreed`: a second person has agreed to this very list. Raises ListTooLong, and what the worklist raises,
    before anything leaves.
    """
    with fence.from_follower():
        if not is_agreed and needs_second_person(viewer, filters):
            raise ListTooLong(most=alone_up_to())
        first = cases.worklist_for_export(viewer, filters, size=STEP)
        in_words = _wording()
    audit.record_read(
        "cases.exported", object_kind="organisation", object_id=viewer.organisation, actor=actor, at=at,
        facts=_facts(filters),
    )  # fmt: skip
    return _pieces(viewer, filters, actor, first, in_words)


def _facts(filters: Filters) -> Mapping[str, str | int]:
    """The filters as codes; of a search only that there was one, because people search for names."""
    return {
        "filters": list_view.query_of(replace(filters, text="")),
        "searched": int(bool(filters.text)),
    }


Wording = Callable[[Iterable[ExportRow]], Iterator[Sequence[str | int]]]


def _pieces(
    viewer: Viewer, filters: Filters, actor: Actor, first: ExportStep, in_words: Wording
) -> Generator[bytes, None, None]:
    taken, digest = _Taken(), hashlib.sha256()
    try:
        for piece in spreadsheets.pieces(HEADER, _counted(_steps(viewer, filters, first), taken, in_words)):
            digest.update(piece)
            yield piece
        taken.is_whole = True
    finally:
        with fence.scope(viewer.organisation):
            audit.record_read(
                "cases.export_ended", object_kind="organisation", object_id=viewer.organisation, actor=actor,
                at=now(),
                facts={
                    "found": taken.lines, "whole": int(taken.is_whole), "sha256": digest.hexdigest(),
                    **_facts(filters),
                },
            )  # fmt: skip


def _steps(viewer: Viewer, filters: Filters, first: ExportStep) -> Iterator[ExportStep]:
    step = first
    yield step
    while step.next_after is not None:
        with fence.scope(viewer.organisation, read_only=True), fence.from_follower():
            step = cases.worklist_for_export(viewer, filters, after=step.next_after, size=STEP)
        yield step


def _counted(
    steps: Iterable[ExportStep], taken: _Taken, in_words: Wording
) -> Iterator[Iterator[Sequence[str | int]]]:
    for step in steps:
        taken.lines += len(step.rows)
        yield in_words(step.rows)


def _wording() -> Wording:
    """How rows become lines in the words of the screen; what many rows share is put into words once."""
    cell = spreadsheets.cell
    sections: dict[int | None, str] = {one.id: cell(one.name) for one in organisations.sections()}
    procedures = cache(lambda code: cell(procedure_name(code)))
    holds = cache(lambda code: cell(HOLDS.get(code, code)))

    def lines(rows: Iterable[ExportRow]) -> Iterator[Sequence[str | int]]:
        for (
            number, applied, received, procedure, section, name, kana, status, identity, signature, handover, hold,
            duplicate, findings, visit,
        ) in rows:  # fmt: skip
            yield (
                cell(number), _moment(applied), _moment(received), procedures(procedure), sections.get(section, ""),
                cell(name), cell(kana), _STATUS[status], _IDENTITY[identity], _SIGNATURE[signature],
                _HANDOVER[handover], holds(hold), _DUPLICATE[duplicate], findings, _day(visit),
            )  # fmt: skip

    return lines


def _moment(text: str | None) -> str:
    """「令和8年4月6日 18:00」 of "2026-04-06 09:00:…" in UTC; Japanese time is whole hours away."""
    return f"{_hour(text[:13])}{text[13:16]}" if text else ""


@lru_cache(maxsize=20_000)  # two years of hours
def _hour(text: str) -> str:
    return dates.moment_words(datetime.fromisoformat(text).replace(tzinfo=UTC))[:-3]


@lru_cache(maxsize=4_096)
def _day(text: str | None) -> str:
    return dates.day_words(date.fromisoformat(text)) if text else ""
