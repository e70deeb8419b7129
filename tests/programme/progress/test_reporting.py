"""Reports are kept for good, by screen or by workbook, all or nothing; indicators keep what was stated when."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation import workbooks
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.foundation.workbooks import Sheet
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.plans.values import Item, Plan
from todoke.programme.progress import queries, services
from todoke.programme.progress.errors import IndicatorUnfit, IndicatorUnknown, ReportUnfit, WorkbookUnfit
from todoke.programme.progress.models import ReportRow
from todoke.programme.progress.rules import workbook
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState, RoundTrip, Stated

TODAY = date(2026, 4, 6)
ONLINE = IndicatorDefinition("own.online", "オンライン申請率", "%", "オンライン ÷ すべて", official=False)


def first_items(plan: Plan, count: int = 3) -> list[Item]:
    return queries.reportable(queries.content_of(plan.uuid))[:count]


def filled_in(plan: Plan, **changes: object) -> bytes:
    """The workbook of a plan with the first row changed, as a person would send it back."""
    sheet = queries.sheet(queries.content_of(plan.uuid), as_of=TODAY)
    rows = [list(row) for row in sheet.rows]
    for column, value in changes.items():
        rows[0][workbook.HEADER.index(column)] = value  # type: ignore[call-overload]  # a cell of the test
    return workbooks.write([replace(sheet, rows=rows)], title="x", at=TODAY_AT)


TODAY_AT = datetime(2026, 4, 6, 9, tzinfo=UTC)


def send_back(body: Body, plan: Plan, content: bytes) -> RoundTrip:
    return services.take_workbook(body.reporter, plan.uuid, content, at=body.clock.now)


def test_a_report_counts_from_the_day_it_is_about_and_is_never_changed(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        one, *_ = first_items(plan)
        drafts = [
            ReportDraft(one.uuid, date(2026, 3, 1), ReportState.WORKING, 20, Remaining(5, 8, 20), "始めた"),
            ReportDraft(one.uuid, TODAY, ReportState.DONE, 100),
        ]
        assert services.report_many(body.reporter, plan.uuid, drafts, at=body.clock.now) == 2
        assert queries.latest(plan.uuid)[one.uuid].state is ReportState.DONE
        then = queries.latest(plan.uuid, as_of=date(2026, 3, 31))[one.uuid]
        assert (then.percent, then.remaining, then.note) == (20, Remaining(5, 8, 20), "始めた")
        assert [report.percent for report in queries.history(one.uuid)] == [100, 20]
        assert AuditEntry.objects.filter(action="progress.reported").count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            ReportRow.objects.update(percent=0)


def test_one_wrong_report_keeps_none(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        one, two, _ = first_items(plan)
        drafts = [
            ReportDraft(one.uuid, TODAY, ReportState.DONE, 100), ReportDraft(two.uuid, TODAY, ReportState.DONE, 5),
        ]  # fmt: skip
        with pytest.raises(ReportUnfit), transaction.atomic():
            services.report_many(body.reporter, plan.uuid, drafts, at=body.clock.now)
        assert not ReportRow.objects.exists()


def test_only_who_may_report_reports(body: Body, plan: Plan) -> None:
    nobody = replace(body.reporter, rights=frozenset())
    with scope(MINASE):
        with pytest.raises(RightMissing):
            services.report_many(nobody, plan.uuid, [], at=body.clock.now)
        with pytest.raises(RightMissing):
            services.take_workbook(nobody, plan.uuid, b"", at=body.clock.now)


def test_a_workbook_that_comes_back_untouched_reports_nothing(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        result = send_back(body, plan, filled_in(plan))
        assert (result.drafts, result.troubles) == ((), ())
        assert result.unchanged == len(queries.reportable(queries.content_of(plan.uuid)))
        assert not ReportRow.objects.exists()


def test_a_workbook_reports_what_was_filled_in_and_only_that(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        content = filled_in(
            plan, 時点="2026/04/03", 状態="作業中", **{"割合（%）": "40%", "残り 見込み（日）": 12}
        )
        result = send_back(body, plan, content)
        (draft,) = result.drafts
        kept = queries.latest(plan.uuid)[draft.item]
        assert (kept.as_of, kept.state, kept.percent) == (date(2026, 4, 3), ReportState.WORKING, 40)
        assert kept.remaining == Remaining(12, 12, 12)
        again = send_back(body, plan, content)
        assert (again.drafts, ReportRow.objects.count()) == ((), 1)


@pytest.mark.parametrize(
    ("changes", "column", "cell"),
    [
        ({"状態": "おわり"}, "状態", "J6"),
        ({"状態": "作業中", "時点": "きのう"}, "時点", "I6"),
        ({"状態": "作業中", "時点": "4/1"}, "時点", "I6"),
        ({"状態": "作業中", "割合（%）": "半分"}, "割合（%）", "K6"),
        ({"状態": "作業中", "割合（%）": 40.5}, "割合（%）", "K6"),
        ({"状態": "作業中", "割合（%）": 140}, "割合（%）", "K6"),
        ({"状態": "作業中", "残り 見込み（日）": "約10日"}, "残り 見込み（日）", "M6"),
        ({"状態": "作業中", "割合（%）": 40, "残り 少なくて（日）": 3}, "残り 見込み（日）", "M6"),
        ({"識別番号": "x"}, "識別番号", "A6"),
        ({"状態": "作業中", "時点": date(2026, 4, 7), "割合（%）": 40}, "時点", "I6"),
        ({"状態": "対象外"}, "説明", "O6"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_address_and_nothing_is_kept(
    body: Body, plan: Plan, changes: dict[str, object], column: str, cell: str
) -> None:
    with scope(MINASE):
        result = send_back(body, plan, filled_in(plan, **changes))
        (trouble,) = result.troubles
        assert (trouble.row, trouble.column, trouble.cell) == (6, column, cell)
        assert trouble.sentence.endswith("。")
        assert not ReportRow.objects.exists()


def test_every_bad_cell_of_a_row_is_told_at_once(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        result = send_back(body, plan, filled_in(plan, 状態="おわり", 時点="きのう", **{"割合（%）": "半分"}))
    assert [one.cell for one in result.troubles] == ["I6", "J6", "K6"]


def opened(plan: Plan) -> tuple[openpyxl.Workbook, Any]:
    """The form of a plan in the hands of somebody with Excel."""
    book = openpyxl.load_workbook(io.BytesIO(filled_in(plan)))
    return book, book.worksheets[0]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_form_is_read_as_people_in_offices_fill_it_in(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        book, page = opened(plan)
        page.insert_rows(1)
        page["A1"], page["C1"] = "DX推進課", "令和8年4月分"  # a title above
        page["K6"] = "割合\n(％)"
        for cell, value in {
            "I7": "令和８年４月３日", "J7": "作業中　", "K7": "４０％", "M7": "１２日", "I8": "R8.4.3", "J8": "作業中",
            "K8": 0.25, "I9": "2026/4/3", "J9": "完了", "I10": 46115, "J10": "作業中", "K10": "10",
        }.items():  # fmt: skip
            page[cell] = value
        page["K8"].number_format = "0%"
        result = send_back(body, plan, saved(book))
        assert result.troubles == ()
        assert {one.as_of for one in result.drafts} == {date(2026, 4, 3)}
        assert [one.percent for one in result.drafts] == [40, 25, 100, 10]
        assert result.drafts[0].remaining == Remaining(12, 12, 12)


def test_a_merged_cell_and_a_row_that_was_added_are_told_of(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        book, page = opened(plan)
        page["J6"] = "作業中"
        page.merge_cells("J6:J7")
        page.cell(page.max_row + 1, 4, "合計")
        result = send_back(body, plan, saved(book))
        merged, added = sorted(result.troubles, key=lambda one: one.row)
        assert (merged.cell, "結合" in merged.sentence) == ("J7", True)
        assert (added.column, "合計" in added.sentence) == ("識別番号", True)
        assert not ReportRow.objects.exists()


def test_what_is_done_needs_no_second_look_at_its_percentage_and_an_empty_day_is_today(
    body: Body, plan: Plan
) -> None:
    with scope(MINASE):
        one, *_ = first_items(plan)
        begun = ReportDraft(one.uuid, date(2026, 3, 1), ReportState.WORKING, 20, Remaining(5, 8, 20))
        services.report_many(body.reporter, plan.uuid, [begun], at=body.clock.now)
        (draft,) = send_back(body, plan, filled_in(plan, 状態="完了済み")).drafts
        assert (draft.as_of, draft.state, draft.percent, draft.remaining) == (
            TODAY,
            ReportState.DONE,
            100,
            None,
        )


def test_an_old_or_locked_workbook_is_refused_with_what_to_do(body: Body, plan: Plan) -> None:
    with scope(MINASE), pytest.raises(workbooks.WorkbookBroken) as refusal:
        send_back(body, plan, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    assert "パスワード" in refusal.value.for_screen()


def test_another_workbook_is_refused(body: Body, plan: Plan) -> None:
    other = workbooks.write([Sheet("別", ("a", "b"), [("1", "2")])], title="x", at=TODAY_AT)
    torn = workbooks.write(
        [Sheet(workbook.SHEET, ("識別番号", "状態"), [("1", "2")])], title="x", at=TODAY_AT
    )
    with scope(MINASE):
        for content in (other, torn):
            with pytest.raises(WorkbookUnfit):
                send_back(body, plan, content)


def test_an_indicator_keeps_what_was_stated_and_shows_the_newest_edition(body: Body) -> None:
    at = body.clock.now
    with scope(MINASE):
        target = (Decimal(50), date(2027, 3, 31))
        services.keep_indicator(body.officer, ONLINE, purpose="来庁を減らす", target=target, at=at)
        for value, published in ((Decimal("30.5"), date(2026, 2, 1)), (Decimal("29.9"), date(2026, 4, 1))):
            stated = Stated(date(2026, 1, 31), value, published_on=published)
            services.state_value(body.reporter, ONLINE.id, stated, at=at)
        services.state_value(
            body.reporter, ONLINE.id, Stated(date(2026, 2, 28), None, missing="調査なし"), at=at
        )
        (trend,) = queries.trends()
        assert [(one.as_of.month, one.value) for one in trend.values] == [(1, Decimal("29.9")), (2, None)]
        assert trend.gap == Decimal("20.1")
        services.end_indicator(body.officer, ONLINE.id, at=at)
        assert queries.trends() == []
        with pytest.raises(IndicatorUnknown):
            services.state_value(body.reporter, ONLINE.id, Stated(TODAY, Decimal(1)), at=at)


@pytest.mark.parametrize(
    "stated",
    [
        Stated(TODAY, None), Stated(TODAY, Decimal("100.1")), Stated(TODAY, Decimal("NaN")), Stated(TODAY, Decimal(0), 0, 0),
        Stated(TODAY, Decimal(1), -1, 5),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_one_is_refused(body: Body, stated: Stated) -> None:
    at = body.clock.now
    with scope(MINASE):
        services.keep_indicator(body.officer, ONLINE, purpose="来庁を減らす", target=None, at=at)
        with pytest.raises(IndicatorUnfit):
            services.state_value(body.reporter, ONLINE.id, stated, at=at)


def test_a_goal_without_a_purpose_is_refused(body: Body) -> None:
    with scope(MINASE), pytest.raises(IndicatorUnfit):
        services.keep_indicator(body.officer, ONLINE, purpose=" ", target=None, at=body.clock.now)
