"""The tools of step 0 and 1, the public answer page among them, and the indicators."""

import re
from http import HTTPStatus
from uuid import UUID

from django.test import Client

from tests.casework.identify.conftest import HIYORI, MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.fence import scope
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan
from todoke.web.board.pages.survey import FREE_TRIES

CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def opened(officer: Client, people: int) -> tuple[str, list[str]]:
    """A round with codes for the first 課: its address and the codes."""
    address = officer.post("/board/steps/survey/new/", {"title": "第1回", "smallest_group": "3"})["Location"]
    page = officer.post(f"{address}codes/", {f"number-{first_section()}": str(people)}).content.decode()
    return address, CODE.findall(page)


def first_section() -> int:
    from todoke.foundation.organisations import queries as organisations

    with scope(MINASE, read_only=True):
        return organisations.sections()[0].id


def answers(code: str, choice: str = "5") -> dict[str, str]:
    asked = queries.questionnaire("staff-survey")
    return {"code": code, **{f"a-{one.id}": choice for one in asked.questions}}


def test_the_survey_is_answered_without_signing_in_and_shown_when_it_is_closed(
    body: Body, officer: Client
) -> None:
    address, codes = opened(officer, 3)
    assert len(codes) == 3
    nobody = Client()
    assert "回答コード" in nobody.get(f"/board/survey/{MINASE}/").content.decode()
    for code in codes:
        assert nobody.post(f"/board/survey/{MINASE}/", answers(code)).status_code == HTTPStatus.FOUND
    assert "全体の結果" not in officer.get(address).content.decode(), "not before it is closed"
    assert officer.get(f"{address}result.csv").status_code == HTTPStatus.NOT_FOUND
    officer.post(f"{address}close/")
    assert "全体の結果（3人）" in officer.get(address).content.decode()
    assert "DX推進課,3," in b"".join(officer.get(f"{address}result.csv")).decode("utf-8-sig")


def test_a_code_works_once_and_a_wrong_one_loses_no_answer(body: Body, officer: Client) -> None:
    _, codes = opened(officer, 1)
    nobody = Client()
    wrong = nobody.post(f"/board/survey/{MINASE}/", answers("AAAA-BBBB-CCCC", "4"))
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert wrong.content.decode().count(" checked") == len(queries.questionnaire("staff-survey").questions)
    assert nobody.post(f"/board/survey/{MINASE}/", answers(codes[0])).status_code == HTTPStatus.FOUND
    again = nobody.post(f"/board/survey/{MINASE}/", answers(codes[0]))
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert nobody.get("/board/survey/000000/").status_code == HTTPStatus.NOT_FOUND


def test_whoever_guesses_codes_is_stopped_even_with_a_right_one(body: Body, officer: Client) -> None:
    _, codes = opened(officer, 1)
    nobody = Client()
    for _ in range(FREE_TRIES + 2):
        nobody.post(f"/board/survey/{MINASE}/", answers("AAAA-BBBB-CCCC"))
    stopped = nobody.post(f"/board/survey/{MINASE}/", answers(codes[0]))
    assert "しばらく受け付けません" in stopped.content.decode()


def test_a_code_of_one_body_answers_nothing_at_another(body: Body, officer: Client) -> None:
    _, codes = opened(officer, 1)
    elsewhere = Client().post(f"/board/survey/{HIYORI}/", answers(codes[0]))
    assert elsewhere.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_finding_of_a_workshop_becomes_an_item_of_a_plan(body: Body, plan: Plan, officer: Client) -> None:
    wrong = {"title": "窓口", "held_on": "2026-04-01", "service": "転入", "participants": "住民"}
    assert officer.post("/board/steps/workshops/new/", wrong).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    address = officer.post("/board/steps/workshops/new/", {**wrong, "participants": "住民=4"})["Location"]
    for text in ("同じことを三度書く", "待つ場所が寒い"):
        officer.post(f"{address}findings/", {"kind": "trouble", "stage": "書く", "text": text})
    with scope(MINASE, read_only=True):
        first, second = queries.workshop(UUID(address.split("/")[-2])).findings
    taken = {"act": "take", "finding": str(first.uuid), "plan": str(plan.uuid), "label": "書かない窓口"}
    officer.post(f"{address}findings/settle/", taken)
    unsaid = officer.post(
        f"{address}findings/settle/", {"act": "leave", "finding": str(second.uuid)}, follow=True
    )
    assert "理由を入力してください" in unsaid.content.decode()
    officer.post(
        f"{address}findings/settle/", {"act": "leave", "finding": str(second.uuid), "reason": "改修で直る"}
    )
    page = officer.get(address).content.decode()
    assert "取組を開く" in page
    assert "改修で直る" in page
    with scope(MINASE, read_only=True):
        assert any(one.label == "書かない窓口" for one in queries.items(plan))


def test_a_statement_and_a_self_assessment_are_recorded(
    body: Body, officer: Client, reporter: Client
) -> None:
    said = {"office": "市長", "text": "待たせない市役所に", "stated_on": "2026-04-01"}
    officer.post("/board/steps/statement/new/", said)
    result = officer.post(
        "/board/steps/assessment/new/", {"a-s0-leadership": "3", "r-s0-leadership": "年頭の訓示"}
    )["Location"]
    page = reporter.get(result).content.decode()
    assert "定着している" in page
    assert "年頭の訓示" in page
    assert "未回答" in page
    assert "待たせない市役所に" in reporter.get("/board/steps/").content.decode()


def test_an_indicator_is_kept_stated_and_drawn(body: Body, officer: Client, reporter: Client) -> None:
    kept = {
        "source": "online-26",
        "purpose": "窓口に来なくてよい人を増やす",
        "target": "100",
        "target_on": "2027-03-31",
    }
    assert officer.post("/board/indicators/keep/", kept).status_code == HTTPStatus.FOUND
    for day, value in (("2026-02-01", "40"), ("2026-03-01", "62.5")):
        reporter.post("/board/indicators/value/", {"code": "online-26", "as_of": day, "value": value})
    page = reporter.get("/board/indicators/").content.decode()
    assert "polyline" in page
    assert "62.5%" in page
    unexplained = reporter.post("/board/indicators/value/", {"code": "online-26", "as_of": "2026-04-01"})
    assert unexplained.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    table = b"".join(reporter.get("/board/indicators.csv")).decode("utf-8-sig")
    assert "62.5" in table
    change = re.search(
        r"/board/indicators/[0-9]+/change/", officer.get("/board/indicators/").content.decode()
    )
    assert change
    aim = {"purpose": "待たせない", "target": "600", "target_on": "2027-03-31"}
    refused = officer.post(change[0], aim)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "0から100まで" in refused.content.decode()
    assert officer.post(change[0], {**aim, "target": "80"}).status_code == HTTPStatus.FOUND
    assert "目標 80%" in reporter.get("/board/indicators/").content.decode()
    officer.post("/board/indicators/end/", {"code": "online-26"})
    assert "polyline" not in reporter.get("/board/indicators/").content.decode()
