"""What is behind a value of an indicator: the records of casework, and the cases that this person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from todoke.casework.cases.values import WorklistRow
from todoke.casework.figures import queries as figures
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.procedures import queries as catalogue
from todoke.programme.progress import queries
from todoke.programme.progress.values import Indicator, IndicatorValue, ToldCase

EACH = 100


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its opaque id, what the files say of it, and its case, where the person may see it."""

    id: str
    told: ToldCase | None
    procedure: str
    case: WorklistRow | None


@dataclass(frozen=True, slots=True)
class BehindView:
    """A value with a page of its records. `opened` are the cases that the page names, for the audit."""

    of: Indicator
    value: IndicatorValue
    records: Sequence[Record]
    first: int
    next_after: int | None
    sees_cases: bool

    @property
    def opened(self) -> Sequence[WorklistRow]:
        """The cases that the page names."""
        return [one.case for one in self.records if one.case]


def behind_view(viewer: Viewer, value_id: int, *, after: int) -> BehindView:
    """A hundred records from the place `after`. Raises IndicatorUnknown."""
    of, value = queries.value_with_indicator(value_id)
    ids = queries.events_behind(value_id)
    shown = ids[after : after + EACH]
    told, sees = queries.told_behind(of, value, shown), viewer.may(Right.VIEW_CASES)
    cases: Mapping[str, WorklistRow] = figures.cases_of(viewer, shown) if sees else {}
    rest = after + EACH
    return BehindView(
        of, value, [_record(one, told.get(one), cases.get(one)) for one in shown], after + 1,
        rest if rest < len(ids) else None, sees,
    )  # fmt: skip


def _record(event: str, told: ToldCase | None, case: WorklistRow | None) -> Record:
    known = catalogue.catalogue().get(told.procedure) if told else None
    return Record(event, told, known.name if known else told.procedure if told else "", case)
