"""The letters of enquiries, both ways: what the asker tells the asked, and what comes back. Each may arrive twice."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from todoke.foundation.exchange.values import Letter
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.rollup.errors import EnquiryUnfit, EnquiryUnknown, SubmissionForeign
from todoke.programme.rollup.models import EnquiryTargetRow, ReceivedEnquiryRow
from todoke.programme.rollup.rules import enquiries as rules
from todoke.programme.rollup.values import EnquiryState


def take_enquiry_letter(letter: Letter, at: datetime) -> None:
    """Take one letter over. Raises EnquiryUnfit, EnquiryUnknown, SubmissionForeign."""
    what = letter.body.get("what")
    if what == "answered":
        _take_answer(letter)
    elif what in ("asked", "reminded", "returned", "accepted", "closed"):
        _check_asker(letter.sender)
        _ASKED[what](letter, _uuid(letter.body), at)
    else:
        raise EnquiryUnfit(where="照会のファイルの種類が分かりません")


def _check_asker(sender: str) -> None:
    """The body above, or the one above that, may ask."""
    known = {one.code: one for one in organisations.organisations()}
    above = known[current_organisation()].parent
    if sender != above and (above not in known or known[above].parent != sender):
        raise SubmissionForeign(sender=sender[:6], subject=current_organisation())


def _uuid(body: Mapping[str, Any]) -> UUID:
    try:
        return UUID(str(body.get("enquiry")))
    except ValueError as broken:
        raise EnquiryUnfit(where="照会の番号が正しくありません") from broken


def _text(body: Mapping[str, Any], name: str, most: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise EnquiryUnfit(where="照会の文が長すぎます")
    return value


def _asked(letter: Letter, enquiry: UUID, _at: datetime) -> None:
    body = letter.body
    fields = rules.read(body.get("fields"))
    try:
        due_on = date.fromisoformat(str(body.get("due_on")))
    except ValueError as broken:
        raise EnquiryUnfit(where="回答期限が正しくありません") from broken
    ReceivedEnquiryRow.objects.get_or_create(
        organisation_id=current_organisation(), asker=letter.sender, uuid=enquiry,
        defaults={
            "title": _text(body, "title", 200), "text": _text(body, "text", 10_000), "fields": rules.written(fields),
            "due_on": due_on, "asked_at": letter.made_at, "state": EnquiryState.WAITING.value,
        },
    )  # fmt: skip


def _row(letter: Letter, enquiry: UUID) -> ReceivedEnquiryRow:
    row = ReceivedEnquiryRow.objects.select_for_update().filter(asker=letter.sender, uuid=enquiry).first()
    if row is None:
        raise EnquiryUnknown
    return row


def _reminded(letter: Letter, enquiry: UUID, _at: datetime) -> None:
    row = _row(letter, enquiry)
    row.reminded_at = letter.made_at
    row.save(update_fields=["reminded_at"])


def _returned(letter: Letter, enquiry: UUID, _at: datetime) -> None:
    row = _row(letter, enquiry)
    row.state, row.reason = EnquiryState.RETURNED.value, _text(letter.body, "reason", 400)
    row.save(update_fields=["state", "reason"])


def _accepted(letter: Letter, enquiry: UUID, _at: datetime) -> None:
    row = _row(letter, enquiry)
    row.state = EnquiryState.ACCEPTED.value
    row.save(update_fields=["state"])


def _closed(letter: Letter, enquiry: UUID, _at: datetime) -> None:
    row = _row(letter, enquiry)
    row.closed_at = letter.made_at
    row.save(update_fields=["closed_at"])


_ASKED = {
    "asked": _asked, "reminded": _reminded, "returned": _returned, "accepted": _accepted, "closed": _closed,
}  # fmt: skip


def _take_answer(letter: Letter) -> None:
    enquiry = _uuid(letter.body)
    row = (
        EnquiryTargetRow.objects.select_for_update()
        .select_related("enquiry")
        .filter(enquiry__uuid=enquiry, body=letter.sender)
        .first()
    )
    if row is None:
        raise EnquiryUnknown
    rules.check_step(
        "answer", EnquiryState(row.state), is_closed=row.enquiry.closed_at is not None
    )  # an answer under way while the enquiry was closed is refused, and shows among the refused files
    answers = letter.body.get("answers")
    if not isinstance(answers, dict):
        raise EnquiryUnfit(where="回答の形が正しくありません")
    row.answers = rules.check_answers(rules.read(row.enquiry.fields), answers)
    row.state, row.answered_at, row.reason = EnquiryState.ANSWERED.value, letter.made_at, ""
    row.save(update_fields=["answers", "state", "answered_at", "reason"])
