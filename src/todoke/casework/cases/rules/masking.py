"""What is left of a protected person's case（支援措置対象者）for whoever may not see who it is (C15).

What the clerk needs to work on stays: procedure, 受付番号, status, states, codes. Whoever it is, what they wrote,
what they sent along and what clerks wrote about them is taken out here, once, before any screen gets it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from todoke.casework.cases.values import CaseDetail, EventKind, TimelineEntry
from todoke.casework.identify.values import IdentityResult, Party
from todoke.casework.intake.values import (
    ApplicationForm,
    AttachmentDetail,
    Contact,
    Finding,
    Person,
    StatedParty,
    StoredApplication,
)
from todoke.casework.protection.values import HIDDEN, CaseProtection
from todoke.foundation.accounts.values import Right

_NOTES_OF_CODES = frozenset({EventKind.HOLD, EventKind.HANDOVER, EventKind.OPENED})  # hold codes, never words


def is_masked(protection: str, rights: Collection[Right]) -> bool:
    """Whether a case is shown without saying whose it is."""
    return protection != CaseProtection.NONE.value and Right.VIEW_PROTECTED not in rights


def masked(detail: CaseDetail) -> CaseDetail:
    """The case without anything that says whose it is."""
    return replace(
        detail,
        application=masked_application(detail.application),
        attachments=tuple(_attachment(one) for one in detail.attachments),
        findings=masked_findings(detail.findings),
        parties=tuple(masked_party(one) for one in detail.parties),
        timeline=masked_timeline(detail.timeline),
    )


def masked_application(application: StoredApplication) -> StoredApplication:
    """The application without its people, its answers and its certificate."""
    return replace(
        application, form=_form(application.form), serial="", serial_text="", issuer_key="",
        signature=replace(application.signature, signer_issuer_key="", signer_serial="", certified=None),
    )  # fmt: skip


def _form(form: ApplicationForm) -> ApplicationForm:
    return replace(
        form, applicant=Person(name=HIDDEN), contact=Contact(), title="",
        items=tuple(replace(one, values=(HIDDEN,) if one.values else ()) for one in form.items),
        parties=tuple(StatedParty(one.role, one.position, HIDDEN) for one in form.parties),
    )  # fmt: skip


def masked_party(party: Party) -> Party:
    """A person of the case by role alone; the state says whether the number is known, not which."""
    known = party.result
    return replace(
        party, name=HIDDEN, kana="", birth="", stated_number="", decision_reason="", comparisons=(),
        result=IdentityResult(known.state, HIDDEN if known.number else "", known.number_kind, known.candidates),
    )  # fmt: skip


def _attachment(one: AttachmentDetail) -> AttachmentDetail:
    label = f"{HIDDEN}の添付{one.attachment.position}"
    return replace(one, attachment=replace(one.attachment, label=label, raw_name="", sha256=""))


def masked_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Codes and severities; facts may name a file or quote a character of a name."""
    return tuple(replace(one, where="", facts={}) for one in findings)


def masked_timeline(entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """What happened, without what clerks wrote."""
    return tuple(
        one if one.kind in _NOTES_OF_CODES or not one.note else replace(one, note=HIDDEN) for one in entries
    )
