"""The 工程表 of a plan: 年度 × 取組事項, with the rough content of each year and the 目標時期, as the founding document draws it.

Source: 総務省『自治体DX推進手順書の概要について』（令和3年9月7日）【参考】工程表のイメージ.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from todoke.foundation.calendars.values import fiscal_year
from todoke.japanese import eras
from todoke.programme.plans.values import FiscalYear, Item, PlanContent, Roadmap, RoadmapRow, Span

MOST_YEARS, SHOWN = 10, 4
NO_TARGET = "－"


def year_column(year: int) -> FiscalYear:
    """A 年度 as its column is headed, in both calendars（the era of its April）."""
    found = eras.in_era(date(year, 4, 1 if year != 2019 else 30))
    number = "元" if found.year == 1 else str(found.year)
    return FiscalYear(year, f"{year}年度（{found.era.label}{number}年度）")


def roadmap(content: PlanContent, spans: Mapping[UUID, Span], *, body: str, as_of: str) -> Roadmap:
    """The 工程表 of a plan. `spans` say when items run; without one, an item's fixed dates count, and its deadline alone.

    Rows are the 取組事項 below the headings of the plan; what is out of scope or retired has none.
    """
    plan = content.plan
    tree = _Tree([one for one in content.items if one.counts], spans)
    years = _years(plan.starts_on, tree)
    rows = tuple(_rows(tree, years))
    undated = sum(1 for row in rows if not any(row.cells))
    notes = [f"日付のまだない取組事項が{undated}件あります。"] if undated else []
    notes += (
        ["「要整理」は、改定で上位の取組がなくなった団体独自の取組です。"]
        if any(one.needs_sorting for one in content.items)
        else []
    )
    columns = tuple(year_column(one) for one in years)
    return Roadmap(
        body, plan.title, plan.vision, plan.principles, columns, rows, tuple(notes), str(plan.edition), as_of
    )


class _Tree:
    """The items that count, by what stands above them."""

    def __init__(self, items: Sequence[Item], spans: Mapping[UUID, Span]) -> None:
        self.items = items
        self._known = known = {one.uuid: one for one in items}
        self._below: dict[UUID | None, list[Item]] = {}
        for one in sorted(items, key=lambda item: item.position):
            above = one.parent if one.parent in known else None
            self._below.setdefault(above, []).append(one)
        self._spans = spans

    @property
    def top(self) -> list[Item]:
        return self._below.get(None, [])

    def above(self, item: Item) -> Item | None:
        return self._known.get(item.parent) if item.parent else None

    def below(self, item: Item) -> list[Item]:
        return self._below.get(item.uuid, [])

    def span(self, item: Item) -> Span | None:
        """When an item runs: what is said of it, else all that lies below it."""
        said = self._spans.get(item.uuid)
        if said is not None:
            return said
        if item.fixed_start is not None and item.fixed_finish is not None:
            return Span(item.fixed_start, item.fixed_finish)
        found = [span for one in self.below(item) if (span := self.span(one)) is not None]
        return Span(min(one.start for one in found), max(one.finish for one in found)) if found else None

    def deadlines(self) -> list[date]:
        return [one.deadline for one in self.items if one.deadline is not None]


def _years(starts_on: date, tree: _Tree) -> list[int]:
    spans = [span for one in tree.items if (span := tree.span(one)) is not None]
    first = min((one.start for one in spans), default=starts_on)
    last = max([starts_on, *(one.finish for one in spans), *tree.deadlines()])
    begin = min(fiscal_year(first), fiscal_year(starts_on))
    return list(range(begin, min(fiscal_year(last), begin + MOST_YEARS - 1) + 1))


def _rows(tree: _Tree, years: Sequence[int]) -> Iterator[RoadmapRow]:
    for top in tree.top:
        if not tree.below(top):
            yield _row("", top, tree, years)
            continue
        for item in tree.below(top):
            yield _row(top.label, item, tree, years)


def _row(group: str, item: Item, tree: _Tree, years: Sequence[int]) -> RoadmapRow:
    label = f"{item.label}（{item.concept_label}）" if item.concept_label else item.label
    cells = tuple(_cell(item, tree, year) for year in years)
    return RoadmapRow(group, f"{item.number} {label}".strip(), cells, _target(item, tree), 0, item.key)


def _cell(item: Item, tree: _Tree, year: int) -> str:
    """What is done in a year: what lies below that runs in it, else whether the item itself begins, goes on or ends."""
    below = [one for one in tree.below(item) if _runs(tree.span(one), year)]
    if below:
        names = list(dict.fromkeys(one.label for one in below))
        more = f" ほか{len(names) - SHOWN}件" if len(names) > SHOWN else ""
        return "、".join(names[:SHOWN]) + more
    span = tree.span(item)
    if span is None or not _runs(span, year):
        return ""
    begins, ends = fiscal_year(span.start) == year, fiscal_year(span.finish) == year
    return {(True, True): "実施", (True, False): "着手", (False, True): "完了", (False, False): "継続"}[
        begins, ends
    ]


def _runs(span: Span | None, year: int) -> bool:
    return span is not None and fiscal_year(span.start) <= year <= fiscal_year(span.finish)


def _target(item: Item, tree: _Tree) -> str:
    """The 目標時期 of an item as printed, else its deadline, else the last of what lies below it, else that above it."""
    if item.deadline_text and (item.deadline is not None or item.deadline_text != NO_TARGET):
        return item.deadline_text
    if item.deadline is not None:
        return eras.written(item.deadline)
    below = [one for one in tree.below(item) if one.deadline is not None]
    last = max(below, key=lambda one: one.deadline or date.min, default=None)
    return _target(last, tree) if last else _target_above(item, tree)


def _target_above(item: Item, tree: _Tree) -> str:
    above = tree.above(item)
    while above is not None:
        if above.deadline is not None:
            return above.deadline_text or eras.written(above.deadline)
        above = tree.above(above)
    return NO_TARGET
