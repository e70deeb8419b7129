"""Identifying the parties of claimed applications, a batch in one transaction with three queries for all of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from todoke.casework.identify import queries
from todoke.casework.identify.models import PartyRow
from todoke.casework.identify.rules import parties as rules
from todoke.casework.identify.rules.rows import link_key
from todoke.casework.identify.values import IdentityResult, PartyDraft
from todoke.casework.intake import services as intake
from todoke.casework.intake.values import ClaimedApplication, NextStep, StoredApplication
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import SqlValue, current_organisation, insert_rows
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.organisations.values import OrganisationKind

WITHOUT_LINKS = frozenset(
    {OrganisationKind.PREFECTURE}
)  # 共通機能標準仕様書 §2.1: 都道府県は番号紐付情報を持たない
_COLUMNS = (
    "application_id", "role", "position", "name", "kana", "birth", "issuer_key", "serial", "stated_number", "state",
    "number", "number_kind", "candidates", "version", "decided_by", "decision_reason", "confirmed_by", "code",
    "comparison", "is_restricted", "scope_key",
)  # fmt: skip
People = list[tuple[PartyDraft, IdentityResult]]


@transaction.atomic
def identify_applications(claimed: Sequence[ClaimedApplication], *, actor: Actor, at: datetime) -> int:
    """Write who the parties of these applications are and pass the applications on; returns how many.

    What another worker has claimed meanwhile is left alone, so that nothing is written twice.
    """
    mine = intake.advance([one.claim for one in claimed], to=NextStep.OPEN, at=at)
    applications = [one.application for one in claimed if one.application.id in mine]
    found = _find([(one, _drafts(one)) for one in applications])
    insert_rows(
        PartyRow,
        _COLUMNS,
        [
            _row(application.id, draft, result)
            for application, people in zip(applications, found, strict=True)
            for draft, result in people
        ],
    )
    audit.record_many(
        [
            _entry(application, people, actor, at)
            for application, people in zip(applications, found, strict=True)
        ]
    )
    return len(applications)


def _drafts(application: StoredApplication) -> list[PartyDraft]:
    return rules.drafts(application.form, link_key(application.issuer_key, application.serial))


def _find(asked: Sequence[tuple[StoredApplication, list[PartyDraft]]]) -> list[People]:
    if organisations.organisation(current_organisation()).kind in WITHOUT_LINKS:
        return [[(draft, rules.NOT_ASKED) for draft in drafts] for _, drafts in asked]
    keys = {draft.key for _, drafts in asked for draft in drafts if draft.key is not None}
    book = queries.link_book(keys)
    return [
        list(zip(drafts, rules.find(drafts, book, application.applied_at), strict=True))
        for application, drafts in asked
    ]


def _row(application_id: int, draft: PartyDraft, result: IdentityResult) -> Sequence[SqlValue]:
    issuer, serial = (draft.key.issuer_key, draft.key.serial) if draft.key else ("", "")
    return (
        application_id, draft.role.value, draft.position, draft.name[:200], draft.kana[:200], draft.birth[:40],
        issuer, serial, draft.stated_number[:40], result.state.value, result.number, result.number_kind,
        result.candidates, 1, "", "", "", result.code, "", False, "",
    )  # fmt: skip


def _entry(application: StoredApplication, people: People, actor: Actor, at: datetime) -> Entry:
    """Which state each role came to: codes and counts, no number and no serial."""
    counts = Counter(f"{draft.role.value}.{result.state.value}" for draft, result in people)
    return Entry(
        "application.identified",
        "application",
        str(application.uuid),
        actor,
        at,
        dict(sorted(counts.items())),
    )
