"""Official publications read as files: what fits is taken, and of everything else it is said what stood there; pure.

Known quirks of what is published: 未 for 未着手; rates printed rounded, or no multiple of one step; 事務
under another name; 調査無し; a bare "%", which is a denominator of 0: missing, never zero. Names contain line breaks.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from todoke.foundation.workbooks import Cell, Table
from todoke.programme.packs.values import Concept, Edition
from todoke.programme.rollup.errors import PublicationUnfit
from todoke.programme.rollup.values import ABSENT, Layout, Misfit, MisfitKind, ReadPublication, Snapshot

from .comparing import steps_of
from .published_values import read_values
from .snapshots import counts
from .tables import Columns, Report, code_in, column, columns_of, named, plain
from .tables import rate_of as rate_of

_STEP = re.compile(r"[0-9]{1,2}-[0-9]{1,2}", re.ASCII)


def layout_of(document: Mapping[str, Any]) -> Layout:
    """The layout of a profile."""
    columns = document["columns"]
    return Layout(
        document["code"], document["title"], document["edition"], document["publisher"], document["source"],
        document["checked"], document["kind"], tuple(columns["code"]), tuple(columns["name"]),
        tuple(columns["concept"]), tuple(columns["rate"]), document["statuses"], document["short_statuses"],
        tuple(document["missing"]), document["pack"], document["pack_edition"],
        tuple(document.get("indicators", ())), tuple(document.get("words", ())), tuple(document.get("beside", ())),
        tuple((rate, whole, part) for rate, whole, part in document.get("fractions", ())),
    )  # fmt: skip


def read(
    tables: Sequence[Table], layout: Layout, edition: Edition | None, *, as_of: date, code_of: Callable[[str], str]
) -> ReadPublication:  # fmt: skip
    """What a file says. `code_of` completes and checks a code（raises for another）. Raises PublicationUnfit."""
    table = next((one for one in tables if column(one.header, layout.code_columns)), None)
    if table is None:
        raise PublicationUnfit(why="団体コードの列がありません")
    columns = columns_of(table, layout)
    report = Report()
    if layout.kind == "values":
        values = read_values(table, layout, columns, code_of, report)
        return ReadPublication((), values, tuple(report.misfits), len(table.rows))
    if edition is None or not columns.concept:
        raise PublicationUnfit(why="事務の列がないか、対応する版がありません")
    found = _Steps(table, layout, columns, edition, report).read(as_of, code_of)
    return ReadPublication(found, (), tuple(report.misfits), len(table.rows))


class _Steps:
    """The step table: one row per body and 事務, one column per step."""

    def __init__(
        self, table: Table, layout: Layout, columns: Columns, edition: Edition, report: Report
    ) -> None:
        self.table, self.layout, self.columns, self.report = table, layout, columns, report
        self.edition = edition
        self.nodes = [one for one in steps_of(edition) if one.repeat_over]
        by_name = {
            named(name): one.id for one in self.nodes for name in (one.number, one.label, f"{one.number}{one.label}")
        }  # fmt: skip
        self.step_of: dict[str, str] = {}
        for one in table.header:
            step = by_name.get(named(one))
            if step in self.step_of.values():
                report.note(MisfitKind.TWICE, 0, one, one)
            elif step is not None:
                self.step_of[one] = step
            elif _STEP.match(named(one)):
                report.note(MisfitKind.UNKNOWN_STEP, 0, one, one)
        if not self.step_of:
            raise PublicationUnfit(why="ステップの列がありません")
        lists = {one.repeat_over for one in self.nodes}
        self.concepts: dict[str, tuple[Concept, bool]] = {}
        for concept in (one for name in sorted(lists) for one in edition.codelists.get(name, ())):
            self.concepts |= {plain(alias): (concept, True) for alias in concept.aliases}
            self.concepts[plain(concept.label)] = (concept, False)

    def read(self, as_of: date, code_of: Callable[[str], str]) -> tuple[Snapshot, ...]:
        """A snapshot per body."""
        states: dict[str, dict[str, str]] = {}
        names: dict[str, str] = {}
        for number, cells in self.table.rows:
            code = code_in(cells, self.columns, number, code_of, self.report)
            concept = self._concept(cells, number) if code else ""
            if not concept:
                continue
            if concept in states.setdefault(code, {}):
                self.report.note(MisfitKind.TWICE, number, self.columns.concept, concept)
                continue
            states[code][concept] = self._letters(cells, number)
            names.setdefault(code, plain(cells.get(self.columns.name))[:100] or code)
        steps = tuple(one.id for one in self.nodes)
        return tuple(
            Snapshot(code, names[code], self.edition.ref, as_of, steps, of)
            for code, of in sorted(states.items())
            if of
        )

    def _concept(self, cells: Mapping[str, Cell], number: int) -> str:
        text = plain(cells.get(self.columns.concept))
        found = self.concepts.get(text)
        if found is None:
            self.report.note(MisfitKind.UNKNOWN_CONCEPT, number, self.columns.concept, text)
            return ""
        if found[1]:
            self.report.note(MisfitKind.RENAMED, number, self.columns.concept, text, is_taken=True)
        return found[0].code

    def _letters(self, cells: Mapping[str, Cell], number: int) -> str:
        found = {
            step: self._letter(cells.get(column), number, column) for column, step in self.step_of.items()
        }
        text = "".join(found.get(one.id, ABSENT) for one in self.nodes)
        self._check_rate(cells.get(self.columns.rate) if self.columns.rate else None, text, number)
        return text

    def _letter(self, value: Cell, number: int, column: str) -> str:
        text = plain(value)
        if text in self.layout.statuses:
            return self.layout.statuses[text]
        if text in self.layout.short_statuses:
            self.report.note(MisfitKind.SHORT_STATUS, number, column, text, is_taken=True)
            return self.layout.short_statuses[text]
        kind = MisfitKind.NOT_SURVEYED if text in self.layout.missing else MisfitKind.UNKNOWN_STATUS
        self.report.note(kind, number, column, text)
        return ABSENT

    def _check_rate(self, value: Cell, letters: str, number: int) -> None:
        steps = len(self.nodes)
        found = rate_of(value)
        if found is None:
            if plain(value) not in self.layout.missing:
                self.report.note(MisfitKind.UNREADABLE, number, self.columns.rate, plain(value))
            return
        rate, unit = found
        k = round(rate * steps)
        if abs(rate - Fraction(k, steps)) > unit / 2:
            self.report.note(MisfitKind.ODD_RATE, number, self.columns.rate, plain(value))
        elif (stated := counts([letters])).known == steps and stated.done + stated.out_of_scope != k:
            self.report.note(MisfitKind.RATE_DIFFERS, number, self.columns.rate, plain(value))


def by_kind(misfits: Iterable[Misfit]) -> Mapping[MisfitKind, int]:
    """How many of each kind."""
    return Counter(one.kind for one in misfits)
