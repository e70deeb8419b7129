"""What a new edition costs, and why: pieces have what remained of their whole, and the parts of the effect add up."""

from datetime import date

import pytest

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import FORTY, Body
from todoke.foundation.fence import scope
from todoke.programme.forecast import queries
from todoke.programme.forecast.rules.effects import ADDED, CHANGED, CUT, NEW
from todoke.programme.forecast.values import ActivityState, LintRule, Network
from todoke.programme.packs.values import Relation
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Item, Plan, PlanContent, ScheduleEffect
from todoke.programme.progress import services as progress
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState


@pytest.fixture
def today(body: Body) -> date:
    return body.clock.now.date()


def proposed(plan: Plan, today: date) -> tuple[PlanContent, Network, ScheduleEffect]:
    """The plan under the new edition, its network, and the effect."""
    with scope(MINASE, read_only=True):
        sheet, merged = plans.impact(plan, FORTY, effect=queries.effect_as_of(today))
        assert sheet.effect is not None
        return merged.content, queries.network_of_content(merged.content, as_of=today), sheet.effect


def say(
    body: Body, plan: Plan, key: str, state: ReportState, percent: int, likely: float | None = None
) -> Item:
    item = body.item(plan, key)
    left = None if likely is None else Remaining(likely, likely, likely)
    with scope(MINASE):
        draft = ReportDraft(item.uuid, body.clock.now.date(), state, percent, left)
        progress.report_many(body.officer, plan.uuid, [draft], at=body.clock.now)
    return item


def pieces(content: PlanContent, network: Network, whole: Item) -> list[tuple[str, ActivityState, int]]:
    keys = {str(one.uuid): one.key for one in content.items if whole.uuid in one.sources}
    return [(keys[one.key], one.state, one.likely) for one in network.activities if one.key in keys]


def test_pieces_share_what_remains_of_their_whole_by_their_days(body: Body, plan: Plan, today: date) -> None:
    done = say(body, plan, "w01@01", ReportState.DONE, 100)
    half = say(body, plan, "w03@01", ReportState.WORKING, 40, likely=10)
    silent = body.item(plan, "w14@01")
    content, network, effect = proposed(plan, today)
    assert all((state, days) == (ActivityState.DONE, 0) for _, state, days in pieces(content, network, done))
    assert pieces(content, network, half) == [
        ("s3-1@01", ActivityState.OPEN, 4), ("s3-2@01", ActivityState.OPEN, 7),
    ]  # fmt: skip  # 15 : 25 of ten days, in whole days
    own = {one.key: one.estimate for one in content.items if silent.uuid in one.sources}
    assert [(key, days) for key, _, days in pieces(content, network, silent)] == [
        (key, one.likely) for key, one in own.items() if one is not None
    ]
    cut = next(one for one in effect.parts if one.label == CUT)
    assert abs(cut.work) <= 5  # rounding up to whole days alone


def test_a_piece_that_is_reported_itself_speaks_for_itself(body: Body, plan: Plan, today: date) -> None:
    whole = say(body, plan, "w01@01", ReportState.DONE, 100)
    body.adopt(plan)
    say(body, plan, "s1-1@01", ReportState.WORKING, 50, likely=3)
    with scope(MINASE, read_only=True):
        content = plans.content(plan)
        network = queries.network_of_content(content, as_of=today)
    first, *others = pieces(content, network, whole)
    assert first == ("s1-1@01", ActivityState.RUNNING, 3)
    assert {state for _, state, _ in others} == {ActivityState.DONE}
    asked = [one.sentence for one in queries.lint(network) if one.rule is LintRule.NOT_CONFIRMED]
    assert len(asked) == len(others)
    assert "確かめて報告してください" in asked[0]


def test_the_parts_of_the_effect_add_up_and_say_what_they_are(body: Body, plan: Plan, today: date) -> None:
    content, _, effect = proposed(plan, today)
    assert [one.label for one in effect.parts] == [CHANGED, CUT, ADDED, NEW]
    assert sum(one.finish_days for one in effect.parts) == effect.finish_days
    assert effect.work == pytest.approx(sum(one.work for one in effect.parts))
    new = effect.parts[-1]
    assert new.items == len([
        one for one in content.items
        if one.concept in {"18", "19", "20"} and one.relation not in {Relation.SPLIT, Relation.MERGED}
    ])  # fmt: skip
    assert new.finish_days > 0
    assert "執務日かかります" in effect.tightest
    assert effect.deadlines_gained == ()  # a piece that has the date of its whole gains none
