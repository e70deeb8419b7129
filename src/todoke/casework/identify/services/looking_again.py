"""Asking once more after a load: a serial may reach us only after the application that it was used for.

A certificate is renewed, the application is made with the new one the same day, the links come the day after: the
application must not wait for a person for that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from todoke.casework.identify import queries
from todoke.casework.identify.models import LinkGeneration, PartyRow
from todoke.casework.identify.rules import kept
from todoke.casework.identify.rules.resolving import UNKNOWN
from todoke.casework.identify.values import (
    GenerationState,
    IdentityResult,
    IdentityState,
    LookedAgain,
    PartyChange,
    PartyDraft,
    PartyFinding,
)
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import StoredApplication
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry

from .identifying import drafts_of, judge_all

OPEN = (IdentityState.UNKNOWN.value, IdentityState.CONFLICT.value)
_ANSWER = (
    "state", "number", "number_kind", "candidates", "version", "code", "comparison", "is_restricted",
)  # fmt: skip


@transaction.atomic
def look_again(*, limit: int, actor: Actor, at: datetime) -> LookedAgain:
    """Resolve up to `limit` applications once more whose parties no link answered, since the newest load.

    What a clerk has decided stays. `looked` is 0 when every load has been gone through.
    """
    generation = _generation()
    if generation is None:
        return LookedAgain(0)
    rows = PartyRow.objects.filter(state__in=OPEN, pk__gt=generation.looked_again_to).exclude(serial="")
    asked = list(rows.order_by("pk").values_list("pk", "application_id")[:limit])
    generation.looked_again_to = asked[-1][0] if asked else None
    generation.save(update_fields=["looked_again_to"])
    applications = intake.applications({application for _, application in asked})
    changes = _answer(applications)
    audit.record_many([_entry(change, actor, at) for change in changes])
    return LookedAgain(len(asked), tuple(changes))


def _generation() -> LinkGeneration | None:
    rows = LinkGeneration.objects.filter(
        state=GenerationState.CURRENT.value, looked_again_to__isnull=False
    ).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _answer(applications: Mapping[int, StoredApplication]) -> list[PartyChange]:
    """Find everybody in these applications anew, and write those who were open and no longer are."""
    asked = [(one, drafts_of(one)) for one in applications.values()]
    findings, _ = judge_all(asked)
    found = {
        application.id: dict(_by_place(people, several))
        for (application, people), several in zip(asked, findings, strict=True)
    }
    before = queries.parties_of(applications)
    changed = []
    for row in PartyRow.objects.filter(application_id__in=applications, state__in=OPEN).order_by("pk"):
        finding = found[row.application_id].get((row.role, row.position), PartyFinding(UNKNOWN))
        result = finding.result
        if result.number or result.state is IdentityState.DIFFERS:
            row.state, row.version = result.state.value, row.version + 1
            row.number, row.number_kind, row.candidates = result.number, result.number_kind, result.candidates
            row.code, row.comparison = result.code, kept.text_of(finding.comparisons)
            row.is_restricted = finding.is_restricted
            changed.append(row)
    PartyRow.objects.bulk_update(changed, _ANSWER)
    known = {party.id: party for people in before.values() for party in people}
    return [
        PartyChange(
            known[row.pk],
            replace(
                known[row.pk],
                result=IdentityResult(
                    IdentityState(row.state), row.number, row.number_kind, row.candidates, row.code
                ),
                version=row.version,
            ),
        )
        for row in changed
    ]


def _by_place(
    people: Sequence[PartyDraft], findings: Sequence[PartyFinding]
) -> Iterator[tuple[tuple[str, int], PartyFinding]]:
    for draft, finding in zip(people, findings, strict=True):
        yield (draft.role.value, draft.position), finding


def _entry(change: PartyChange, actor: Actor, at: datetime) -> Entry:
    facts: dict[str, str | int] = {
        "application": change.after.application_id, "role": change.after.role.value,
        "before": change.before.result.state.value, "after": change.after.result.state.value,
        "version": change.after.version,
    }  # fmt: skip
    return Entry("party.found_later", "party", str(change.after.id), actor, at, facts)
