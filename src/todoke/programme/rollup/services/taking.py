"""What a verified file says is taken over, or refused with a code; a file never touches more than its sender speaks for."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.exchange.values import Arrived, Letter
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.rollup.errors import SubmissionForeign, SubmissionUnfit
from todoke.programme.rollup.rules import accepting
from todoke.programme.rollup.rules.snapshots import read
from todoke.programme.rollup.values import ENQUIRY, FORWARD, SUBMISSION

from .keeping import Entry, keep
from .mailing import take_enquiry_letter

MOST_ENTRIES = 4000


@transaction.atomic
def take(arrived: Arrived, *, actor: Actor, at: datetime) -> None:
    """Take one file over, in the transaction of the exchange, which notes that it was taken.

    Raises SubmissionUnfit, SubmissionForeign, and what the letters of enquiries raise; the exchange refuses the file.
    """
    _TAKE[arrived.letter.kind](arrived.letter, at)
    audit.record(
        "rollup.taken", object_kind="exchange", object_id=f"{arrived.letter.sender}:{arrived.letter.number}",
        actor=actor, at=at, facts={"kind": arrived.letter.kind, "sha256": arrived.sha256},
    )  # fmt: skip


def _take_submission(letter: Letter, at: datetime) -> None:
    known = {one.code: one for one in organisations.organisations()}
    accepting.check_sender(letter.sender, known[current_organisation()], known.get(letter.sender))
    keep([_entry(letter.body, letter, letter.number)], sender=letter.sender, at=at)


def _entry(body: Mapping[str, Any], letter: Letter, number: int) -> Entry:
    if body.keys() == {"withdrawn"}:
        return Entry(letter.sender, _positive(body["withdrawn"]), letter.as_of, letter.made_at)
    if body.keys() != {"snapshot"}:
        raise SubmissionUnfit(where="body")
    one = read(body["snapshot"])
    if one.subject != letter.sender:
        raise SubmissionForeign(sender=letter.sender[:6], subject=one.subject)
    if one.as_of != letter.as_of:
        raise SubmissionUnfit(where="as_of")
    return Entry(one.subject, number, one.as_of, letter.made_at, one)


def _positive(value: object) -> int:
    if type(value) is not int or not 1 <= value < 2**31:
        raise SubmissionUnfit(where="number")
    return value


def _take_forward(letter: Letter, at: datetime) -> None:
    known = {one.code: one for one in organisations.organisations()}
    accepting.check_sender(letter.sender, known[current_organisation()], known.get(letter.sender))
    found = letter.body.get("entries")
    if (
        letter.body.keys() != {"entries"}
        or not isinstance(found, list)
        or not 1 <= len(found) <= MOST_ENTRIES
    ):
        raise SubmissionUnfit(where="entries")
    entries = [_forwarded(one) for one in found]
    for one in entries:
        accepting.check_forwarded(letter.sender, one.subject, known.get(one.subject))
    keep(entries, sender=letter.sender, at=at)


def _forwarded(found: object) -> Entry:
    if not isinstance(found, dict) or found.keys() != {"subject", "number", "as_of", "made_at", "snapshot"}:
        raise SubmissionUnfit(where="entries")
    subject, snapshot = found["subject"], found["snapshot"]
    if not isinstance(subject, str) or len(subject) != 6 or not subject.isdecimal():
        raise SubmissionUnfit(where="subject")
    as_of, made_at = _moments(found["as_of"], found["made_at"])
    one = read(snapshot) if snapshot is not None else None
    if one is not None and (one.subject != subject or one.as_of != as_of):
        raise SubmissionUnfit(where="subject")
    return Entry(subject, _positive(found["number"]), as_of, made_at, one)


def _moments(day: object, moment: object) -> tuple[date, datetime]:
    try:
        as_of, made_at = date.fromisoformat(str(day)), datetime.fromisoformat(str(moment))
    except ValueError as broken:
        raise SubmissionUnfit(where="made_at") from broken
    if made_at.tzinfo is None:
        raise SubmissionUnfit(where="made_at")
    return as_of, made_at


_TAKE: Mapping[str, Callable[[Letter, datetime], None]] = {
    SUBMISSION: _take_submission, FORWARD: _take_forward, ENQUIRY: take_enquiry_letter,
}  # fmt: skip
