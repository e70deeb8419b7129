"""What the page of a decision on a party shows: the candidates with their reasons, and a decision that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from todoke.casework.cases.values import CaseDetail
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import ATENA, DecisionDraft, IdentityCandidate, Party
from todoke.casework.intake import queries as intake
from todoke.casework.protection import queries as protection
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.approvals.values import ProposalState
from todoke.foundation.calendars.queries import japanese_date


@dataclass(frozen=True, slots=True)
class DraftView:
    """A decision that waits: what was proposed by whom, whether it is still open, and what the viewer may do.

    `candidate` shows the number's record beside the statement; None where the copy has none, or it is hidden.
    """

    draft: DecisionDraft
    maker: str
    is_mine: bool
    is_expired: bool
    shown_hash: str
    candidate: IdentityCandidate | None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class IdentityView:
    """Candidates for a party, how many are hidden from this person（支援措置）, and the decision that waits."""

    candidates: Sequence[IdentityCandidate]
    hidden: int
    waiting: DraftView | None

    @property
    def seen(self) -> int:
        """How many records of residents this page shows."""
        return len(self.candidates)


def of(viewer: Viewer, case: CaseDetail, party: Party, *, at: datetime) -> IdentityView:
    """The view for one party of a case that the person may see; a constant number of queries.

    Numbers are hidden in the case itself; candidates are looked for by what the application really states.
    """
    whole = identify.party(case.application.id, party.id)
    if case.row.is_masked or whole is None:
        return IdentityView((), 0, None)
    draft = identify.decision_draft(party.id)
    proposed = draft.number if draft and draft.number_kind == ATENA else ""
    found = identify.candidates_for(whole, intake.application(case.application.id), proposed=proposed)
    numbers = {one.number for one in found if one.number_kind == ATENA} | ({draft.number} if draft else set())
    hidden = frozenset[str]()
    if not viewer.may(Right.VIEW_PROTECTED):
        hidden = protection.protected_numbers(numbers, japanese_date(at))
    open_to_me = [one for one in found if one.number not in hidden]
    waiting = _waiting(viewer, whole, draft, open_to_me, at=at) if draft else None
    if waiting is not None and waiting.draft.number in hidden:
        waiting = replace(waiting, is_hidden=True)
    return IdentityView(open_to_me, len(found) - len(open_to_me), waiting)


def _waiting(
    viewer: Viewer, party: Party, draft: DecisionDraft, found: Sequence[IdentityCandidate], *, at: datetime
) -> DraftView:
    proposal = approvals.proposal(draft.proposal_id)
    is_open = proposal is not None and proposal.state is ProposalState.OPEN and proposal.is_open_at(at)
    maker = accounts.staff(int(draft.made_by)) if draft.made_by.isdigit() else None
    same = (one for one in found if (one.number, one.number_kind) == (draft.number, draft.number_kind))
    return DraftView(
        draft, maker.display_name if maker else "職員", draft.made_by == str(viewer.staff_id), not is_open,
        identify.shown_hash(party, draft.number, draft.number_kind), next(same, None),
    )  # fmt: skip
