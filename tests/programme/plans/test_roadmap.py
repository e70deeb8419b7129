"""The 工程表: 年度 × 取組事項 with its 目標時期, and its copies for Excel, Word and print."""

from datetime import date

import pypdfium2
import pytest

from tests.casework.identify.conftest import MINASE
from todoke.foundation import workbooks
from todoke.foundation.calendars.values import fiscal_year
from todoke.foundation.fence import scope
from todoke.programme.plans import queries, services
from todoke.programme.plans.rules.roadmaps import year_column
from todoke.programme.plans.values import Plan, Roadmap, Span

from .conftest import Body


@pytest.fixture
def drawn(body: Body, plan: Plan) -> Roadmap:
    """A vision, and three tasks that run over the turn of a fiscal year."""
    spans = {
        body.item(plan, key).uuid: Span(start, finish)
        for key, start, finish in (
            ("w01@01", date(2026, 6, 1), date(2026, 9, 30)),
            ("w02@01", date(2026, 10, 1), date(2027, 6, 30)),
            ("w14@03", date(2027, 10, 1), date(2028, 2, 28)),
        )
    }
    with scope(MINASE):
        services.edit_plan(
            body.officer, plan.uuid, version=plan.version, title="みなせ市DX <全体方針>",
            vision="待たない、書かない、来なくてよい", principles=["住民の目で考える", "=1+1"], at=body.clock.now,
        )  # fmt: skip
        return queries.roadmap(plan, as_of=date(2026, 4, 6), spans=spans)


def test_a_fiscal_year_begins_in_april_and_is_headed_in_both_calendars() -> None:
    assert (fiscal_year(date(2026, 3, 31)), fiscal_year(date(2026, 4, 1))) == (2025, 2026)
    assert year_column(2026).label == "2026年度（令和8年度）"
    assert year_column(2018).label == "2018年度（平成30年度）"


def test_the_cells_say_what_is_done_in_each_year(drawn: Roadmap) -> None:
    assert [one.year for one in drawn.years][:2] == [2026, 2027]
    rows = {row.label: row for row in drawn.rows}
    planning, moving = rows["計画立案フェーズ"], rows["移行フェーズ"]
    assert planning.cells[0] == "推進体制の立ち上げ、現行システムの概要調査"
    assert planning.cells[1] == "現行システムの概要調査"
    assert moving.cells[:2] == ("", "データ移行")
    assert planning.group == "自治体情報システムの標準化・共通化"
    assert all(row.target for row in drawn.rows)


def test_the_workbook_reads_back_as_the_table_and_computes_nothing(body: Body, drawn: Roadmap) -> None:
    (table,) = workbooks.read(queries.roadmap_workbook(drawn, at=body.clock.now))
    assert table.header[:2] == ("区分", "取組事項")
    assert table.header[-1] == "【参考】目標時期"
    assert [cells["取組事項"] for _, cells in table.rows] == [row.label for row in drawn.rows]


def test_the_table_for_word_holds_every_row_and_no_markup_of_ours(drawn: Roadmap) -> None:
    document = queries.roadmap_html(drawn)
    assert document.count("<tr>") == len(drawn.rows) + 1
    assert "みなせ市DX &lt;全体方針&gt;" in document


def test_the_print_is_one_page_of_a3_with_the_words_on_it(drawn: Roadmap) -> None:
    document = pypdfium2.PdfDocument(queries.roadmap_pdf(drawn))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (420, 297)
    text = document[0].get_textpage().get_text_range()
    assert "移行フェーズ" in text
    assert "待たない、書かない" in text
