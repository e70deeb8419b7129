"""財政支援: what each measure covers, to which items it is tied, when to apply and report; what is not recorded is said so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from todoke.foundation.accounts.values import Right, Viewer
from todoke.programme.packs.values import NOT_RECORDED, Support
from todoke.programme.plans import queries
from todoke.programme.plans.values import Item, Plan
from todoke.web.shared.dates import day_words

SHOWN = 8  # items that are named; the others are counted
SOON = timedelta(days=60)
HEADER = ("財政支援", "対象", "交付申請", "実績報告", "関係する取組", "手順書の記述", "注記")


@dataclass(frozen=True, slots=True)
class Due:
    """One date of a measure; `on` None: 未収録."""

    words: str
    on: date | None
    days: int

    @property
    def is_past(self) -> bool:
        """Whether it is over."""
        return self.on is not None and self.days < 0

    @property
    def is_soon(self) -> bool:
        """Whether it asks for somebody now."""
        return self.on is not None and timedelta(0) <= timedelta(days=self.days) <= SOON


@dataclass(frozen=True, slots=True)
class FundingLine:
    """One measure with its dates and the items of the plan that it is tied to."""

    support: Support
    dues: Sequence[Due]
    items: Sequence[Item]
    count: int

    @property
    def is_covered_recorded(self) -> bool:
        """Whether it is known what it covers."""
        return self.support.covers != NOT_RECORDED


@dataclass(frozen=True, slots=True)
class FundingView:
    """All measures of a plan, and how many dates nobody has recorded."""

    plan: Plan
    lines: Sequence[FundingLine]
    unrecorded: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Reminder:
    """One date that is known, for the board of deadlines."""

    label: str
    due: Due


def funding_view(viewer: Viewer, uuid: UUID, *, as_of: date) -> FundingView:
    """The measures that the edition of a plan and its overlays tie to its items. Raises PlanUnknown."""
    plan = queries.plan(uuid)
    items = [one for one in queries.items(plan) if one.counts]
    lines = [_line(one, items, as_of) for one in queries.supports(plan)]
    may_edit = viewer.may(Right.EDIT_PLANS) and plan.closed_on is None
    return FundingView(plan, lines, sum(due.on is None for one in lines for due in one.dues), may_edit)


def _line(support: Support, items: Sequence[Item], as_of: date) -> FundingLine:
    tied = [one for one in items if one.node in support.nodes]
    return FundingLine(support, dues_of(support, as_of), tied[:SHOWN], len(tied))


def dues_of(support: Support, as_of: date) -> tuple[Due, Due]:
    """When to apply, and when to report."""
    return _due("交付申請", support.apply_by, as_of), _due("実績報告", support.report_by, as_of)


def _due(words: str, on: date | None, as_of: date) -> Due:
    return Due(words, on, (on - as_of).days if on else 0)


def reminders(supports: Sequence[Support], *, as_of: date) -> tuple[list[Reminder], int]:
    """The dates that lie ahead, the nearest first, and how many are 未収録."""
    found = [Reminder(one.label, due) for one in supports for due in dues_of(one, as_of)]
    ahead = [one for one in found if one.due.on is not None and not one.due.is_past]
    return sorted(ahead, key=lambda one: one.due.days), sum(one.due.on is None for one in found)


def funding_rows(view: FundingView) -> list[list[str]]:
    """The same for a spreadsheet, every item named."""
    return [
        [
            one.support.label, one.support.covers, *(day_words(due.on) if due.on else NOT_RECORDED for due in one.dues),
            f"{one.count}件", one.support.text, one.support.note,
        ]
        for one in view.lines
    ]  # fmt: skip
