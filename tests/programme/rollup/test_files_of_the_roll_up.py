"""The roll-up as CSV, JSON and Excel says what its page says, cannot become a formula, and asks for its right."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.programme.rollup.conftest import (
    FIRST,
    FORTY,
    STANDARD,
    TSUMUGI,
    Country,
    believe,
    register,
    snapshot,
    towns,
)
from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.board.cartogram import COLUMNS, PLACES

ONE, TWO, SILENT = towns(TSUMUGI, 3)
FILES = (
    "submissions-csv", "submissions-json", "submissions-workbook", "submissions-figures", "submission-steps-csv",
)  # fmt: skip
FORMULA = '=HYPERLINK("http://town.example","町")'


class Tables(HTMLParser):
    """The cells of every table of a page, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data.strip()


@pytest.fixture
def client(country: Country) -> Client:
    """The prefecture: one town by the first edition under a formula's name, one by the later, one that is silent."""
    believe(TSUMUGI, [ONE, TWO], country.clock.now)
    register(ONE, OrganisationKind.MUNICIPALITY, TSUMUGI, country.clock.now, FORMULA)
    register(SILENT, OrganisationKind.MUNICIPALITY, TSUMUGI, country.clock.now, "だまる町")
    first = snapshot(ONE, FIRST, country.today, lambda place, _: "d" if place < 5 else "w")
    second = snapshot(TWO, FORTY, country.today, lambda place, of: "dwno"[place % 4] if of == "01" else "d")
    country.arrive(TSUMUGI, [country.submission(first), country.submission(second)])
    return desk.browser(TSUMUGI, desk.appoint(TSUMUGI, [Role.SUPPORT], name="ken-1"))


def got(client: Client, name: str, **asked: str) -> bytes:
    answer = client.get(reverse(f"board:{name}"), {"pack": STANDARD} | asked)
    assert answer.status_code == HTTPStatus.OK, name
    return b"".join(getattr(answer, "streaming_content", None) or [answer.content])


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def shown(client: Client, name: str = "submissions", **asked: str) -> list[list[str]]:
    found = Tables()
    found.feed(got(client, name, **asked).decode())
    return found.rows


def plain(text: str) -> str:
    return text.replace("％", "%").replace("－", "")


def spread(row: list[str]) -> list[str]:
    """n, bodies, lowest, quartiles, highest, stale, comparable of a row of the page（its last six cells）."""
    n, median, quartiles, ends, stale, comparable = map(plain, row[-6:])
    first, _, third = quartiles.partition("〜")
    lowest, _, highest = ends.partition("〜")
    return [*n.split(" / "), lowest, first, median, third, highest, stale, comparable]


@pytest.mark.parametrize("edition", ["1.0", "2026-01"])
def test_every_figure_of_the_page_is_in_each_file(client: Client, edition: str) -> None:
    rows = {row[0]: row for row in shown(client, edition=edition) if row}
    figures = table(got(client, "submissions-figures", edition=edition))[1:]
    assert [row[3:] for row in figures if row[0] == "全体"] == [
        spread(rows["完了率（完了済み＋対象外）"]), spread(rows["作業量で見た進捗"]),
    ]  # fmt: skip
    assert figures[-1][3:5] == [str(told_comparable(client, edition)), "2"]
    concepts = [row for row in figures if row[0] == "事務"]
    assert len(concepts) == 3
    assert all(row[3:] == spread(rows[row[2]]) for row in concepts)
    told = json.loads(got(client, "submissions-json", edition=edition))
    book = load_workbook(io.BytesIO(got(client, "submissions-workbook", edition=edition)))
    assert [
        [str(cell or "") for cell in row] for row in book["集計"].iter_rows(min_row=4, values_only=True)
    ] == figures
    assert (told["submitted"], told["bodies_below"], len(told["concepts"])) == (2, 3, 3)
    for words, row in [(told["official_rate"], figures[0]), (told["weighted_progress"], figures[1])]:
        assert [str(words["n"]), str(words["of"])] == row[3:5]
        for name, text in zip(
            ("lowest", "first", "median", "third", "highest", "stale", "comparable"), row[5:], strict=True
        ):
            assert words[name] == pytest.approx(float(text[:-1]) / 100, abs=0.001), name
    _check_bodies(rows, table(got(client, "submissions-csv", edition=edition))[1:], told["bodies"])
    _check_monthly(list(book["月次報告"].iter_rows(min_row=3, values_only=True)), told)


def told_comparable(client: Client, edition: str) -> int:
    """How many bodies the page says can be compared in every step."""
    (found,) = re.findall(
        r"2団体中(\d)団体をすべてのステップで", got(client, "submissions", edition=edition).decode()
    )
    return int(found)


def _check_bodies(rows: dict[str, list[str]], file: list[list[str]], told: list[dict[str, Any]]) -> None:
    assert [row[0] for row in file] == [one["code"] for one in told] == [ONE, TWO, SILENT]
    for row, one in zip(file, told, strict=True):
        page = next(cells for name, cells in rows.items() if name.endswith(row[0]))
        if row[-1] == "未提出":
            assert page[1:] == ["未提出"]
            assert set(row[2:-1]) == {""}
            assert one["official_rate"] is None, "silence is no zero"
        else:
            assert [row[2], row[5], f"{row[6]} / {row[7]}", row[8]] == [page[1], *map(plain, page[4:7])]
            assert [row[11], row[13]] == [plain(page[7]), page[8]]


def _check_monthly(rows: list[tuple[Any, ...]], told: dict[str, Any]) -> None:
    header, *lines = rows
    assert len(lines) == 2 * 3, "a row for each body and 事務"
    assert header[:3] == ("団体コード", "団体名", "業務")
    steps = len(header) - 5
    for code, _, _, *rest in lines:
        words, rate = rest[:steps], rest[steps]
        known = [one for one in words if one not in ("", None, "比較できない")]
        share = sum(one in ("完了済み", "対象外") for one in known) / len(known) if known else None
        assert (float(rate[:-1]) / 100 if rate else None) == (
            pytest.approx(share, abs=0.001) if known else None
        ), code
    assert {row[0] for row in lines} == {one["code"] for one in told["bodies"] if one["edition"]}


def test_the_steps_of_a_concept_are_the_same_in_page_and_file(client: Client) -> None:
    asked = {"edition": "2026-01", "concept": "01"}
    page = [list(map(plain, row)) for row in shown(client, "submission-steps", **asked) if len(row) == 8][1:]
    file = [
        [*row[:6], f"{row[6]} / {row[7]}", row[8]]
        for row in table(got(client, "submission-steps-csv", **asked))[1:]
    ]
    assert page == file
    assert len(page) == 40
    assert {row[6] for row in page} == {"1 / 2", "2 / 2"}, "some steps of the older edition cannot be told"


def test_what_others_wrote_is_never_a_formula_in_a_file(client: Client) -> None:
    assert any(row[1] == f"'{FORMULA}" for row in table(got(client, "submissions-csv")))
    book = load_workbook(io.BytesIO(got(client, "submissions-workbook")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == FORMULA for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize("name", FILES)
def test_a_file_asks_for_the_right_to_see_submissions(client: Client, name: str) -> None:
    asked = {"pack": STANDARD, "concept": "01"}
    stranger = desk.browser(TSUMUGI, desk.appoint(TSUMUGI, [Role.PROGRAMME], name="ken-2"))
    assert stranger.get(reverse(f"board:{name}"), asked).status_code == HTTPStatus.FORBIDDEN
    assert client.get(reverse(f"board:{name}"), asked).status_code == HTTPStatus.OK
    assert Client().get(reverse(f"board:{name}"), asked).status_code == HTTPStatus.FOUND


def test_every_prefecture_lies_on_a_place_of_its_own() -> None:
    assert sorted(PLACES) == [f"{one:02}" for one in range(1, 48)]
    assert len(set(PLACES.values())) == 47
    assert all(1 <= row <= 13 and 1 <= column <= COLUMNS for row, column in PLACES.values())
