"""A new edition: nothing is lost, every item's fate is explained, and an undo brings every byte back.

The shipped guideline of standardisation goes from its 17 tasks（1.0）to the 40 steps（2026-01）.
"""

from datetime import date
from uuid import UUID

import pytest

from tests.casework.identify.conftest import MINASE
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.fence import scope
from todoke.programme.packs.values import EditionRef, Relation, Strength
from todoke.programme.plans import queries, services
from todoke.programme.plans.errors import ChangedSince, ItemRetired, NoWay, SheetChanged
from todoke.programme.plans.models import PlanItemRow
from todoke.programme.plans.values import (
    AdoptionAct,
    Choice,
    ImpactSheet,
    Item,
    ItemField,
    ItemState,
    MergeCase,
    Plan,
    PlanContent,
    ScheduleEffect,
)

from .conftest import FIRST, FORTY, Body


@pytest.fixture
def used(body: Body, plan: Plan) -> Plan:
    """A plan with progress: owners, an own estimate, evidence, a local item, something out of scope, a relaxed link."""
    body.edit(body.item(plan, "w03@01"), estimate="10/25/60", note="先行して実施", vendor="甲社")
    body.edit(body.item(plan, "w12@01"), estimate="5/10/15")
    body.edit(body.item(plan, "w14@03"), state="out_of_scope", reason="データは移さない")
    with scope(MINASE):
        at = body.clock.now
        for key in ("w02@01", "w03@01", "w12@01", "w17@03"):
            services.add_evidence(
                body.reporter, body.item(plan, key).uuid, label="調査票", place="文書番号 8DX第3号", at=at
            )
        parent = body.item(plan, "w03@01").uuid
        services.add_item(
            body.officer, plan.uuid, typed={ItemField.LABEL: "町独自の帳票の整理"}, parent=parent, at=at
        )
        services.add_item(body.officer, plan.uuid, typed={ItemField.LABEL: "住民への説明会"}, at=at)
        link = next(one for one in queries.links(plan) if one.strength is not Strength.GUIDELINE)
        services.relax_link(body.officer, link.uuid, version=link.version, reason="", at=at)
    return plan


def sheet_of(plan: Plan, new: EditionRef = FORTY) -> ImpactSheet:
    with scope(MINASE, read_only=True):
        return queries.impact_sheet(plan, new)


def content_of(plan: Plan) -> PlanContent:
    with scope(MINASE, read_only=True):
        return queries.content(plan.uuid)


def test_every_item_of_the_plan_has_exactly_one_fate_on_the_sheet(body: Body, used: Plan) -> None:
    sheet = sheet_of(used)
    fates = [one.item for one in sheet.lines if one.item is not None]
    assert sorted(fates) == sorted(one.uuid for one in content_of(used).items)
    assert sum(sheet.counts.values()) == len(sheet.lines)
    assert sheet.counts[MergeCase.SPLIT] > 20
    assert sheet.counts[MergeCase.TO_SORT] == 1
    assert sheet.counts[MergeCase.KEPT] == 1
    assert (sheet.evidence_affected, sheet.evidence_lost) == (2, 0)
    assert all(one.into for one in sheet.lines if one.case is MergeCase.SPLIT)


def test_a_sheet_writes_nothing_and_tells_what_the_forecast_says(body: Body, used: Plan) -> None:
    before = body.snapshot(used)

    def effect(ours: PlanContent, theirs: PlanContent) -> ScheduleEffect:
        assert len(theirs.items) > len(ours.items)
        return ScheduleEffect(
            date(2027, 3, 1), date(2027, 4, 1), date(2027, 6, 1), date(2027, 7, 1), 4.0, 3.5
        )

    with scope(MINASE, read_only=True):
        sheet = queries.impact_sheet(used, FORTY, effect=effect)
    assert sheet.effect is not None
    assert (sheet.effect.finish_days, sheet.effect.peak) == (30, -0.5)
    assert body.snapshot(used) == before


def test_nothing_is_lost_when_the_17_tasks_become_40_steps(body: Body, used: Plan) -> None:
    before = {one.uuid: one for one in content_of(used).items}
    body.adopt(used)
    content = content_of(used)
    after = {one.uuid: one for one in content.items}
    assert content.plan.edition == FORTY
    assert set(before) <= set(after)
    for uuid, item in before.items():
        assert after[uuid].evidence == item.evidence
    retired = [one for one in content.items if one.state is ItemState.RETIRED]
    assert all(one.reason for one in retired)
    assert not any(one.counts for one in retired)
    steps = [one for one in content.items if one.concept == "01" and one.node.startswith("s")]
    assert len([one for one in steps if one.counts]) == 40


def test_pieces_of_a_split_task_are_new_and_carry_its_evidence_and_owner(body: Body, used: Plan) -> None:
    source = body.item(used, "w03@01")
    body.adopt(used)
    for key in ("s3-1@01", "s3-2@01"):
        piece = body.item(used, key)
        assert (piece.relation, piece.sources, piece.is_new) == (Relation.SPLIT, (source.uuid,), True)
        assert (piece.evidence, piece.vendor) == (source.evidence, "甲社")


def test_pieces_of_what_was_out_of_scope_stay_out_of_scope_with_its_reason(body: Body, used: Plan) -> None:
    body.adopt(used)
    pieces = [body.item(used, f"s14-{number}@03") for number in (1, 2, 3)]
    assert {(one.state, one.reason) for one in pieces} == {(ItemState.OUT_OF_SCOPE, "データは移さない")}


def test_an_item_that_goes_on_keeps_its_name_and_the_values_of_the_body(body: Body, used: Plan) -> None:
    before = body.item(used, "w12@01")
    body.adopt(used)
    after = body.item(used, "s12-1@01")
    assert (after.uuid, after.evidence) == (before.uuid, before.evidence)
    assert after.estimate is not None
    assert (after.estimate.low, after.estimate.high) == (5, 15)
    assert after.state is ItemState.ADAPTED


def test_a_local_item_whose_parent_goes_is_kept_to_be_sorted(body: Body, used: Plan) -> None:
    body.adopt(used)
    local = {one.label: one for one in content_of(used).items if one.is_local}
    assert local["町独自の帳票の整理"].needs_sorting
    assert local["町独自の帳票の整理"].parent is None
    assert not local["住民への説明会"].needs_sorting


def test_a_retired_item_is_read_only(body: Body, used: Plan) -> None:
    item = body.item(used, "w03@01")
    body.adopt(used)
    with pytest.raises(ItemRetired):
        body.edit(_again(item.uuid), note="まだ変えたい")


def _again(uuid: UUID) -> Item:
    with scope(MINASE, read_only=True):
        return queries.item(uuid)


def test_an_undo_brings_every_byte_back_and_can_itself_be_undone(body: Body, used: Plan) -> None:
    before = body.snapshot(used)
    adopted = body.adopt(used)
    after = body.snapshot(used)
    assert after != before
    with scope(MINASE):
        undone = services.undo_adoption(body.officer, adopted, at=body.clock.now)
    assert body.snapshot(used) == before
    with scope(MINASE):
        redone = services.redo_adoption(body.officer, undone.uuid, at=body.clock.now)
        assert redone.act is AdoptionAct.REDONE
    assert body.snapshot(used) == after
    with scope(MINASE):
        services.undo_adoption(body.officer, redone.uuid, at=body.clock.now)
    assert body.snapshot(used) == before
    with scope(MINASE, read_only=True):
        acts = [(one.act, one.stands) for one in queries.adoptions(used)]
        assert acts == [
            (AdoptionAct.UNDONE, True), (AdoptionAct.REDONE, False), (AdoptionAct.UNDONE, False), (AdoptionAct.ADOPTED, False),
        ]  # fmt: skip
        kept = queries.kept_snapshot(used, queries.adoption(adopted).before_sha256)
        assert kept == before


def test_no_row_of_a_plan_is_ever_deleted(body: Body, used: Plan) -> None:
    adopted = body.adopt(used)
    with scope(MINASE):
        rows = PlanItemRow.objects.count()
        services.undo_adoption(body.officer, adopted, at=body.clock.now)
        assert PlanItemRow.objects.count() == rows


def test_adopting_twice_is_one_adoption_and_undoing_twice_one_undo(body: Body, used: Plan) -> None:
    sheet = sheet_of(used)
    with scope(MINASE):
        acts = [
            services.adopt_edition(
                body.officer, used.uuid, FORTY, shown_hash=sheet.hash, choices={}, at=body.clock.now
            )
            for _ in range(2)
        ]
        assert acts[0] == acts[1]
        undone = [services.undo_adoption(body.officer, acts[0].uuid, at=body.clock.now) for _ in range(2)]
        assert undone[0] == undone[1]
        assert len(queries.adoptions(used)) == 2


def test_an_edition_undone_can_be_adopted_again_and_its_items_come_back(body: Body, used: Plan) -> None:
    adopted = body.adopt(used)
    after = body.snapshot(used)
    with scope(MINASE):
        services.undo_adoption(body.officer, adopted, at=body.clock.now)
    assert body.adopt(used) != adopted
    assert body.snapshot(used) == after


def test_an_undo_is_refused_when_something_changed_since(body: Body, used: Plan) -> None:
    adopted = body.adopt(used)
    body.edit(body.item(used, "s3-1@01"), note="着手の準備")
    with scope(MINASE), pytest.raises(ChangedSince) as refused:
        services.undo_adoption(body.officer, adopted, at=body.clock.now)
    assert refused.value.facts == {"count": "1"}
    assert body.item(used, "s3-1@01").note == "着手の準備"


def test_only_the_sheet_that_was_shown_is_adopted(body: Body, used: Plan) -> None:
    shown = sheet_of(used)
    body.edit(body.item(used, "w05@01"), note="変えた")
    with scope(MINASE), pytest.raises(SheetChanged):
        services.adopt_edition(
            body.officer, used.uuid, FORTY, shown_hash=shown.hash, choices={}, at=body.clock.now
        )
    fresh = sheet_of(used)
    question = fresh.questions[0]
    other = Choice.KEEP if question.choice is Choice.TAKE else Choice.TAKE
    with scope(MINASE), pytest.raises(SheetChanged):
        services.adopt_edition(
            body.officer,
            used.uuid,
            FORTY,
            shown_hash=fresh.hash,
            choices={question.id: other},
            at=body.clock.now,
        )


def test_three_new_businesses_are_asked_about_and_come_in_or_stay_out_as_decided(
    body: Body, used: Plan
) -> None:
    sheet = sheet_of(used)
    asked = [one.id for one in sheet.questions if one.id.endswith("|scope")]
    assert len(asked) == 3
    body.adopt(used, FORTY, **{asked[0]: Choice.KEEP})
    entries = content_of(used).plan.scope
    assert [one.in_scope for one in entries[-3:]] == [False, True, True]
    concepts = {one.concept for one in content_of(used).items if one.counts and one.concept}
    assert concepts == {"01", "03", *(one.code for one in entries[-2:])}


def test_what_was_decided_stays_readable_after_the_adoption(body: Body, used: Plan) -> None:
    shown = sheet_of(used)
    adopted = body.adopt(used)
    with scope(MINASE, read_only=True):
        kept = queries.adopted_sheet(adopted)
        act = queries.adoption(adopted)
    assert kept == shown
    assert act.by == str(body.officer.staff_id)
    assert act.counts == shown.counts
    assert act.decisions == {one.id: one.choice for one in shown.questions}
    assert body.actions()[-1] == "plan.edition_adopted"


def test_there_is_no_way_back_to_an_older_edition_but_the_undo(body: Body, used: Plan) -> None:
    body.adopt(used)
    with scope(MINASE, read_only=True):
        assert queries.newer_editions(used.uuid) == []
    with pytest.raises(NoWay):
        sheet_of(used, FIRST)


def test_only_a_person_who_may_adopts(body: Body, used: Plan) -> None:
    shown = sheet_of(used)
    with scope(MINASE), pytest.raises(RightMissing):
        services.adopt_edition(
            body.reporter, used.uuid, FORTY, shown_hash=shown.hash, choices={}, at=body.clock.now
        )
