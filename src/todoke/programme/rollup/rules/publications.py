"""Official publications read as files: what fits is taken, and of everything else it is said what stood there; pure.

Known quirks（../shared/data and 総務省's own notes）: 未 for 未着手; rates printed rounded, or no multiple of one step; 事務
under another name; 調査無し; a bare "%", which is a denominator of 0: missing, never zero. Names contain line breaks.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from todoke.foundation.errors import TodokeError
from todoke.foundation.workbooks import Cell, Table
from todoke.programme.packs.values import Concept, Edition
from todoke.programme.rollup.errors import PublicationUnfit
from todoke.programme.rollup.values import (
    ABSENT,
    BodyValues,
    Layout,
    Misfit,
    MisfitKind,
    ReadPublication,
    Snapshot,
)

from .comparing import steps_of
from .snapshots import counts

_BLANK = re.compile(r"\s+")
_DASH = re.compile(r"[‐‑‒–—―−]")
_STEP = re.compile(r"[0-9]{1,2}-[0-9]{1,2}", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?[%％]\Z", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)
LONGEST = 80  # characters of a cell that a report repeats


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


def plain(value: Cell) -> str:
    """A cell as a text without white space, by which names are compared; a whole number as Excel shows it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else _BLANK.sub("", str(value))


def named(value: Cell) -> str:
    """A heading as it is compared: full-width digits and dashes are as good as others（NFKC）."""
    return _DASH.sub("-", unicodedata.normalize("NFKC", plain(value)))


@dataclass
class _Report:
    """What is being noted while a file is read."""

    misfits: list[Misfit] = field(default_factory=list)

    def note(self, kind: MisfitKind, row: int, column: str, text: str, *, is_taken: bool = False) -> None:
        self.misfits.append(Misfit(kind, row, column[:LONGEST], text[:LONGEST], is_taken))


@dataclass(frozen=True, slots=True)
class _Columns:
    code: str
    name: str
    concept: str
    rate: str
    digits: int


def _column(header: Sequence[str], names: Iterable[str]) -> str:
    wanted = {plain(one) for one in names}
    return next((one for one in header if plain(one) in wanted), "")


def read(
    tables: Sequence[Table], layout: Layout, edition: Edition | None, *, as_of: date, code_of: Callable[[str], str]
) -> ReadPublication:  # fmt: skip
    """What a file says. `code_of` completes and checks a code（raises for another）. Raises PublicationUnfit."""
    table = next((one for one in tables if _column(one.header, layout.code_columns)), None)
    if table is None:
        raise PublicationUnfit(why="団体コードの列がありません")
    code = _column(table.header, layout.code_columns)
    columns = _Columns(
        code, _column(table.header, layout.name_columns),
        _column(table.header, layout.concept_columns), _column(table.header, layout.rate_columns),
        _digits(table, code),
    )  # fmt: skip
    report = _Report()
    if layout.kind == "values":
        values = _values(table, layout, columns, code_of, report)
        return ReadPublication((), values, tuple(report.misfits), len(table.rows))
    if edition is None or not columns.concept:
        raise PublicationUnfit(why="事務の列がないか、対応する版がありません")
    found = _Steps(table, layout, columns, edition, report).read(as_of, code_of)
    return ReadPublication(found, (), tuple(report.misfits), len(table.rows))


def _code(
    cells: Mapping[str, Cell], columns: _Columns, number: int, code_of: Callable[[str], str], report: _Report
) -> str:
    text = plain(cells.get(columns.code))
    full = text.zfill(columns.digits) if text.isdecimal() and len(text) == columns.digits - 1 else text
    try:
        found = code_of(full)
    except TodokeError:
        report.note(MisfitKind.UNKNOWN_CODE, number, columns.code, text)
        return ""
    if full != text:
        report.note(MisfitKind.LOST_ZERO, number, columns.code, text, is_taken=True)
    return found


def _digits(table: Table, column: str) -> int:
    """How long the codes of a column are: one that is shorter by one has lost its leading zero, as Excel makes it.

    No body has a number from 001 to 099: five digits that would say so are six whose zero is lost.
    """
    texts = [plain(cells.get(column)) for _, cells in table.rows]
    is_six = any(
        len(one) == 6 or (len(one) == 5 and one.isdecimal() and 0 < int(one[2:]) < 100) for one in texts
    )
    return 6 if is_six else 5


class _Steps:
    """The step table: one row per body and 事務, one column per step."""

    def __init__(
        self, table: Table, layout: Layout, columns: _Columns, edition: Edition, report: _Report
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
            code = _code(cells, self.columns, number, code_of, self.report)
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


def rate_of(value: Cell) -> tuple[Fraction, Fraction] | None:
    """A printed rate and the unit of its last digit; Excel stores 97.5 % as 0.975. None for what is no rate."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return (Fraction(str(value)), Fraction(1, 10**6)) if 0 <= value <= 1 else None
    matched = _PERCENT.match(plain(value))
    if not matched:
        return None
    digits = len(matched[1].partition(".")[2])
    return Fraction(matched[1]) / 100, Fraction(1, 100 * 10**digits)


def _values(
    table: Table, layout: Layout, columns: _Columns, code_of: Callable[[str], str], report: _Report
) -> tuple[BodyValues, ...]:
    found: dict[str, BodyValues] = {}
    asked = _asked(table, layout, columns, report)
    for number, cells in table.rows:
        code = _code(cells, columns, number, code_of, report)
        if code in found:
            report.note(MisfitKind.TWICE, number, columns.code, code)
        elif code:
            values, missing = _indicators(cells, asked, layout, number, report)
            _check_fractions(values, layout, number, report)
            found[code] = BodyValues(code, plain(cells.get(columns.name))[:100] or code, values, missing)
    return tuple(found.values())


def _asked(table: Table, layout: Layout, columns: _Columns, report: _Report) -> dict[str, str]:
    """The columns of known indicators, by their headings; of others it is said that they were left."""
    known = {named(one): one for one in layout.indicators}
    beside = {named(one) for one in (columns.code, columns.name, *layout.beside)}
    asked = {one: known[named(one)] for one in table.header if named(one) in known}
    if not asked:
        raise PublicationUnfit(why="知っている指標の列がありません")
    for one in table.header:
        if one and one not in asked and named(one) not in beside:
            report.note(MisfitKind.UNKNOWN_INDICATOR, 0, one, one)
    return asked


def _indicators(
    cells: Mapping[str, Cell], asked: Mapping[str, str], layout: Layout, number: int, report: _Report
) -> tuple[dict[str, str], dict[str, str]]:
    values, missing = {}, {}
    for column, name in asked.items():
        text = plain(cells.get(column))
        kind = _kind(text, layout)
        if kind is None:
            values[name] = text
        else:
            missing[name] = kind.label
            report.note(kind, number, column, text)
    return values, missing


def _kind(text: str, layout: Layout) -> MisfitKind | None:
    """Why a value says nothing; None for one that does: a word of the list, a rate, a number."""
    if text in {"%", "％"}:
        return MisfitKind.NO_DENOMINATOR
    if text in layout.missing:
        return MisfitKind.NOT_SURVEYED
    is_known = text in layout.words or _NUMBER.match(text) or rate_of(text) is not None
    return None if is_known else MisfitKind.UNREADABLE


def _check_fractions(values: Mapping[str, str], layout: Layout, number: int, report: _Report) -> None:
    """A printed rate against the numbers that it was made of; where they differ, all three stay and it is said."""
    for rate, whole, part in layout.fractions:
        found, texts = rate_of(values.get(rate)), (values.get(whole, ""), values.get(part, ""))
        if found is None or not all(_NUMBER.match(one) for one in texts) or not int(texts[0]):
            continue
        if abs(found[0] - Fraction(int(texts[1]), int(texts[0]))) > found[1] / 2:
            report.note(MisfitKind.RATE_DIFFERS, number, rate, values[rate], is_taken=True)


def by_kind(misfits: Iterable[Misfit]) -> Mapping[MisfitKind, int]:
    """How many of each kind."""
    return Counter(one.kind for one in misfits)
