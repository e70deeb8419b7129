"""What a procedure counts as one application: the applicant's, a household's, or one about the same people.

The same sender twice is seen at intake. Here it is seen across senders, which needs to know who they are: both parents
for one child, two people of one household for its house. Keys of one scope compare only within a procedure.
"""

from collections.abc import Sequence

from todoke.casework.identify.values import ATENA, PartyDraft, PartyFinding, PartyRole
from todoke.foundation.procedures.values import DuplicateScope
from todoke.japanese import names

from .judging import Register


def keys(
    drafts: Sequence[PartyDraft],
    findings: Sequence[PartyFinding],
    register: Register,
    *,
    procedure: str,
    scope: DuplicateScope,
) -> list[str]:
    """The scope key of each party, in order; empty for a party by which nothing is counted."""
    if scope is DuplicateScope.SUBJECT:
        return [_subject_key(draft, procedure) for draft in drafts]
    if scope is DuplicateScope.HOUSEHOLD:
        return [
            _household_key(finding, register, procedure) if draft.role is PartyRole.APPLICANT else ""
            for draft, finding in zip(drafts, findings, strict=True)
        ]
    return ["" for _ in drafts]


def _subject_key(draft: PartyDraft, procedure: str) -> str:
    key = names.person_key(draft.name, draft.birth) if draft.role is PartyRole.SUBJECT else ""
    return f"{procedure}:s:{key}" if key else ""


def _household_key(finding: PartyFinding, register: Register, procedure: str) -> str:
    """By the household of the applicant's record; unknown people and towns without a copy have none."""
    result = finding.result
    resident = register.resident(result.number, ATENA) if result.number_kind == ATENA else None
    return f"{procedure}:h:{resident.household}" if resident is not None and resident.household else ""
