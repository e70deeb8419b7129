"""A plan and its reports as a network: what remains, who is needed, what a group of work stands for."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from todoke.foundation.calendars.queries import business_days
from todoke.foundation.fence import scope
from todoke.programme.forecast import queries
from todoke.programme.forecast.values import Activity, ActivityState, Demand, Network
from todoke.programme.packs.values import LinkType
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Item, ItemLink, ItemState, Plan, PlanContent
from todoke.programme.progress import services as progress
from todoke.programme.progress.values import Remaining, ReportDraft, ReportState


def content_of(plan: Plan) -> PlanContent:
    with scope(MINASE, read_only=True):
        return plans.content(plan)


def network_of(content: PlanContent, as_of: date) -> Network:
    with scope(MINASE, read_only=True):
        return queries.network_of_content(content, as_of=as_of)


def work(content: PlanContent, node: str, concept: str) -> Item:
    found = content.item(f"{node}@{concept}")
    assert found is not None
    return found


def of(network: Network, item: Item | UUID) -> Activity:
    found = network.activity(str(item if isinstance(item, UUID) else item.uuid))
    assert found is not None
    return found


def report(body: Body, plan: Plan, *drafts: ReportDraft) -> None:
    with scope(MINASE):
        progress.report_many(body.officer, plan.uuid, drafts, at=body.clock.now)


@pytest.fixture
def today(body: Body) -> date:
    return body.clock.now.date()


def test_every_piece_of_work_of_the_plan_is_an_activity_and_groups_are_none(plan: Plan, today: date) -> None:
    content = content_of(plan)
    network = network_of(content, today)
    gathered = {one.parent for one in content.items}
    leaves = [one for one in content.items if one.uuid not in gathered]
    assert [one.key for one in network.activities if not one.is_hidden] == [str(one.uuid) for one in leaves]
    assert sum(one.concept != "" for one in leaves) >= 13 * 2
    assert network.as_of == today
    assert queries.schedule(network).finish > today


def test_estimates_and_effort_become_days_and_a_share_of_a_person(plan: Plan, today: date) -> None:
    content = content_of(plan)
    item = work(content, "w03", "01")
    assert item.estimate is not None
    found = of(network_of(content, today), item)
    assert (found.low, found.likely, found.high) == (20, 40, 90)
    # 15 person-days over 40 days are 37.5 hundredths: 38; 5 are 12.5: 13.
    assert {Demand("業務主管課", 38), Demand("DX推進担当", 13)} <= set(found.demands)
    vendor = replace(item, vendor="甲システム")
    other = replace(content, items=tuple(vendor if one == item else one for one in content.items))
    assert Demand("vendor:甲システム", 100) in of(network_of(other, today), item).demands


def test_what_was_reported_remains_and_what_is_done_takes_no_time(
    body: Body, plan: Plan, today: date
) -> None:
    content = content_of(plan)
    done, runs, half, out = (work(content, node, "01") for node in ("w01", "w02", "w03", "w05"))
    report(
        body, plan,
        ReportDraft(done.uuid, today, ReportState.DONE, 100),
        ReportDraft(runs.uuid, today, ReportState.WORKING, 40, Remaining(4.5, 9.2, 20)),
        ReportDraft(half.uuid, today, ReportState.WORKING, 75),
        ReportDraft(out.uuid, today, ReportState.OUT_OF_SCOPE, 0, note="共同利用のため不要"),
    )  # fmt: skip
    network = network_of(content, today)
    assert of(network, done).state is ActivityState.DONE
    assert of(network, done).finished_on == today
    found = of(network, runs)
    assert (found.state, found.low, found.likely, found.high) == (ActivityState.RUNNING, 4, 10, 20)
    assert found.reported_on == today
    # No remaining days were reported: a quarter of 20, 40 and 90 days is left.
    assert (of(network, half).low, of(network, half).likely, of(network, half).high) == (5, 10, 23)
    assert of(network, out).state is ActivityState.LEFT_OUT
    assert queries.schedule(network).of(str(runs.uuid)).start == queries.working_days(today).days[0]


def test_what_is_out_of_scope_or_retired_keeps_its_place_and_takes_no_time(plan: Plan, today: date) -> None:
    content = content_of(plan)
    gone = {
        work(content, "w03", "01").uuid: ItemState.OUT_OF_SCOPE,
        work(content, "w04", "01").uuid: ItemState.RETIRED,
    }
    other = replace(
        content, items=tuple(replace(one, state=gone.get(one.uuid, one.state)) for one in content.items)
    )
    network = network_of(other, today)
    assert {of(network, one).state for one in gone} == {ActivityState.LEFT_OUT}
    assert len(network.activities) == len(network_of(content, today).activities)


@pytest.mark.parametrize("kind", list(LinkType))
def test_a_link_to_a_group_stands_for_all_that_it_gathers(plan: Plan, today: date, kind: LinkType) -> None:
    content = content_of(plan)
    first, second = (next(one for one in content.items if one.node == node) for node in ("plan", "select"))
    link = ItemLink(UUID(int=1), first.uuid, second.uuid, kind, 5)
    network = network_of(replace(content, links=(link,), windows=()), today)
    placed = queries.schedule(network)
    days = queries.working_days(today)

    def ends(parent: Item, *, begin: bool) -> list[int]:
        below = {str(one.uuid) for one in content.items if one.parent == parent.uuid}
        lies = [one for one in placed.placed if one.key in below]
        return [days.index_from(one.early_start if begin else one.early_finish) + (not begin) for one in lies]

    before = max(ends(first, begin=kind in {LinkType.SS, LinkType.SF}))
    after = ends(second, begin=kind in {LinkType.FS, LinkType.SS})
    assert min(after) >= before + 5
    relaxed = replace(link, is_relaxed=True, reason="試行のため")
    assert network_of(replace(content, links=(relaxed,)), today).dependencies == ()


def test_a_deadline_of_a_group_is_that_of_its_work_and_a_later_start_holds(plan: Plan, today: date) -> None:
    content = content_of(plan)
    root = next(one for one in content.items if one.node == "root")
    dated = replace(root, deadline=date(2030, 3, 31))
    other = replace(
        content, plan=replace(plan, starts_on=today + timedelta(days=60)),
        items=tuple(dated if one == root else replace(one, deadline=None) for one in content.items),
    )  # fmt: skip
    network = network_of(other, today)
    assert {one.deadline for one in network.activities if not one.is_hidden} == {date(2030, 3, 31)}
    assert queries.schedule(network).of(str(work(content, "w01", "01").uuid)).start >= today + timedelta(
        days=60
    )


def test_the_working_days_of_a_plan_leave_out_holidays_and_the_turn_of_the_year() -> None:
    # 令和8年（2026）: 365 days, 104 Saturdays and Sundays, 18 holidays of which two fall on them or on 1 January …
    days = business_days(2026)
    assert date(2026, 1, 1) not in days
    assert date(2026, 1, 5) in days
    assert date(2026, 5, 6) not in days  # 振替休日
    assert date(2026, 12, 28) in days
    assert date(2026, 12, 29) not in days
    assert queries.working_days(date(2026, 5, 2)).days[0] == date(2026, 5, 7)


def test_the_effect_of_a_change_is_computed_for_the_impact_sheet(plan: Plan, today: date) -> None:
    content = content_of(plan)
    slow = work(content, "w13", "01")
    assert slow.estimate is not None
    longer = replace(slow, estimate=replace(slow.estimate, likely=400, high=500), deadline=date(2031, 3, 31))
    other = replace(content, items=tuple(longer if one == slow else one for one in content.items))
    with scope(MINASE, read_only=True):
        found = queries.effect_as_of(today)(content, other)
    assert found.finish_days is not None
    assert found.finish_days > 0
    assert found.peak_before is not None
    assert "60回" in found.note
