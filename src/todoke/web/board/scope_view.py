"""What a plan covers: its 事務, 手続 and 部署 one by one, how each stands, and how many items hang on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.organisations import queries as organisations
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan, ScopeEntry

from .undoing import Undo, offered

WORDS: Mapping[str, str] = {"business": "標準化の対象事務", "sections": "部署"}
OTHERWISE = "行政手続"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry with the name of its 課, and how many items count or rest."""

    entry: ScopeEntry
    section: str
    counting: int
    resting: int
    is_edited: bool


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """The entries of one code list."""

    name: str
    words: str
    lines: Sequence[EntryLine]
    covered: int


@dataclass(frozen=True, slots=True)
class ScopeView:
    """The whole page."""

    plan: Plan
    groups: Sequence[ScopeGroup]
    undo: Undo | None
    may_edit: bool

    def edited(self) -> ScopeEntry | None:
        """The entry whose line is a form."""
        found = (line.entry for group in self.groups for line in group.lines if line.is_edited)
        return next(found, None)


def scope_view(viewer: Viewer, uuid: UUID, edited: tuple[str, str]) -> ScopeView:
    """What a plan covers; `edited` is the list and code of the line that is a form. Raises PlanUnknown."""
    plan = queries.plan(uuid)
    counts = Counter((one.concept_list, one.concept, one.counts) for one in queries.items(plan))
    names = {one.id: one.name for one in organisations.sections()}
    lines: dict[str, list[EntryLine]] = {}
    for one in plan.scope:
        key = (one.list, one.code)
        lines.setdefault(one.list, []).append(
            EntryLine(
                one,
                names.get(one.section_id or 0, ""),
                counts[(*key, True)],
                counts[(*key, False)],
                key == edited,
            )
        )
    groups = [_group(name, some) for name, some in lines.items()]
    may_edit = viewer.may(Right.EDIT_PLANS) and plan.closed_on is None
    return ScopeView(plan, groups, offered(viewer, uuid, "scope"), may_edit)


def _group(name: str, lines: Sequence[EntryLine]) -> ScopeGroup:
    return ScopeGroup(name, WORDS.get(name, OTHERWISE), lines, sum(one.entry.in_scope for one in lines))
