"""The tools of step 0 and 1: nobody can be found behind an answer, what a workshop found becomes work, nothing is overwritten."""

from collections.abc import Mapping
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.conftest import MINASE
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.fence import scope
from todoke.programme.plans import queries, services
from todoke.programme.plans.errors import (
    AnswerMissing,
    CodeInvalid,
    FindingSettled,
    ReasonNeeded,
    RoundOpen,
    RoundTooSmall,
)
from todoke.programme.plans.models import SurveyCodeRow, SurveyCountRow
from todoke.programme.plans.rules.questionnaires import shown_groups
from todoke.programme.plans.values import FindingKind, FindingState, ItemState, Plan, SurveyRound

from .conftest import Body

QUESTIONS = [one.id for one in queries.questionnaire("staff-survey").questions]


def opened(body: Body, numbers: Mapping[str, int]) -> tuple[SurveyRound, Mapping[str, tuple[str, ...]]]:
    with scope(MINASE):
        found = services.open_round(body.officer, title="第1回", at=body.clock.now)
        codes = services.issue_codes(body.officer, found.uuid, numbers=numbers, at=body.clock.now)
    return found, codes


def answer(code: str, choice: str = "4") -> None:
    with scope(MINASE):
        services.answer_survey(code, dict.fromkeys(QUESTIONS, choice))


def closed(body: Body, numbers: Mapping[str, int], choice: str = "4") -> SurveyRound:
    found, codes = opened(body, numbers)
    for mine in codes.values():
        for code in mine:
            answer(code, choice)
    with scope(MINASE):
        return services.close_round(body.officer, found.uuid, at=body.clock.now)


def test_a_code_answers_once_however_it_is_typed(body: Body) -> None:
    _, codes = opened(body, {"住民課": 1})
    (code,) = codes["住民課"]
    answer(f" {code[:4].lower()}-{code[4:8]} {code[8:]}")
    with pytest.raises(CodeInvalid):
        answer(code)
    with pytest.raises(CodeInvalid):
        answer("ABCDEFGHJKMN")


def test_an_unfinished_answer_counts_nothing_and_uses_no_code_up(body: Body) -> None:
    found, codes = opened(body, {"住民課": 1})
    with scope(MINASE), pytest.raises(AnswerMissing):
        services.answer_survey(codes["住民課"][0], {QUESTIONS[0]: "4"})
    with scope(MINASE, read_only=True):
        assert queries.survey_round(found.uuid).answered == 0
    answer(codes["住民課"][0])


def test_nothing_that_is_kept_says_who_answered_or_when(body: Body) -> None:
    found, codes = opened(body, {"住民課": 2})
    with scope(MINASE, read_only=True):
        before = AuditEntry.objects.count()
    answer(codes["住民課"][0])
    with scope(MINASE, read_only=True):
        assert AuditEntry.objects.count() == before
        fields = {
            one.name for model in (SurveyCodeRow, SurveyCountRow) for one in model._meta.concrete_fields
        }
        assert fields == {
            "id", "organisation", "round", "group", "sha256", "is_used", "question", "choice", "count",
        }  # fmt: skip
    with scope(MINASE):
        services.close_round(body.officer, found.uuid, at=body.clock.now)
        assert SurveyCodeRow.objects.count() == 0


def test_results_wait_for_the_close_and_small_groups_stay_hidden(body: Body) -> None:
    found, codes = opened(body, {"住民課": 6, "税務課": 7, "会計課": 2, "出納室": 3})
    for group in codes.values():
        for code in group:
            answer(code)
    with scope(MINASE):
        with pytest.raises(RoundOpen):
            queries.survey_result(found.uuid)
        services.close_round(body.officer, found.uuid, at=body.clock.now)
        result = queries.survey_result(found.uuid)
    shown = {one.group: (one.answered, one.is_hidden) for one in result.groups}
    assert shown == {
        "住民課": (6, False), "税務課": (7, False), "会計課": (None, True), "出納室": (None, True),
    }  # fmt: skip
    assert result.everybody.answered == 18
    assert {one.mean for one in result.everybody.tallies} == {4.0}


def test_a_small_group_cannot_be_worked_out_from_the_total() -> None:
    assert shown_groups({"大": 20, "中": 9, "小": 2}, 5) == {"大"}
    assert shown_groups({"大": 20, "小": 2}, 5) == frozenset()
    assert shown_groups({"大": 20, "中": 9, "空": 0}, 5) == {"大", "中"}
    assert shown_groups({"小": 2, "細": 1}, 5) == frozenset()


def test_no_opinion_is_left_out_of_the_mean(body: Body) -> None:
    found, codes = opened(body, {"住民課": 6})
    for code, choice in zip(codes["住民課"], ("5", "5", "3", "3", "none", "none"), strict=True):
        answer(code, choice)
    with scope(MINASE):
        services.close_round(body.officer, found.uuid, at=body.clock.now)
        tally = queries.survey_result(found.uuid).everybody.tallies[0]
    assert (tally.mean, tally.answered, tally.counts["none"]) == (4.0, 6, 2)


def test_the_trend_follows_each_question_over_the_rounds(body: Body) -> None:
    closed(body, {"住民課": 5}, choice="2")
    body.clock.advance(hours=1)
    closed(body, {"住民課": 5}, choice="4")
    with scope(MINASE, read_only=True), CaptureQueriesContext(connection) as asked:
        points = [one for one in queries.survey_trend() if one.question == QUESTIONS[0]]
    assert sum("surveycountrow" in one["sql"] for one in asked) == 1, "however many rounds there are"
    assert [(one.mean, one.answered) for one in points] == [(2.0, 5), (4.0, 5)]


def test_a_round_is_opened_by_who_may_and_never_for_fewer_than_three(body: Body) -> None:
    with scope(MINASE):
        with pytest.raises(RoundTooSmall):
            services.open_round(body.officer, title="第1回", smallest_group=2, at=body.clock.now)
        with pytest.raises(RightMissing):
            services.open_round(body.reporter, title="第1回", at=body.clock.now)


def test_what_the_head_has_said_stays_when_it_is_said_anew(body: Body) -> None:
    with scope(MINASE):
        for text in ("書かない窓口にします。", "来なくてよい役場にします。"):
            services.record_statement(
                body.officer, office="市長", text=text, stated_on=date(2026, 4, 6), at=body.clock.now
            )
        assert [(one.number, one.text[:2]) for one in queries.statements()] == [(2, "来な"), (1, "書か")]


def test_a_finding_becomes_work_of_a_plan_once_or_is_left_with_a_reason(body: Body, plan: Plan) -> None:
    given = services.WorkshopGiven(
        "転入の窓口", date(2026, 4, 6), "転入届", "初めて来た子育て世帯", ("知る", "来る", "書く"), {"住民": 4, "窓口職員": 3},
    )  # fmt: skip
    with scope(MINASE):
        at = body.clock.now
        held = services.record_workshop(body.officer, given, at=at)
        found = [
            services.add_finding(body.officer, held.uuid, FindingKind.TROUBLE, text, stage="書く", at=at)
            for text in ("同じ住所を五回書く", "駐車場が遠い")
        ]
        assert [one.uuid for one in queries.candidates()] == [one.uuid for one in found]
        item = services.take_finding(body.officer, found[0].uuid, plan.uuid, label="書かない窓口", at=at)
        assert (item.state, "五回書く" in item.note) == (ItemState.LOCAL, True)
        with pytest.raises(FindingSettled):
            services.take_finding(body.officer, found[0].uuid, plan.uuid, label="二度目", at=at)
        with pytest.raises(ReasonNeeded):
            services.leave_finding(body.officer, found[1].uuid, reason=" ", at=at)
        services.leave_finding(body.officer, found[1].uuid, reason="施設課で対応する", at=at)
        assert queries.candidates() == []
        states = [(one.state, one.item) for one in queries.workshop(held.uuid).findings]
    assert states == [(FindingState.TAKEN, item.uuid), (FindingState.LEFT, None)]


def test_a_self_assessment_scores_each_step_and_counts_what_is_open(body: Body) -> None:
    asked = queries.questionnaire("self-assessment")
    levels = {one.id: "2" for one in asked.questions if one.id.startswith(("s0", "s1"))}
    with scope(MINASE):
        made = services.record_assessment(
            body.officer,
            held_on=date(2026, 4, 6),
            levels=levels,
            remarks={"s0-leadership": "年頭の訓示"},
            at=body.clock.now,
        )
        with pytest.raises(AnswerMissing):
            services.record_assessment(
                body.officer,
                held_on=date(2026, 4, 6),
                levels={"s1-vision": "9"},
                remarks={},
                at=body.clock.now,
            )
        assert [one.uuid for one in queries.assessments()] == [made.uuid]
    assert [(one.score, one.most, one.unanswered) for one in made.scores] == [
        (8, 12, 0),
        (6, 9, 0),
        (0, 15, 5),
        (0, 9, 3),
    ]
