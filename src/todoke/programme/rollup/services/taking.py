"""What a verified file says is taken over, or refused with a code; a file never touches more than its sender speaks for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.exchange import queries as exchange
from todoke.foundation.exchange.errors import FileBroken, NotForUs, SenderUnknown, SignatureWrong
from todoke.foundation.exchange.values import Arrived, Letter, Signed
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.values import OrganisationRef
from todoke.programme.rollup.errors import SubmissionForeign, SubmissionTampered, SubmissionUnfit
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
    _TAKE[arrived.letter.kind](arrived, at)
    audit.record(
        "rollup.taken", object_kind="exchange", object_id=f"{arrived.letter.sender}:{arrived.letter.number}",
        actor=actor, at=at, facts={"kind": arrived.letter.kind, "sha256": arrived.sha256},
    )  # fmt: skip


def _take_submission(arrived: Arrived, at: datetime) -> None:
    letter, known = arrived.letter, _known()
    accepting.check_sender(letter.sender, known[current_organisation()], known.get(letter.sender))
    entry = _entry(letter, arrived.content, exchange.key_in(arrived.content))
    keep([entry], sender=letter.sender, at=at)


def _known() -> Mapping[str, OrganisationRef]:
    return {one.code: one for one in organisations.organisations()}


def _entry(letter: Letter, original: str, key: str) -> Entry:
    """What a body's own file tells of it."""
    body = letter.body
    if body.keys() == {"withdrawn"}:
        number = _positive(body["withdrawn"])
        return Entry(letter.sender, number, letter.as_of, letter.made_at, None, original, key)
    if body.keys() != {"snapshot"}:
        raise SubmissionUnfit(where="body")
    one = read(body["snapshot"])
    if one.subject != letter.sender:
        raise SubmissionForeign(sender=letter.sender[:6], subject=one.subject)
    if one.as_of != letter.as_of:
        raise SubmissionUnfit(where="as_of")
    return Entry(one.subject, letter.number, one.as_of, letter.made_at, one, original, key)


def _positive(value: object) -> int:
    if type(value) is not int or not 1 <= value < 2**31:
        raise SubmissionUnfit(where="number")
    return value


def _take_forward(arrived: Arrived, at: datetime) -> None:
    letter, known = arrived.letter, _known()
    accepting.check_sender(letter.sender, known[current_organisation()], known.get(letter.sender))
    files = letter.body.get("files")
    if letter.body.keys() != {"files"} or not isinstance(files, list) or not 1 <= len(files) <= MOST_ENTRIES:
        raise SubmissionUnfit(where="files")
    entries = [_forwarded(one, letter.sender, known) for one in _verified(files, letter.sender)]
    keep(entries, sender=letter.sender, at=at)


def _verified(files: Sequence[object], prefecture: str) -> list[Signed]:
    """The towns' own files, each signed by its town. Raises SubmissionTampered, SubmissionUnfit."""
    if not all(isinstance(one, str) for one in files):
        raise SubmissionUnfit(where="files")
    try:
        return exchange.handed_on([str(one) for one in files], recipient=prefecture)
    except (SenderUnknown, SignatureWrong) as wrong:
        raise SubmissionTampered(sender=prefecture[:6], subject=wrong.facts["sender"]) from wrong
    except (FileBroken, NotForUs) as broken:
        raise SubmissionUnfit(where="files") from broken


def _forwarded(one: Signed, prefecture: str, known: Mapping[str, OrganisationRef]) -> Entry:
    if one.letter.kind != SUBMISSION:
        raise SubmissionUnfit(where="kind")
    accepting.check_forwarded(prefecture, one.letter.sender, known.get(one.letter.sender))
    return _entry(one.letter, one.content, one.key)


def _take_enquiry(arrived: Arrived, at: datetime) -> None:
    take_enquiry_letter(arrived.letter, at)


_TAKE: Mapping[str, Callable[[Arrived, datetime], None]] = {
    SUBMISSION: _take_submission, FORWARD: _take_forward, ENQUIRY: _take_enquiry,
}  # fmt: skip
