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
from todoke.casework.cases.values import CaseStatus, ExportRow, ExportStep, Filters, HandoverProgress
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake.values import DuplicateKind, SignatureState
from todoke.foundation import fence, spreadsheets
from todoke.foundation.accounts.values import Viewer
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


def begin(viewer: Viewer, filters: Filters, *, actor: Actor, at: datetime) -> Generator[bytes, None, None]:
    """The file, to be taken piece by piece after the scope of the page has ended; that it begins is recorded at once.

    Raises ListTooLong, and what the worklist raises, before anything leaves.
    """
    with fence.from_follower():
        if needs_second_person(viewer, filters):
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
