"""Identifying the parties of claimed applications, a batch in one transaction with a constant number of queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from todoke.casework.identify import queries
from todoke.casework.identify.models import PartyRow
from todoke.casework.identify.rules import judging, kept, scopes
from todoke.casework.identify.rules import parties as rules
from todoke.casework.identify.rules.judging import Papers, Register
from todoke.casework.identify.rules.rows import link_key
from todoke.casework.identify.values import IdentityResult, PartyDraft, PartyFinding, PartyRole
from todoke.casework.intake import queries as intake_queries
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep, StoredApplication
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import SqlValue, current_organisation, insert_rows
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures import queries as procedures
from todoke.foundation.procedures.values import DuplicateScope

from .repeating import note_repetitions

WITHOUT_LINKS = frozenset(
    {OrganisationKind.PREFECTURE}
)  # 共通機能標準仕様書 §2.1: 都道府県は番号紐付情報を持たない
_COLUMNS = (
    "application_id", "role", "position", "name", "kana", "birth", "issuer_key", "serial", "stated_number", "state",
    "number", "number_kind", "candidates", "version", "decided_by", "decision_reason", "confirmed_by", "code",
    "comparison", "is_restricted", "scope_key",
)  # fmt: skip
Asked = tuple[StoredApplication, list[PartyDraft]]
People = list[tuple[PartyDraft, PartyFinding, str]]


@transaction.atomic
def identify_applications(claimed: Sequence[ClaimedApplication], *, actor: Actor, at: datetime) -> int:
    """Write who the parties of these applications are and pass the applications on; returns how many.

    What another worker has claimed meanwhile is left alone, so that nothing is written twice.
    """
    mine = intake.advance([one.claim for one in claimed], to=NextStep.OPEN, at=at)
    applications = [one.application for one in claimed if one.application.id in mine]
    found = _find([(one, drafts_of(one)) for one in applications])
    keys = {
        one.id: [key for _, _, key in people if key] for one, people in zip(applications, found, strict=True)
    }
    note_repetitions(applications, keys, actor=actor, at=at)
    pairs = list(zip(applications, found, strict=True))
    rows = [_row(one.id, *person) for one, people in pairs for person in people]
    insert_rows(PartyRow, _COLUMNS, rows)
    audit.record_many([_entry(one, people, actor, at) for one, people in pairs])
    return len(applications)


def drafts_of(application: StoredApplication) -> list[PartyDraft]:
    """The people of an application, each with the key that speaks for it."""
    return rules.drafts(application.form, link_key(application.issuer_key, application.serial))


def _find(asked: Sequence[Asked]) -> list[People]:
    if organisations.organisation(current_organisation()).kind in WITHOUT_LINKS:
        not_asked = PartyFinding(rules.NOT_ASKED)
        return [[(draft, not_asked, "") for draft in drafts] for _, drafts in asked]
    findings, register = judge_all(asked)
    return [
        list(zip(drafts, one, _scope_keys(application, drafts, one, register), strict=True))
        for (application, drafts), one in zip(asked, findings, strict=True)
    ]


def judge_all(asked: Sequence[Asked]) -> tuple[list[list[PartyFinding]], Register]:
    """What the links say of every party, and whether the resident records bear it out; the same for any batch."""
    keys = {draft.key for _, drafts in asked for draft in drafts if draft.key is not None}
    book = queries.link_book(keys)
    results = [rules.find(drafts, book, application.applied_at) for application, drafts in asked]
    register = queries.register_of(result for several in results for result in several)
    labels = _labels_of_agents(asked)
    return [
        judging.judge(list(zip(drafts, several, strict=True)), _papers(application, labels), register)
        for (application, drafts), several in zip(asked, results, strict=True)
    ], register


def _labels_of_agents(asked: Sequence[Asked]) -> Mapping[int, Sequence[str]]:
    """The attachments of applications that an agent sent: is there a 委任状 among them?"""
    by_agents = [one.id for one, drafts in asked if any(draft.role is PartyRole.AGENT for draft in drafts)]
    return intake_queries.attachment_labels(by_agents) if by_agents else {}


def _papers(application: StoredApplication, labels: Mapping[int, Sequence[str]]) -> Papers:
    return Papers(
        application.form,
        application.signature.certified,
        application.applied_at,
        labels.get(application.id, ()),
    )


def _scope_keys(
    application: StoredApplication,
    drafts: Sequence[PartyDraft],
    findings: Sequence[PartyFinding],
    register: Register,
) -> list[str]:
    known = procedures.catalogue().get(application.procedure)
    counted_by = known.duplicate_scope if known else DuplicateScope.PERSON
    return scopes.keys(drafts, findings, register, procedure=application.procedure, scope=counted_by)


def _row(application_id: int, draft: PartyDraft, finding: PartyFinding, scope_key: str) -> Sequence[SqlValue]:
    issuer, serial = (draft.key.issuer_key, draft.key.serial) if draft.key else ("", "")
    result: IdentityResult = finding.result
    return (
        application_id, draft.role.value, draft.position, draft.name[:200], draft.kana[:200], draft.birth[:40],
        issuer, serial, draft.stated_number[:40], result.state.value, result.number, result.number_kind,
        result.candidates, 1, "", "", "", result.code, kept.text_of(finding.comparisons), finding.is_restricted,
        scope_key,
    )  # fmt: skip


def _entry(application: StoredApplication, people: People, actor: Actor, at: datetime) -> Entry:
    """Which state each role came to: codes and counts, no number and no serial."""
    counts = Counter(f"{draft.role.value}.{finding.result.state.value}" for draft, finding, _ in people)
    return Entry(
        "application.identified",
        "application",
        str(application.uuid),
        actor,
        at,
        dict(sorted(counts.items())),
    )
