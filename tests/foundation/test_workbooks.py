"""Workbooks go out and come back; what is not one, or is meant to hurt, is refused with its sentence."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.rows import AT
from todoke.foundation import workbooks
from todoke.foundation.workbooks import Sheet, WorkbookBroken

SHEET = Sheet(
    "進捗", ("番号", "取組", "割合", "期限"), [("a-1", "=1+1", 25, date(2026, 4, 1)), ("a-2", "窓口", None, None)],
    fixed=frozenset({"番号"}), choices={"取組": ("窓口", "移行")}, notes=("灰色の列は変えないでください。",),
)  # fmt: skip


def written() -> bytes:
    return workbooks.write([SHEET], title="進捗", at=AT)


def test_a_sheet_comes_back_as_it_went() -> None:
    (table,) = workbooks.read(written())
    assert (table.name, table.header) == ("進捗", ("番号", "取組", "割合", "期限"))
    assert table.rows == (
        (3, {"番号": "a-1", "取組": "=1+1", "割合": 25, "期限": date(2026, 4, 1)}),
        (4, {"番号": "a-2", "取組": "窓口", "割合": None, "期限": None}),
    )


def test_nothing_that_was_written_computes_and_fixed_columns_are_locked() -> None:
    page = load_workbook(io.BytesIO(written()))["進捗"]
    assert page["B3"].data_type == "s"
    assert (page["A3"].protection.locked, page["B3"].protection.locked) == (True, False)
    assert page.protection.sheet
    assert page.data_validations.dataValidation[0].formula1 == '"窓口,移行"'


def test_a_formula_counts_as_what_it_showed_last() -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("進捗")
    page.append(["番号", "取組"])
    page.append(["a-1", "=HYPERLINK(1)"])
    out = io.BytesIO()
    book.save(out)
    (table,) = workbooks.read(out.getvalue())
    assert table.rows == ((2, {"番号": "a-1", "取組": None}),)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", bytes(workbooks.MOST_INFLATED + 1))
    return out.getvalue()


def of_parts(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for number in range(count):
            file.writestr(f"xl/{number}.xml", b"")
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written())) as source, zipfile.ZipFile(out, "w") as file:
        for part in source.namelist():
            file.writestr(part, content if part == name else source.read(part))
    return out.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&c;</t></is></c></row>
</sheetData></worksheet>"""


@pytest.mark.parametrize(
    "content",
    [
        b"", b"a,b\r\n1,2", written()[:-200], bomb(), of_parts(3), of_parts(workbooks.MOST_PARTS + 1),
        bytes(workbooks.MOST_BYTES + 1), with_part("xl/workbook.xml", b"<x"), with_part("xl/workbook.xml", b""),
    ],
    ids=["nothing", "csv", "torn", "bomb", "other zip", "many parts", "large", "broken xml", "no workbook"],
)  # fmt: skip
def test_what_is_no_workbook_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(WorkbookBroken):
        workbooks.read(content)


def test_entities_are_not_expanded() -> None:
    try:
        tables = workbooks.read(with_part("xl/worksheets/sheet1.xml", LAUGHS))
    except WorkbookBroken:
        return
    assert "aaaaaaaaaa" not in str(tables)


def test_more_rows_than_anybody_fills_in_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    with pytest.raises(WorkbookBroken):
        workbooks.read(written())
