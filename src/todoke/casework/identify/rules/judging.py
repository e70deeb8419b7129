"""Whether a number that was found can be believed: each party beside the resident record of its number.

A serial that leads to a person with another name or birth（改姓, 取り違え, 外字差）leads to nobody until two people have
looked（C14, IDN-321）. Without a copy of the records, or without this number in it, there is nothing to compare with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from todoke.casework.identify.values import (
    ATENA,
    INSURED_NUMBER,
    MISMATCH,
    NO_MANDATE,
    Comparison,
    FieldMatch,
    IdentityResult,
    IdentityState,
    PartyDraft,
    PartyFinding,
    PartyRole,
    Stated,
    StatedBy,
)
from todoke.casework.intake.values import ApplicationForm
from todoke.casework.residents.values import Resident
from todoke.japanese import eras
from todoke.japanese.errors import DateRefused
from todoke.japanese.variant_forms import VariantForms
from todoke.proof.certificates import BasicFour

from .comparing import compare

JAPAN = timezone(timedelta(hours=9))
NOT_IN_COPY = "住民記録の写しにこの番号がない"
_MANDATE = "委任"
_FOUND = (IdentityState.MATCHED, IdentityState.RENEWED)
Found = tuple[PartyDraft, IdentityResult]


@dataclass(frozen=True, slots=True)
class Register:
    """The records of a batch: by 宛名番号 and by 被保険者番号; `has_copy` False: the body gives none."""

    has_copy: bool
    by_number: Mapping[str, Resident]
    by_insured: Mapping[str, Resident]
    forms: VariantForms

    def resident(self, number: str, kind: str) -> Resident | None:
        """The record of a number of this kind."""
        records = {ATENA: self.by_number, INSURED_NUMBER: self.by_insured}.get(kind, {})
        return records.get(number)

    def holds(self, kind: str) -> bool:
        """Whether numbers of this kind can be looked up at all."""
        return self.has_copy and kind in (ATENA, INSURED_NUMBER)


@dataclass(frozen=True, slots=True)
class Papers:
    """What came with an application: its form, 基本4情報 of the signer, when it was made, and its attachments' labels."""

    form: ApplicationForm
    certified: BasicFour | None
    applied_at: datetime
    labels: Sequence[str] = ()

    @property
    def day(self) -> date:
        """The day of the application in Japan."""
        return self.applied_at.astimezone(JAPAN).date()


def judge(people: Sequence[Found], papers: Papers, register: Register) -> list[PartyFinding]:
    """What was found for each party, and whether it stands beside the records; the order stays.

    A number that is doubted for one party is doubted for every party that bears it.
    """
    drafts = [draft for draft, _ in people]
    found = [
        _judged(draft, result, statements(draft, drafts, papers), papers, register)
        for draft, result in people
    ]
    doubted = {
        result
        for (_, result), finding in zip(people, found, strict=True)
        if finding.result.state is IdentityState.DIFFERS
    }
    return [
        replace(finding, result=_doubtful()) if result in doubted else finding
        for (_, result), finding in zip(people, found, strict=True)
    ]


def statements(draft: PartyDraft, drafts: Sequence[PartyDraft], papers: Papers) -> tuple[Stated, ...]:
    """What is said of a party: by the form, and by the signer's certificate, which is the sender's（C16）."""
    form = Stated(StatedBy.FORM, draft.name, draft.kana, draft.birth)
    if draft.role is PartyRole.APPLICANT:
        form = replace(form, sex=papers.form.applicant.sex, address=papers.form.applicant.address)
    if papers.certified is None or draft is not _sender(drafts):
        return (form,)
    return (form, certificate_statement(papers.certified))


def _sender(drafts: Sequence[PartyDraft]) -> PartyDraft:
    """Who sent the application: the first agent, else the applicant."""
    return next((one for one in drafts if one.role is PartyRole.AGENT), drafts[0])


def certificate_statement(certified: BasicFour) -> Stated:
    """基本4情報 of a certificate as a statement; a birth of 元号 0（不明）is empty."""
    try:
        birth = eras.read_certificate_date(certified.birth)
        written = birth.isoformat() if birth else ""
    except DateRefused:
        written = certified.birth
    return Stated(
        StatedBy.CERTIFICATE, certified.name, "", written, certified.sex, certified.address,
        certified.name_marks, certified.address_marks,
    )  # fmt: skip


def _judged(
    draft: PartyDraft, result: IdentityResult, said: Sequence[Stated], papers: Papers, register: Register
) -> PartyFinding:
    """One party: compared with the record of its number, where it has one."""
    if not result.number or not register.holds(result.number_kind):
        return PartyFinding(_with_papers(draft, result, papers))
    resident = register.resident(result.number, result.number_kind)
    if resident is None:
        absent = Comparison(StatedBy.FORM, FieldMatch.ABSENT, remarks=(NOT_IN_COPY,))
        return PartyFinding(_with_papers(draft, result, papers), (absent,))
    comparisons = tuple(compare(one, resident, on=papers.day, forms=register.forms) for one in said)
    if result.state in _FOUND and any(one.grade is FieldMatch.DIFFERS for one in comparisons):
        result = _doubtful()
    return PartyFinding(_with_papers(draft, result, papers), comparisons, resident.is_restricted)


def _doubtful() -> IdentityResult:
    return IdentityResult(IdentityState.DIFFERS, candidates=1, code=MISMATCH)


def _with_papers(draft: PartyDraft, result: IdentityResult, papers: Papers) -> IdentityResult:
    """An agent without an attachment that calls itself a 委任状: told, because somebody has to ask for it."""
    is_agent = draft.role is PartyRole.AGENT
    if not is_agent or result.code or any(_MANDATE in label for label in papers.labels):
        return result
    return replace(result, code=NO_MANDATE)
