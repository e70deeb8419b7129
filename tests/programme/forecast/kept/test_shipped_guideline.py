"""The shipped 標準化・共通化手順書 for all its 事務 says what the founding document says of it: start early, level the load."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import FIRST, Body
from todoke.foundation.fence import scope
from todoke.programme.forecast import queries
from todoke.programme.forecast.values import Network, Verdict
from todoke.programme.packs import queries as packs
from todoke.programme.plans import queries as plans
from todoke.programme.plans.values import Capacity, CapacityKind

START = date(2021, 9, 6)  # a Monday two months after the guideline was issued
ROLES = ("DX推進担当", "情報担当", "業務主管課", "法規担当", "財政担当")


def shipped(body: Body) -> Network:
    """The plan for all 17 事務 as it is drawn up, from September 2021, with thirty people of each role."""
    with scope(MINASE):
        codes = [one.code for one in packs.edition(FIRST).codelists["business"]]
    plan = body.make(given={"scope:business": codes})
    people = tuple(Capacity(UUID(int=n), CapacityKind.ROLE, role, 30) for n, role in enumerate(ROLES))
    with scope(MINASE, read_only=True):
        content = plans.content(plan)
        begun = replace(content, plan=replace(content.plan, starts_on=START), capacities=people)
        return queries.network_of_content(begun, as_of=START)


def test_an_early_start_levels_the_load_and_a_late_one_misses_the_goal(body: Body) -> None:
    network = shipped(body)
    assert len([one for one in network.activities if not one.is_hidden]) > 17 * 13
    assert {one.deadline for one in network.activities} == {date(2026, 3, 31)}
    found = queries.early_start_curve(network, months=(0, 18, 30, 36), runs=40, tries=1)
    peaks = [one.peak for one in found.points]
    assert peaks[-1] is None
    assert found.points[-1].verdict is Verdict.IMPOSSIBLE
    assert all(early < late for early, late in pairwise(one for one in peaks if one is not None))
    chances = [one.chance.permille for one in found.points if one.chance]
    assert chances[0] > 950
    assert all(early >= late for early, late in pairwise(chances))
    assert chances[-1] == 0
