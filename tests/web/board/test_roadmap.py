"""The roadmap of a plan on screen, folded and filtered, and the 工程表 with its files."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.fence import scope
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan


def address(plan: Plan, page: str) -> str:
    return f"/board/plans/{plan.uuid}/{page}/"


def text_of(response: Any) -> str:  # the test client's answers have no public type
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(content).decode()


@pytest.fixture
def dated(body: Body, plan: Plan) -> Plan:
    """The plan, to be done by a day that can be kept."""
    with scope(MINASE, read_only=True):
        root = next(one for one in queries.items(plan) if one.parent is None)
    body.edit(root, deadline="2029-03-31")
    return plan


def test_a_short_roadmap_shows_every_piece_of_work_with_bar_dates_and_deadline(
    officer: Client, dated: Plan
) -> None:
    page = text_of(officer.get(address(dated, "gantt")))
    assert page.count('<th scope="rowgroup">') == 3
    assert "予算要求（住民基本台帳）" in page
    assert 'class="due"' in page
    assert "余裕が最も少ない" in page


def test_a_long_roadmap_is_folded_into_its_groups_until_one_is_opened(officer: Client, body: Body) -> None:
    plan = body.make(title="全事務の計画", given={})
    folded = text_of(officer.get(address(plan, "gantt")))
    assert folded.count('<th scope="row" id="i-') == 0
    opened = text_of(officer.get(address(plan, "gantt"), {"open": "計画立案フェーズ"}))
    assert opened.count('<th scope="row" id="i-') == 68
    whole = text_of(officer.get(address(plan, "gantt"), {"all": "1"}))
    assert whole.count('<th scope="row" id="i-') == 323


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"concept": "01"}, "予算要求（住民基本台帳）", "予算要求（固定資産税）"),
        ({"section": ""}, "予算要求（住民基本台帳）", "予算要求（固定資産税）"),
        ({"critical": "1"}, "余裕が最も少ない", "推進体制の立ち上げ（住民基本台帳）"),
        ({"by": "concept"}, "予算要求（住民基本台帳）", "なにもない"),
        ({"by": "nonsense", "open": "<script>"}, "予算要求（住民基本台帳）", "<script>"),
    ],
)  # fmt: skip
def test_a_roadmap_is_filtered_by_business_section_and_path(
    officer: Client, body: Body, dated: Plan, asked: dict[str, str], shown: str, hidden: str
) -> None:
    with scope(MINASE, read_only=True):
        section = str(queries.content(dated).items[2].section_id)
    page = text_of(
        officer.get(
            address(dated, "gantt"), {**asked, **({"section": section} if "section" in asked else {})}
        )
    )
    body_of_page = page.partition("<table")[2]
    assert shown in body_of_page
    assert hidden not in body_of_page


def test_the_file_of_a_roadmap_has_every_line_however_it_is_folded(officer: Client, dated: Plan) -> None:
    lines = text_of(officer.get(f"/board/plans/{dated.uuid}/gantt.csv")).splitlines()
    assert len(lines) == 1 + 38
    assert lines[0].startswith("\ufeff番号,取組")


def test_what_has_neither_estimate_nor_date_stands_apart(officer: Client, body: Body, dated: Plan) -> None:
    with scope(MINASE, read_only=True):
        item = next(one for one in queries.items(dated) if one.label == "予算要求")
    body.edit(item, estimate="")
    page = text_of(officer.get(address(dated, "gantt")))
    assert "日付のない取組（1件）" in page


def test_the_printed_programme_is_one_page_of_a3(officer: Client, dated: Plan) -> None:
    page = text_of(officer.get(address(dated, "roadmap")))
    assert "計画立案フェーズ" in page
    response: Any = officer.get(address(dated, "roadmap/pdf"))
    document = pypdfium2.PdfDocument(BytesIO(b"".join(response.streaming_content)))
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [1191, 842]
    document.close()


@pytest.mark.parametrize("form", ["xlsx", "doc", "csv"])
def test_the_programme_leaves_as_a_file_to_go_on_with(officer: Client, dated: Plan, form: str) -> None:
    response: Any = officer.get(address(dated, f"roadmap/{form}"))
    assert response.status_code == HTTPStatus.OK
    assert len(b"".join(response.streaming_content)) > 200
    assert "attachment" in response.headers["Content-Disposition"]


def test_another_form_of_file_is_no_page(officer: Client, dated: Plan) -> None:
    assert officer.get(address(dated, "roadmap/exe")).status_code == HTTPStatus.NOT_FOUND
