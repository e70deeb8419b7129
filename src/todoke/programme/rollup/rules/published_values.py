"""A table of indicator values per body, as デジタル庁 publishes it; what is missing is never zero; pure."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from todoke.foundation.workbooks import Cell, Table
from todoke.programme.rollup.errors import PublicationUnfit
from todoke.programme.rollup.values import BodyValues, Layout, MisfitKind

from .tables import Columns, Report, code_in, named, plain, rate_of

_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


def read_values(
    table: Table, layout: Layout, columns: Columns, code_of: Callable[[str], str], report: Report
) -> tuple[BodyValues, ...]:
    """The values of each body, once. Raises PublicationUnfit where no indicator of the layout has a column."""
    found: dict[str, BodyValues] = {}
    asked = _asked(table, layout, columns, report)
    for number, cells in table.rows:
        code = code_in(cells, columns, number, code_of, report)
        if code in found:
            report.note(MisfitKind.TWICE, number, columns.code, code)
        elif code:
            values, missing = _indicators(cells, asked, layout, number, report)
            _check_fractions(values, layout, number, report)
            found[code] = BodyValues(code, plain(cells.get(columns.name))[:100] or code, values, missing)
    return tuple(found.values())


def _asked(table: Table, layout: Layout, columns: Columns, report: Report) -> dict[str, str]:
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
    cells: Mapping[str, Cell], asked: Mapping[str, str], layout: Layout, number: int, report: Report
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


def _check_fractions(values: Mapping[str, str], layout: Layout, number: int, report: Report) -> None:
    """A printed rate against the numbers that it was made of; where they differ, all three stay and it is said."""
    for rate, whole, part in layout.fractions:
        found, texts = rate_of(values.get(rate)), (values.get(whole, ""), values.get(part, ""))
        if found is None or not all(_NUMBER.match(one) for one in texts) or not int(texts[0]):
            continue
        if abs(found[0] - Fraction(int(texts[1]), int(texts[0]))) > found[1] / 2:
            report.note(MisfitKind.RATE_DIFFERS, number, rate, values[rate], is_taken=True)
