"""One case as its page shows it: what several stages know of it, composed and put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from todoke.casework.cases import queries as cases
from todoke.casework.cases.errors import CaseChanged
from todoke.casework.cases.values import (
    CaseDetail,
    CaseStatus,
    EventKind,
    Filters,
    HandoverProgress,
    TimelineEntry,
)
from todoke.casework.handover import queries as handover
from todoke.casework.handover.values import HandoverDetail, HandoverKind, HandoverState
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake import queries as intake
from todoke.casework.intake.errors import AttachmentUnknown
from todoke.casework.intake.values import ApplicationForm, AttachmentDetail, DuplicateKind, FieldDifference
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import ActorKind
from todoke.foundation.errors import SENTENCES, sentence_of
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.procedures import queries as procedures
from todoke.japanese.hiding import hide_answer
from todoke.web.desk.files import FileLine, lines_for
from todoke.web.desk.words import HOLDS
from todoke.web.shared import dates

CANCELLATIONS: Mapping[HandoverProgress, str] = {
    HandoverProgress.CANCELLING: "取消しを基幹へ引き渡しています。基幹の受領を待っています。",
    HandoverProgress.CANCELLED: "基幹が取消しを受領しました。",
    HandoverProgress.UNCANCELLED: "取消しを基幹に入れられませんでした。もう一度引き渡すか、手で取り消してください。",
}


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One thing that happened, in words, with the name of who did it."""

    at: datetime
    kind: EventKind
    actor: str
    from_word: str
    to_word: str
    note: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody was faster: what to do, and what has changed since."""

    sentence: str
    changes: Sequence[TimelineLine]


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier application that this one repeats, and in what they differ."""

    uuid: UUID
    receipt_number: str
    differences: Sequence[FieldDifference]
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """What the page of a case shows beside the case itself."""

    procedure: str
    section: str
    applicant: tuple[tuple[str, str], ...]
    duplicate: str
    original: Original | None
    handover: HandoverDetail | None
    timeline: Sequence[TimelineLine]
    may_decide: bool
    may_release: bool
    may_send_again: bool
    may_substitute: bool
    may_audit: bool
    may_reveal: bool = False
    may_return: bool = False
    suggested: int = 0
    files: Sequence[FileLine] = ()
    asks_withdrawal: bool = False
    cannot_cancel: str = ""
    cancellation: str = ""


def of(viewer: Viewer, case: CaseDetail) -> CaseView:
    """Ask each stage what it knows of a case that the person may see."""
    row, may_work = newest_row(case.row.uuid), viewer.may(Right.MOVE_CASES)
    is_masked = case.row.is_masked
    sections = {one.id: one.name for one in organisations.sections()}
    is_withdrawn = case.row.status is CaseStatus.WITHDRAWN
    asks = may_work and is_withdrawn and bool(case.row.hold_code)
    is_held = case.row.handover is HandoverProgress.HELD or (
        asks and case.row.handover is HandoverProgress.UNCANCELLED
    )
    return CaseView(
        procedure=procedure_name(case.row.procedure),
        section=sections.get(case.row.section_id or 0, ""),
        applicant=_applicant(case.application.form),
        duplicate=duplicate_words(case.row.duplicate),
        original=_original(viewer, case),
        handover=_handover(row, is_masked=is_masked),
        timeline=in_words(tuple(reversed(case.timeline))),
        may_decide=viewer.may(Right.DECIDE_IDENTITY) and not is_masked,
        may_release=asks or (may_work and is_held),
        may_send_again=may_work
        and not is_withdrawn
        and row is not None
        and row.state is HandoverState.REFUSED,
        may_substitute=may_work and is_held and not is_masked and row is not None and bool(row.unfit),
        may_audit=viewer.may(Right.VIEW_AUDIT),
        may_reveal=viewer.may(Right.REVEAL_NUMBERS) and bool(case.numbers),
        may_return=not is_masked and any(move.to is CaseStatus.RETURNED for move in case.moves),
        suggested=sum("correction" in one.facts for one in case.findings),
        files=lines_for(viewer, case.attachments),
        asks_withdrawal=asks,
        cannot_cancel=handover.why_not_cancel(case.row.uuid) if asks else "",
        cancellation=_cancellation(case.row.handover, row),
    )


def newest_row(uuid: UUID) -> HandoverDetail | None:
    """The newest ledger row of a case; None before the hand-over stage has looked at it."""
    return next(iter(handover.handovers_of(uuid)), None)


def _cancellation(progress: HandoverProgress, row: HandoverDetail | None) -> str:
    """How far the core system has been told of a withdrawal, in a sentence; nothing where it is not to be told."""
    is_sent = row is not None and row.kind is HandoverKind.CANCELLATION
    if progress is HandoverProgress.CANCELLED and not is_sent:
        return "担当者が基幹に伝えて取り消しました。こちらから取消しは引き渡していません。"
    return CANCELLATIONS.get(progress, "")


def _handover(row: HandoverDetail | None, *, is_masked: bool) -> HandoverDetail | None:
    """A sentence or an unfit character may quote the name of somebody who is protected."""
    if row is None or not is_masked:
        return row
    return replace(row, unfit=(), sentence=sentence_of(row.code) if row.code in SENTENCES else "")


def attachment_of(case_id: int, attachment_id: int) -> AttachmentDetail | None:
    """A file, if it belongs to this case."""
    try:
        file = intake.attachment(attachment_id)
    except AttachmentUnknown:
        return None
    return file if cases.case_ids([file.application_id]).get(file.application_id) == case_id else None


def procedure_name(code: str) -> str:
    """The official name of a procedure; its code where the catalogue has no name."""
    found = procedures.catalogue().get(code)
    return found.name if found else code


def duplicate_words(kind: DuplicateKind) -> str:
    """The kind of duplicate in words; nothing where nobody has to look."""
    return "" if kind in (DuplicateKind.NONE, DuplicateKind.RESUBMISSION) else kind.label


def _applicant(form: ApplicationForm) -> tuple[tuple[str, str], ...]:
    person, contact = form.applicant, form.contact
    return (
        ("氏名", person.name), ("フリガナ", person.kana), ("生年月日", dates.written_day_words(person.birth)),
        ("性別", person.sex), ("郵便番号", person.postcode), ("住所", person.address), ("電話番号", contact.telephone),
        ("メールアドレス", contact.mail),
    )  # fmt: skip


def _original(viewer: Viewer, case: CaseDetail) -> Original | None:
    """Shown only to those who may see the earlier case too."""
    if not duplicate_words(case.row.duplicate) or case.application.duplicate.of is None:
        return None
    original = intake.applications([case.application.duplicate.of]).get(case.application.duplicate.of)
    if original is None:  # disposed of
        return None
    number = original.receipt_number
    visible = cases.worklist(viewer, Filters(text=number)).rows
    earlier = [row for row in visible if row.receipt_number == number and row.id < case.row.id]
    if not earlier:
        return None
    if case.row.is_masked or earlier[0].is_masked:
        return Original(earlier[0].uuid, number, (), is_masked=True)
    related = intake.duplicate_with_differences(case.application.id)
    return Original(earlier[0].uuid, number, _hidden(related.differences))


def _hidden(differences: Sequence[FieldDifference]) -> list[FieldDifference]:
    """The differences without a 個人番号 that an answer may hold."""
    return [
        replace(one, before=hide_answer(one.field, one.before), after=hide_answer(one.field, one.after))
        for one in differences
    ]


def conflict_of(changed: CaseChanged) -> Conflict:
    """The difference that a clerk is shown who was not the first."""
    return Conflict(changed.for_screen(), in_words(changed.changes))


def in_words(entries: Sequence[TimelineEntry]) -> list[TimelineLine]:
    """What happened, with names and words instead of ids and codes."""
    names = {str(person.pk): person.display_name for person in accounts.all_staff()}
    return [
        TimelineLine(
            one.at, one.kind,
            names.get(one.actor_id, "職員") if one.actor_kind is ActorKind.STAFF else one.actor_kind.label,
            _word(one.kind, one.from_word), _word(one.kind, one.to_word), _note(one.note),
        )
        for one in entries
    ]  # fmt: skip


_WORDS = {EventKind.IDENTITY: IdentityState, EventKind.MOVED: CaseStatus, EventKind.OPENED: CaseStatus}


def _word(kind: EventKind, code: str) -> str:
    for words in (_WORDS.get(kind, HandoverProgress), CaseStatus, HandoverProgress):
        if code in set(words):
            return words(code).label
    return HOLDS.get(code, code)


def _note(text: str) -> str:
    return sentence_of(text) if text in SENTENCES else text
