"""Progress at the screen: both figures, the matrix, the report form, and the workbook out and in."""

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.fence import scope
from todoke.programme.plans.values import Item, Plan
from todoke.programme.progress import queries
from todoke.programme.progress.values import Report, ReportState


def first_of(plan: Plan, concept: str = "01") -> Item:
    with scope(MINASE, read_only=True):
        content = queries.content_of(plan.uuid)
        return next(one for one in queries.reportable(content) if one.concept == concept)


def state_of(plan: Plan, item: Item) -> ReportState:
    with scope(MINASE, read_only=True):
        reports = queries.latest(plan.uuid)
        return reports[item.uuid].state


def test_a_report_moves_both_figures(body: Body, plan: Plan, reporter: Client) -> None:
    item = first_of(plan)
    page = reporter.get(f"/board/plans/{plan.uuid}/report/?concept=01").content.decode()
    assert item.label in page
    answer = reporter.post(
        f"/board/plans/{plan.uuid}/report/?concept=01", {"as_of": "2026-04-01", f"state-{item.uuid}": "done"}
    )
    assert answer.status_code == HTTPStatus.FOUND
    assert state_of(plan, item) is ReportState.DONE
    after = reporter.get(f"/board/plans/{plan.uuid}/progress/").content.decode()
    assert "二つの値が違うわけ" in after
    assert "中央値" in after
    assert len(reports_of(plan)) == 1, "the other rows said nothing new"


def reports_of(plan: Plan) -> Mapping[UUID, Report]:
    with scope(MINASE, read_only=True):
        return queries.latest(plan.uuid)


def test_a_row_at_fault_keeps_everything_that_was_typed_and_reports_nothing(
    body: Body, plan: Plan, reporter: Client
) -> None:
    item = first_of(plan)
    typed = {
        "as_of": "2026-04-01", f"state-{item.uuid}": "working", f"percent-{item.uuid}": "40", f"low-{item.uuid}": "9",
        f"likely-{item.uuid}": "5", f"high-{item.uuid}": "20", f"note-{item.uuid}": "ベンダの回答待ち",
    }  # fmt: skip
    answer = reporter.post(f"/board/plans/{plan.uuid}/report/?concept=01", typed)
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "の順にしてください" in page
    assert "ベンダの回答待ち" in page
    assert reports_of(plan) == {}


def test_the_workbook_goes_out_and_comes_back_and_tells_every_fault(
    body: Body, plan: Plan, reporter: Client
) -> None:
    taken = b"".join(reporter.get(f"/board/plans/{plan.uuid}/report.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(taken))
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if row[0].value == "識別番号")
    columns = {cell.value: number for number, cell in enumerate(head, start=1)}
    row = int(head[0].row or 0) + 1
    page.cell(row, columns["状態"], "おわり")
    refused = sent(reporter, plan, book)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "誤りのあるセル" in refused.content.decode()
    assert f"J{row}" in refused.content.decode(), "the address of the cell"
    page.cell(row, columns["状態"], "完了済み")
    page.cell(row, columns["割合（%）"], 100)
    page.cell(row, columns["時点"], "2026-04-01")
    assert sent(reporter, plan, book).status_code == HTTPStatus.FOUND
    assert len(reports_of(plan)) == 1


def sent(client: Client, plan: Plan, book: openpyxl.Workbook) -> Any:
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("report.xlsx", out.getvalue())
    return client.post(f"/board/plans/{plan.uuid}/report/workbook/", {"file": file})


def test_what_is_no_workbook_is_refused_with_a_sentence(body: Body, plan: Plan, reporter: Client) -> None:
    file = SimpleUploadedFile("report.xlsx", b"no workbook")
    answer = reporter.post(f"/board/plans/{plan.uuid}/report/workbook/", {"file": file})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "XLS-801" in answer.content.decode() or "Excelファイル" in answer.content.decode()


def test_the_matrix_shows_every_step_of_every_business_and_has_its_table(
    body: Body, plan: Plan, officer: Client
) -> None:
    page = officer.get(f"/board/plans/{plan.uuid}/matrix/").content.decode()
    assert "40ステップの版ではない" in page
    table = b"".join(officer.get(f"/board/plans/{plan.uuid}/matrix.csv")).decode("utf-8-sig").splitlines()
    assert len(table) == 3, "a header and two 事務"
    rates = b"".join(officer.get(f"/board/plans/{plan.uuid}/progress.csv")).decode("utf-8-sig").splitlines()
    assert rates[0].startswith("事務・手続,完了済み")
    assert rates[-1].startswith("全体")
