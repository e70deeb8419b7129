"""Each rule of the lint finds its fault and leaves a good plan alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from todoke.programme.forecast.rules.lint import count_by_rule, lint
from todoke.programme.forecast.values import Activity, ActivityState, LintRule, Network, StartWindow

from .networks import MONDAY, Link, act, day, net

DONE, RUNNING = ActivityState.DONE, ActivityState.RUNNING
OCTOBER = StartWindow("october", "予算要求", "budget", (10, 1), (10, 31))


def one(key: str, days: int = 5, **more: object) -> Activity:
    return replace(act(key, days), **{"owner": "税務課", **more})  # type: ignore[arg-type]  # fields by name


def good() -> Network:
    return net([one("予算要求"), one("契約"), one("特定個人情報保護評価"), one("データ移行")],
               [("予算要求", "契約"), ("契約", "データ移行"), ("特定個人情報保護評価", "データ移行")])  # fmt: skip


def rules(activities: list[Activity], links: Sequence[Link] = (), **more: object) -> dict[LintRule, int]:
    return count_by_rule(lint(replace(net(activities, links), **more)))  # type: ignore[arg-type]  # fields by name


PAIR = [one("a"), one("b")]
CHAIN: list[Link] = [("a", "b")]


def test_a_good_plan_has_no_findings() -> None:
    assert lint(good()) == ()


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        (LintRule.NO_OWNER, {"owner": ""}),
        (LintRule.TOO_LONG, {"low": 64, "likely": 64, "high": 64}),
        (LintRule.NO_ESTIMATE, {"has_estimate": False}),
        (LintRule.STALE, {"state": RUNNING, "reported_on": MONDAY - timedelta(days=31)}),
        (LintRule.STALE, {"state": RUNNING}),
        (LintRule.NOT_DELIVERED, {"state": DONE, "deliverables": 1}),
        (LintRule.LATE, {"deadline": day(7)}),
    ],
)
def test_each_fault_of_one_activity_is_found(rule: LintRule, changed: dict[str, object]) -> None:
    found = lint(net([PAIR[0], replace(PAIR[1], **changed)], CHAIN))  # type: ignore[arg-type]  # fields by name
    assert [(item.rule, item.key) for item in found] == [(rule, "b")]
    assert "「b」" in found[0].sentence


def test_what_is_just_within_the_limits_is_left_alone() -> None:
    edge = replace(
        PAIR[1], low=63, likely=63, high=63, state=RUNNING, reported_on=MONDAY - timedelta(days=30)
    )
    assert rules([PAIR[0], edge], CHAIN) == {}
    delivered = replace(PAIR[0], state=DONE, deliverables=1, evidence=1)
    assert rules([delivered, PAIR[1]], CHAIN) == {}


def test_work_without_neighbours_dangles() -> None:
    assert rules([*PAIR, one("c")], CHAIN) == {LintRule.DANGLING: 1}


def test_a_deadline_before_the_window_opens_is_found() -> None:
    late = replace(PAIR[1], windows=("october",), deadline=date(2025, 9, 1))
    assert rules([PAIR[0], late], CHAIN, windows=(OCTOBER,)) == {
        LintRule.DEADLINE_BEFORE_WINDOW: 1,
        LintRule.LATE: 1,
    }


def test_a_contract_before_the_budget_is_found_for_the_same_business_only() -> None:
    pair = [
        one("予算要求", concept="b01"),
        one("契約", concept="b01"),
        one("契約の確認", concept="b02"),
        one("c"),
    ]
    links: list[Link] = [("予算要求", "c"), ("契約", "c"), ("契約の確認", "c")]
    found = lint(net(pair, links))
    assert [(item.rule, item.key) for item in found] == [(LintRule.CONTRACT_BEFORE_BUDGET, "契約")]


def test_a_privacy_assessment_after_go_live_is_found() -> None:
    network = good()
    loose = replace(
        network,
        dependencies=tuple(link for link in network.dependencies if link.before != "特定個人情報保護評価"),
    )
    found = {item.rule for item in lint(loose)}
    assert found == {LintRule.DANGLING}  # it ends in time, by luck
    slow = tuple(
        replace(item, low=30, likely=30, high=30) if item.key == "特定個人情報保護評価" else item
        for item in loose.activities
    )
    assert LintRule.PRIVACY_AFTER_GO_LIVE in {item.rule for item in lint(replace(loose, activities=slow))}


def test_tags_say_more_than_labels() -> None:
    pair = [one("甲", tags=("budget",)), one("乙", tags=("contract",)), one("c")]
    assert rules(pair, [("甲", "c"), ("乙", "c")]) == {LintRule.CONTRACT_BEFORE_BUDGET: 1}


def test_a_demand_above_the_capacity_is_found() -> None:
    big = replace(act("a", 5, takes={"課": 3}), owner="課")
    found = lint(net([big, PAIR[1]], CHAIN, there={"課": 2}))
    assert [(item.rule, item.key) for item in found] == [(LintRule.OVER_CAPACITY, "a")]


def test_what_is_left_out_is_not_nagged_about() -> None:
    gone = replace(PAIR[1], state=ActivityState.LEFT_OUT, owner="", has_estimate=False)
    assert rules([PAIR[0], gone], CHAIN) == {}
