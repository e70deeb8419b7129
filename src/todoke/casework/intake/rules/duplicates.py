"""Is this application here already, in whatever form? And in what do two applications differ?"""

from collections.abc import Iterable
from datetime import timedelta

from todoke.casework.intake.values import (
    ApplicationForm,
    Candidate,
    Duplicate,
    DuplicateKind,
    FieldDifference,
)

CODES = {
    DuplicateKind.SAME_CONTENT: "DUP-511",
    DuplicateKind.SAME_RECEIPT: "DUP-512",
    DuplicateKind.SAME_PERSON: "DUP-513",
}


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
