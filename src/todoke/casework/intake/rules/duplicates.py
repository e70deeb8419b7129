"""Is this application here already, in whatever form? And in what do two applications differ?"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from todoke.casework.intake.values import (
    ApplicationForm,
    Candidate,
    Duplicate,
    DuplicateKind,
    FieldDifference,
    PartyRole,
)
from todoke.foundation.procedures.values import DuplicateScope
from todoke.japanese import names

_ABOUT = frozenset({PartyRole.SUBJECT, PartyRole.INSURED})

CODES = {
    DuplicateKind.SAME_CONTENT: "DUP-511",
    DuplicateKind.SAME_RECEIPT: "DUP-512",
    DuplicateKind.SAME_PERSON: "DUP-513",
    DuplicateKind.SAME_HOUSEHOLD: "DUP-514",
    DuplicateKind.SAME_SUBJECT: "DUP-515",
}


def applicant_key(issuer_key: str, serial: str, form: ApplicationForm, scope: DuplicateScope) -> str:
    """Under what two applications of one procedure come from the same sender about the same thing; empty: unknown.

    Where the procedure counts by 対象者, the same sender about other people is no repetition（きょうだいの申込み）. Other
    senders of the same household or about the same people are found once parties are identified.
    """
    if not serial:
        return ""
    sender = f"{issuer_key}:{serial}"
    if scope is not DuplicateScope.SUBJECT:
        return sender
    about = sorted(
        names.person_key(one.name, one.birth) or one.number for one in form.parties if one.role in _ABOUT
    )
    return hashlib.sha256("\n".join((sender, *about)).encode()).hexdigest()


class Earlier:
    """The applications accepted before, found by what could relate them to another one."""

    def __init__(self, known: Iterable[Candidate] = ()) -> None:
        """Note them all."""
        self._by_content: dict[str, list[Candidate]] = {}
        self._by_number: dict[str, list[Candidate]] = {}
        self._by_sender: dict[tuple[str, str], list[Candidate]] = {}
        self._by_signed: dict[str, list[Candidate]] = {}
        for one in known:
            self.add(one)

    def add(self, one: Candidate) -> None:
        """One more was accepted."""
        self._by_content.setdefault(one.content_hash, []).append(one)
        self._by_number.setdefault(one.receipt_number, []).append(one)
        self._by_sender.setdefault((one.applicant_key, one.procedure), []).append(one)
        self._by_signed.setdefault(one.signed_digest, []).append(one)

    def with_content(self, candidate: Candidate) -> list[Candidate]:
        """The same bytes."""
        return self._by_content.get(candidate.content_hash, [])

    def with_number(self, number: str) -> list[Candidate]:
        """The same 受付番号, in whatever channel."""
        return self._by_number.get(number, []) if number else []

    def of_sender(self, candidate: Candidate) -> list[Candidate]:
        """The same person and procedure; none where the person is unknown."""
        key = candidate.applicant_key
        return self._by_sender.get((key, candidate.procedure), []) if key else []

    def with_signature(self, candidate: Candidate) -> list[Candidate]:
        """The same signed document."""
        return self._by_signed.get(candidate.signed_digest, []) if candidate.signed_digest else []


def judge(candidate: Candidate, known: Iterable[Candidate] | Earlier, *, window: timedelta) -> Duplicate:
    """How an application relates to those accepted before it; the strongest relation decides, then the first of its kind.

    Same bytes under another number, then the same number with other bytes, then a stated resubmission (which is
    linked, not held), then the same person and procedure within the window.
    """
    earlier = known if isinstance(known, Earlier) else Earlier(known)
    channel, applied_at = candidate.channel_id, candidate.applied_at
    same_number = earlier.with_number(candidate.receipt_number)
    related = (
        (DuplicateKind.SAME_CONTENT, earlier.with_content(candidate)),
        (DuplicateKind.SAME_RECEIPT, [one for one in same_number if one.channel_id == channel]),
        (DuplicateKind.RESUBMISSION, earlier.with_number(candidate.previous_receipt)),
    )
    for kind, found in related:
        if found:
            return Duplicate(kind, min(one.id for one in found))
    near = [one.id for one in earlier.of_sender(candidate) if abs(one.applied_at - applied_at) <= window]
    if near and not candidate.previous_receipt:
        return Duplicate(DuplicateKind.SAME_PERSON, min(near))
    return Duplicate(DuplicateKind.NONE)


def is_replay(candidate: Candidate, known: Iterable[Candidate] | Earlier) -> bool:
    """Whether a person's signature is used a second time: the same signed document in another package（S11）."""
    earlier = known if isinstance(known, Earlier) else Earlier(known)
    return any(
        one.content_hash != candidate.content_hash and one.receipt_number != candidate.receipt_number
        for one in earlier.with_signature(candidate)
    )


def differences(before: ApplicationForm, after: ApplicationForm) -> tuple[FieldDifference, ...]:
    """The fields in which two applications differ, in the order of the later one, then what it no longer has."""
    old, new = _fields(before), _fields(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldDifference(name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name, "") != new.get(name, "")
    )


def _fields(form: ApplicationForm) -> dict[str, str]:
    person = form.applicant
    fields = {
        "申請日時": form.applied_at.isoformat(), "氏名": person.name, "氏名カナ": person.kana,
        "生年月日": person.birth, "性別": person.sex, "郵便番号": person.postcode, "住所": person.address,
        "電話番号": form.contact.telephone, "メールアドレス": form.contact.mail, "名称": form.title,
    }  # fmt: skip
    for one in form.items:
        name = one.label if one.position == 1 else f"{one.label}（{one.position}）"
        fields[name] = " ".join(one.values)
    return fields
