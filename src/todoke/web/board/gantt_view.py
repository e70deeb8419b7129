"""The roadmap as its page shows it: groups that open, bars on one axis, deadlines, and what has no date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from todoke.foundation.labels import Labelled
from todoke.programme.plans.values import Item
from todoke.web.shared.dates import day_words

from .charts import Axis, Bar, axis_over, bar_between
from .drawn import Drawn, Work, drawn
from .narrowing import Choice, Filters, asked_in, choices_for, filters_in

OPEN_ALL_UP_TO = 60  # as many lines are read at once; more are folded into their groups
TIME_WIDTH = 500  # about as wide as its column, so that words are as large as they are meant
NOBODY = "担当課なし"
WHOLE = "団体全体"


class GroupBy(Labelled):
    """By what the lines of a roadmap are gathered."""

    PHASE = "phase", "段階"
    CONCEPT = "concept", "事務・手続"
    SECTION = "section", "担当課"


GROUP_OF: Mapping[GroupBy, Callable[[Work], str]] = {
    GroupBy.PHASE: lambda work: work.phase,
    GroupBy.CONCEPT: lambda work: work.item.concept_label or WHOLE,
    GroupBy.SECTION: lambda work: work.item.section or NOBODY,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: grouping, the one group that is open, all of them, filters, and the line to change.

    `edit` is the item whose line is a form, `saved` the one that was just changed; both are uuids in words.
    """

    by: GroupBy
    open: str
    is_whole: bool
    filters: Filters
    is_critical: bool
    edit: str = ""
    saved: str = ""

    def query(self, **changed: str) -> str:
        """The address of the same page with something changed; nobody is asked to change the same line again."""
        known = {
            "by": self.by.value, "open": self.open, "all": "1" if self.is_whole else "", **self.filters.pairs,
            "critical": "1" if self.is_critical else "",
        }  # fmt: skip
        return urlencode({name: text for name, text in {**known, **changed}.items() if text})


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of work with its bar and, if it has a deadline, where that lies; the addresses of its reason and form."""

    work: Work
    bar: Bar
    due: float | None
    why: str
    change: str
    is_edited: bool
    is_saved: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together, with the span of all of them; folded, it has none to show."""

    label: str
    count: int
    done: int
    late: int
    critical: int
    start: date
    finish: date
    bar: Bar
    due: float | None
    lines: Sequence[Line]
    address: str
    is_open: bool

    @property
    def late_words(self) -> str:
        """What its sign says."""
        return f"遅れる取組{self.late}件"

    @property
    def critical_words(self) -> str:
        """What its sign says when nothing is late."""
        return f"余裕が最も少ない取組{self.critical}件"


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole page."""

    drawn: Drawn
    asked: Asked
    axis: Axis
    today: float
    groups: Sequence[Group]
    undated: Sequence[Work]
    choices: Sequence[Choice]
    count: int
    whole_address: str

    def edited(self) -> Item | None:
        """The item whose line is a form: one that is shown, else nobody's."""
        return next((one.work.item for group in self.groups for one in group.lines if one.is_edited), None)

    def has_saved(self) -> bool:
        """Whether what was just changed is on the page."""
        return any(one.is_saved for group in self.groups for one in group.lines)


def asked_of(given: QueryDict) -> Asked:
    """What an address asks for; nonsense asks for nothing."""
    asked = asked_in(given)
    by, critical = asked.get("by", ""), asked.get("critical", "")
    return Asked(
        GroupBy(by) if by in list(GroupBy) else GroupBy.PHASE, asked.get("open", ""), asked.get("all") == "1",
        filters_in(given), critical == "1", asked.get("edit", ""), asked.get("saved", ""),
    )  # fmt: skip


def asked_for_line(query: str, item: UUID) -> Asked:
    """The page that an address asks for, with the line of an item as a form."""
    return replace(asked_of(QueryDict(query)), edit=str(item), saved="")


def gantt(uuid: UUID, asked: Asked, *, as_of: date) -> Gantt:
    """The roadmap of a plan. Raises as `drawn`."""
    found = drawn(uuid, as_of=as_of)
    chosen = [one for one in found.works if _is_asked(one, asked)]
    dated = [one for one in chosen if one.is_dated]
    axis = _axis(dated, as_of)
    return Gantt(
        found, asked, axis, axis.x(as_of), _groups(dated, asked, axis), [one for one in chosen if not one.is_dated],
        choices_for((one.item for one in found.works), asked.filters), len(chosen), asked.query(open="", all="1"),
    )  # fmt: skip


def _is_asked(work: Work, asked: Asked) -> bool:
    return asked.filters.fits(work.item) and (
        not asked.is_critical or (work.place.is_critical and not work.is_done)
    )


def _axis(works: Sequence[Work], as_of: date) -> Axis:
    days = [as_of]
    for one in works:
        days += [
            one.place.start,
            one.place.finish,
            *([one.activity.deadline] if one.activity.deadline else []),
        ]
    return axis_over(days, width=TIME_WIDTH)


def _groups(works: Sequence[Work], asked: Asked, axis: Axis) -> list[Group]:
    gathered: dict[str, list[Work]] = {}
    for one in works:
        gathered.setdefault(GROUP_OF[asked.by](one), []).append(one)
    opens_all = asked.is_whole or len(works) <= OPEN_ALL_UP_TO
    return [_group(label, members, asked, axis, opens_all) for label, members in gathered.items()]


def _group(label: str, members: Sequence[Work], asked: Asked, axis: Axis, opens_all: bool) -> Group:
    wanted = {asked.edit, asked.saved} - {""}
    is_open = opens_all or asked.open == label or any(one.activity.key in wanted for one in members)
    start, finish = min(one.place.start for one in members), max(one.place.finish for one in members)
    dues = [one.activity.deadline for one in members if one.activity.deadline and not one.is_done]
    return Group(
        label, len(members), sum(one.is_done for one in members), sum(one.is_late for one in members),
        sum(one.place.is_critical and not one.is_done for one in members), start, finish,
        bar_between(axis, start, finish, "whole"), axis.x(min(dues)) if dues else None,
        [_line(one, asked, axis) for one in members] if is_open else (),
        asked.query(open="" if is_open else label, all=""), is_open,
    )  # fmt: skip


def _line(work: Work, asked: Asked, axis: Axis) -> Line:
    due, key = work.activity.deadline, work.activity.key
    bar = bar_between(axis, work.place.start, work.place.finish, tone_of(work))
    return Line(
        work, bar, axis.x(due) if due else None, urlencode({"item": key}), asked.query(edit=key),
        asked.edit == key, asked.saved == key,
    )  # fmt: skip


def tone_of(work: Work) -> str:
    """How the bar of a piece of work looks."""
    if work.is_done:
        return "finished"
    if work.is_late:
        return "late"
    return "critical" if work.place.is_critical else "open"


HEADER = (
    "番号", "取組", "事務・手続", "段階", "担当課", "状態", "開始", "終了", "期限", "余裕（執務日）", "最も余裕のない経路",
)  # fmt: skip


def rows_for_file(found: Drawn, asked: Asked) -> list[list[str]]:
    """Every line of the roadmap for a spreadsheet, folded or not."""
    return [
        [
            one.item.number, one.item.label, one.item.concept_label, one.phase, one.item.section,
            one.activity.state.label, *(
                [day_words(one.place.start), day_words(one.place.finish)] if one.is_dated else ["日付なし", "日付なし"]
            ),
            day_words(one.activity.deadline) if one.activity.deadline else "", str(one.place.float_days),
            "○" if one.place.is_critical and not one.is_done else "",
        ]
        for one in found.works if _is_asked(one, asked)
    ]  # fmt: skip
