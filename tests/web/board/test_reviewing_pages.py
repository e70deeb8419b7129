"""Decisions and monthly closes at the screen, the home of the DX officer, and the page for the head."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from tests.support import desk
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import scope
from todoke.programme.plans.values import Plan
from todoke.programme.review import queries
from todoke.programme.review.values import CardState

from .test_roadmap import address, dated, text_of

__all__ = ["dated"]
TODAY = date(2026, 4, 6)


def card_of(plan: Plan) -> UUID:
    with scope(MINASE, read_only=True):
        return queries.cards(plan.uuid, today=TODAY)[0].uuid


def opened(officer: Client, plan: Plan) -> str:
    typed = {"title": "ベンダの空きがない", "kind": "forecast", "before": "4月", "after": "6月"}
    assert officer.post(address(plan, "decisions/open"), typed).status_code == HTTPStatus.FOUND
    return f"/board/decisions/{card_of(plan)}/"


def test_a_decision_goes_from_what_moved_to_what_was_learnt(officer: Client, plan: Plan) -> None:
    card = opened(officer, plan)
    officer.post(f"{card}option/", {"version": "1", "label": "枠を買い足す"})
    officer.post(f"{card}option/", {"version": "2", "label": "待つ"})
    typed = {"version": "3", "chosen": "1", "reason": "期限に余裕がある", "review_by": "2026-05-01"}
    assert officer.post(f"{card}decide/", typed).status_code == HTTPStatus.FOUND
    assert "選んだ案" in text_of(officer.get(card))
    officer.post(f"{card}review/", {"version": "4", "outcome": "as_meant", "learnt": "待っても遅れなかった"})
    with scope(MINASE, read_only=True):
        found = queries.card(card_of(plan), today=TODAY)
    assert (found.state, found.chosen, found.learnt) == (CardState.REVIEWED, 1, "待っても遅れなかった")


def test_a_decision_without_a_reason_is_refused_and_what_was_typed_stays(officer: Client, plan: Plan) -> None:
    card = opened(officer, plan)
    officer.post(f"{card}option/", {"version": "1", "label": "枠を買い足す"})
    response = officer.post(
        f"{card}decide/", {"version": "2", "chosen": "0", "reason": "", "review_by": "2026-05-01"}
    )
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="2026-05-01"' in text_of(response)


def test_who_was_slower_keeps_what_they_typed(officer: Client, plan: Plan) -> None:
    card = opened(officer, plan)
    officer.post(f"{card}option/", {"version": "1", "label": "枠を買い足す"})
    response = officer.post(f"{card}option/", {"version": "1", "label": "私の案"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="私の案"' in text_of(response)
    assert "ほかの人が先に" in text_of(response)


def test_a_decision_past_its_review_is_red_in_the_list_and_on_the_home(
    officer: Client, body: Body, dated: Plan
) -> None:
    card = opened(officer, dated)
    officer.post(f"{card}option/", {"version": "1", "label": "待つ"})
    officer.post(
        f"{card}decide/", {"version": "2", "chosen": "0", "reason": "余裕がある", "review_by": "2026-04-20"}
    )
    body.clock.advance(days=20)
    officer = desk.browser(MINASE, body.officer.staff_id)
    assert 'class="overdue"' in text_of(officer.get(address(dated, "decisions")))
    assert "振り返りが過ぎた決定" in text_of(officer.get("/board/"))
    assert "の振り返りが" in text_of(officer.get("/board/leadership/"))


def test_a_card_is_dropped_with_a_reason(officer: Client, plan: Plan) -> None:
    card = opened(officer, plan)
    officer.post(f"{card}drop/", {"version": "1", "reason": "解消した"})
    assert "取りやめた理由" in text_of(officer.get(card))


def test_who_only_reports_reads_decisions_and_takes_none(
    officer: Client, reporter: Client, plan: Plan
) -> None:
    card = opened(officer, plan)
    assert "案を加える" not in text_of(reporter.get(card))
    assert reporter.post(f"{card}drop/", {"version": "1", "reason": "x"}).status_code == HTTPStatus.FORBIDDEN


def test_a_month_is_signed_as_it_was_shown_and_proves_untouched(
    officer: Client, body: Body, dated: Plan
) -> None:
    page = officer.get(address(dated, "closes/month"), {"month": "2026-03"})
    shown = page.context["view"].form.initial["shown"]
    officer.post(address(dated, "closes/month"), {"month": "2026-03", "shown": shown, "comment": "順調"})
    with scope(MINASE, read_only=True):
        close = queries.closes(dated.uuid)[0]
    with scope(MINASE):
        audit.seal(at=body.clock.now)  # the public key lies beside the first seal
    listed = text_of(officer.get(address(dated, "closes"), {"check": str(close.uuid)}))
    assert "順調" in listed
    assert "署名した時から変わっていません" in listed


def test_what_was_not_shown_is_not_signed(officer: Client, dated: Plan) -> None:
    response = officer.post(
        address(dated, "closes/month"), {"month": "2026-03", "shown": "0" * 64, "comment": "書いた言葉"}
    )
    assert response.status_code == HTTPStatus.CONFLICT
    assert "書いた言葉" in text_of(response)
    with scope(MINASE, read_only=True):
        assert not queries.closes(dated.uuid)


def test_a_month_that_is_not_over_leads_back_with_its_reason(officer: Client, dated: Plan) -> None:
    response = officer.get(address(dated, "closes/month"), {"month": "2026-04"}, follow=True)
    assert "まだ終わっていません" in text_of(response)


def test_the_home_of_a_body_without_plans_says_what_to_do(officer: Client) -> None:
    assert "まだ計画はありません" in text_of(officer.get("/board/"))
    assert "まだ計画はありません" in text_of(officer.get("/board/leadership/"))


def test_a_card_shows_what_was_changed_in_the_plan_after_its_decision(
    officer: Client, body: Body, plan: Plan
) -> None:
    body.edit(body.item(plan, "w01@01"), note="決める前")
    card = opened(officer, plan)
    officer.post(f"{card}option/", {"version": "1", "label": "枠を買い足す"})
    body.clock.advance(minutes=5)
    typed = {"version": "2", "chosen": "0", "reason": "期限を守る", "review_by": "2026-05-01"}
    officer.post(f"{card}decide/", typed)
    assert "まだ計画は変わっていません" in text_of(officer.get(card))
    body.clock.advance(minutes=5)
    body.edit(body.item(plan, "w01@01"), note="枠を一つ足した")
    shown = text_of(officer.get(card))
    assert "備考: 決める前 → 枠を一つ足した" in shown
    assert shown.count("備考:") == 1, "what was changed before the decision is no act of it"
