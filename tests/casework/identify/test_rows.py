"""One line of a link file in, an accepted link or the name of the wrong column out."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from todoke.casework.identify.errors import HeaderWrong
from todoke.casework.identify.queries import link_profile
from todoke.casework.identify.rules import rows
from todoke.foundation import row_files

PROFILE = link_profile("serial-links")
HEADER = ["issuer_key", "serial", "number", "number_kind", "valid_from", "valid_to", "reason"]
READING = rows.reading_of(PROFILE)
GOOD = ["aa" * 20, "067c6a21", "1000000010", "atena", "2023-07-16", "2028-07-15", "発行"]


def with_cell(column: str, text: str) -> list[str]:
    return [text if name == column else cell for name, cell in zip(HEADER, GOOD, strict=True)]


def test_a_day_counts_from_its_beginning_in_japan_and_the_last_day_is_included() -> None:
    _, _, row = rows.link_row(GOOD, READING)
    assert row.valid_from == datetime(2023, 7, 15, 15, tzinfo=UTC)
    assert row.valid_to == datetime(2028, 7, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["67C6A21", "0x067c6a21", "06:7C:6A:21", "0000067c6a21"])
def test_the_same_serial_in_any_form_is_one(text: str) -> None:
    assert rows.link_row(with_cell("serial", text), READING)[0] == "67c6a21"


def test_a_decimal_file_and_a_hexadecimal_one_agree() -> None:
    decimal = PROFILE.model_copy(update={"serial_form": "decimal"})
    assert rows.link_row(with_cell("serial", "108816929"), rows.reading_of(decimal))[0] == "67c6a21"


def test_a_registers_number_keeps_its_leading_zeros() -> None:
    cells = ["kaigo-hihokensha", "0000012345", "0000012345", "kaigo-hihokensha", "2020-04-01", "", ""]
    assert rows.link_row(cells, READING)[0] == "0000012345"


def test_an_open_link_has_no_end() -> None:
    assert rows.link_row(with_cell("valid_to", ""), READING)[2].valid_to is None


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("issuer_key", ""),
        ("issuer_key", "発行者"),
        ("serial", "0"),
        ("serial", "xyz"),
        ("serial", "１２３４"),
        ("serial", "f" * 41),
        ("number", ""),
        ("number", "１２３"),
        ("number", "1234567890123456"),
        ("number", "12\n"),
        ("number_kind", "宛名"),
        ("valid_from", ""),
        ("valid_from", "2023-02-29"),
        ("valid_from", "2023/07/16"),
        ("valid_from", "２０２３-07-16"),
        ("valid_from", "0001-01-01"),
        ("valid_to", "2028-13-01"),
        ("valid_to", "2028-07-15T00:00:00"),
        ("reason", "a\u202eb"),
        ("reason", "\udc80"),
        ("reason", "あ" * 41),
    ],
)
def test_a_wrong_cell_is_named_by_its_column(column: str, text: str) -> None:
    with pytest.raises(rows.RowWrong) as refused:
        rows.link_row(with_cell(column, text), READING)
    assert str(refused.value) == column


def test_x27_columns_in_any_order_are_found() -> None:
    columns = rows.row_file(PROFILE).columns
    assert row_files.positions(list(reversed(HEADER)), columns) == (6, 5, 4, 3, 2, 1, 0)


@pytest.mark.parametrize("header", [HEADER[1:], [*HEADER, "serial"], []])
def test_x27_a_missing_or_double_column_is_refused(header: list[str]) -> None:
    with pytest.raises(HeaderWrong) as refused:
        row_files.positions(header, rows.row_file(PROFILE).columns)
    assert refused.value.code == "CSV-241"


@pytest.mark.parametrize("issuer", ["AA" * 20, "aa:" * 19 + "aa", " " + "aa" * 20])
def test_an_issuer_key_in_any_form_is_one(issuer: str) -> None:
    key = rows.link_key(issuer, "0x01")
    assert key is not None
    assert (key.issuer_key, key.serial) == ("aa" * 20, "1")


@pytest.mark.parametrize(("issuer", "serial"), [("", "01"), ("aa" * 20, ""), ("kaigo-hihokensha", "01")])
def test_half_a_key_is_no_key(issuer: str, serial: str) -> None:
    assert rows.link_key(issuer, serial) is None


CELLS = {
    "issuer_key": ("aa" * 20, "AA:BB:CC:DD:EE:FF:00:11", "kaigo-hihokensha", "発行者", ""),
    "serial": ("067c6a21", "67C6A21", "0x1F", "0000", "", "f" * 41, "12\n34", "0000012345", "7b"),
    "number": ("1000000010", "77-A", "", "１２", "1\n2", "9" * 16),
    "number_kind": ("atena", "kaigo-hihokensha", "宛名"),
    "valid_from": ("2023-07-16", "2023-02-29", ""),
    "valid_to": ("", "2028-07-15", "2028-07-15T00:00:00+09:00"),
    "reason": ("発行", "", "x" * 41, "改\n行"),
}


def quoted(cell: str) -> str:
    return f'"{cell}"' if "\n" in cell else cell


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_columns_at_once_say_the_same_as_line_by_line(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_files, "LINES_AT_ONCE", 8)
    random = Random(f"{share}")
    lines = [",".join(HEADER)]
    for place in range(300):
        cells = {**dict(zip(HEADER, GOOD, strict=True)), "serial": f"{place + 1:08X}", "number": str(place)}
        for name in HEADER:
            if random.random() < share:
                cells[name] = random.choice(CELLS[name])
        lines.append(",".join(quoted(cells[name]) for name in HEADER))
        lines += (
            random.choices(["", "ragged,line", 'x,"unclosed'], k=1) if random.random() < share / 10 else []
        )
    content = "\n".join(lines).encode()
    layout = rows.row_file(PROFILE)
    at_once = list(row_files.chunks(io.BytesIO(content), layout, 50))
    one_by_one = list(row_files.chunks(io.BytesIO(content), replace(layout, read_many=None), 50))
    assert at_once == one_by_one
    assert (sum(one.bad_rows for one in at_once) > 0) == (share > 0)
    assert any(one.rows for one in at_once)


def test_a_line_keeps_its_number_behind_cells_of_several_lines() -> None:
    good = ",".join(GOOD)
    content = "\n".join([",".join(HEADER), good, "", f'{good[:-2]}"発\n行"', good, "ragged"]).encode()
    (chunk,) = row_files.chunks(io.BytesIO(content), rows.row_file(PROFILE), 50)
    assert [one.line for one in chunk.bad] == [5, 7]  # where each of them ends
