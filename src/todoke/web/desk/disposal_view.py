"""Retention as its pages show it: rules with what is due, holds, and lists with the names of who let them go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from todoke.casework.disposal import queries
from todoke.casework.disposal.values import DisposalState, DueList, Item, LegalHold, Run, RunState
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.approvals import queries as approvals
from todoke.foundation.approvals.values import Proposal
from todoke.foundation.backup import queries as backup
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.foundation.procedures import queries as procedures

LINES = 100
PRINTED = 1_000


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule with what it lets go of today, and the list of it that waits or is worked on."""

    due: DueList
    run: Run | None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold with what it means in words, and who set it."""

    hold: LegalHold
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    title: str
    edition: str
    rules: Sequence[RuleLine]
    holds: Sequence[HoldLine]
    runs: Sequence[Run]
    may_hold: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """One list: its lines, how many stand where, who proposed and approved it, what this person may do.

    `gone_by`: from when on no backup holds what went either; None while it is not finished, or where none are taken.
    """

    run: Run
    items: Sequence[Item]
    counts: Mapping[DisposalState, int]
    proposal: Proposal | None
    maker: str
    approver: str
    may_confirm: bool
    may_drop: bool
    next_after: int = 0
    gone_by: date | None = None

    @property
    def kept(self) -> int:
        """How many lines of a finished list stayed after all."""
        return self.run.count - self.run.disposed

    @property
    def is_cut(self) -> bool:
        """Whether the page shows fewer lines than the list has."""
        return len(self.items) < self.run.count


def overview(viewer: Viewer, *, at: datetime) -> Overview:
    """Everything about retention in the body in scope. Raises RetentionRulesInvalid."""
    known, open_runs = queries.rules_of(current_organisation()), queries.open_runs()
    names = staff_names()
    dues = queries.due_lists(as_of=japanese_date(at))
    return Overview(
        known.title, known.edition, [RuleLine(due, open_runs.get(due.rule.code)) for due in dues],
        [_hold(one, names) for one in queries.holds()], queries.runs(), viewer.may(Right.HOLD_DISPOSAL),
    )  # fmt: skip


def _hold(one: LegalHold, names: Mapping[str, str]) -> HoldLine:
    known = procedures.catalogue().get(one.meant)
    words = f"{one.meant} {known.name}" if known else one.meant
    return HoldLine(one, words, names.get(one.set_by, f"職員番号 {one.set_by}"))


def staff_names() -> dict[str, str]:
    """Numbers of staff as the audit knows them → names on screen."""
    return {str(person.pk): person.display_name for person in accounts.all_staff()}


def run_view(viewer: Viewer, uuid: UUID, *, after: int = 0, limit: int = LINES, at: datetime) -> RunView:
    """One list with some of its lines. Raises RunUnknown."""
    run, names = queries.run(uuid), staff_names()
    items = queries.items(run.id, after=after, limit=limit)
    proposal = approvals.proposal(run.proposal_id) if run.proposal_id else None
    is_open = run.state is RunState.PROPOSED and proposal is not None and proposal.is_open_at(at)
    is_mine = run.proposed_by == str(viewer.staff_id)
    may_alone = approvals.may_confirm_alone("disposal.run", viewer.staff_id)
    return RunView(
        run, items, queries.counts(run.id), proposal if is_open else None,
        names.get(run.proposed_by, run.proposed_by), names.get(run.approved_by, run.approved_by),
        may_confirm=is_open and viewer.may(Right.APPROVE_DISPOSAL) and (may_alone or not is_mine),
        may_drop=run.state is RunState.PROPOSED
        and viewer.may(Right.DISPOSE if is_mine else Right.APPROVE_DISPOSAL),
        next_after=items[-1].number if len(items) == limit and items[-1].number < run.count else 0,
        gone_by=backup.gone_by(japanese_date(run.finished_at)) if run.finished_at else None,
    )  # fmt: skip
