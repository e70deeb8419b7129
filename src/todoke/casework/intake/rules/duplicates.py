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


def judge(candidate: Candidate, known: Iterable[Candidate], *, window: timedelta) -> Duplicate:
    """How an application relates to those accepted before it; the strongest relation decides.

    Same bytes under another number, then the same number with other bytes, then a stated resubmission (which is
    linked, not held), then the same person and procedure within the window.
    """
    known = sorted(known, key=lambda one: one.id)
    tests = (
        (DuplicateKind.SAME_CONTENT, _is_same_content),
        (DuplicateKind.SAME_RECEIPT, _is_same_receipt),
        (DuplicateKind.RESUBMISSION, _is_resubmission_of),
    )
    for kind, test in tests:
        found = next((one for one in known if test(candidate, one)), None)
        if found is not None:
            return Duplicate(kind, found.id)
    if not candidate.previous_receipt and candidate.applicant_key:
        for one in known:
            if _is_same_person(candidate, one) and abs(one.applied_at - candidate.applied_at) <= window:
                return Duplicate(DuplicateKind.SAME_PERSON, one.id)
    return Duplicate(DuplicateKind.NONE)


def is_replay(candidate: Candidate, known: Iterable[Candidate]) -> bool:
    """Whether a person's signature is used a second time: the same signed document in another package（S11）."""
    return bool(candidate.signed_digest) and any(
        one.signed_digest == candidate.signed_digest and one.content_hash != candidate.content_hash
        and one.receipt_number != candidate.receipt_number
        for one in known
    )  # fmt: skip


def _is_same_content(candidate: Candidate, one: Candidate) -> bool:
    return one.content_hash == candidate.content_hash


def _is_same_receipt(candidate: Candidate, one: Candidate) -> bool:
    return one.receipt_number == candidate.receipt_number and one.channel_id == candidate.channel_id


def _is_resubmission_of(candidate: Candidate, one: Candidate) -> bool:
    return bool(candidate.previous_receipt) and one.receipt_number == candidate.previous_receipt


def _is_same_person(candidate: Candidate, one: Candidate) -> bool:
    return one.applicant_key == candidate.applicant_key and one.procedure == candidate.procedure


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
