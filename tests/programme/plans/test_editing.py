"""Editing in place: by version, with a log and its undo; nothing that was typed is lost, nothing is deleted."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from tests.casework.identify.conftest import HIYORI, MINASE
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.fence import scope
from todoke.programme.packs.values import Basis, Strength
from todoke.programme.plans import queries, services
from todoke.programme.plans.errors import (
    ChangedSince,
    FieldFixed,
    FieldInvalid,
    ItemUnknown,
    LinkCircle,
    NothingToUndo,
    PlanUnknown,
    ReasonNeeded,
    VersionConflict,
)
from todoke.programme.plans.models import PlanChangeRow, PlanLinkRow
from todoke.programme.plans.values import (
    Capacity,
    CapacityKind,
    EditConflict,
    Edited,
    ItemField,
    ItemState,
    Plan,
    WindowKind,
)

from .conftest import Body


def test_a_change_is_written_logged_and_audited(body: Body, plan: Plan) -> None:
    item = body.edit(
        body.item(plan, "w03@01"), estimate="１０/25.5/60", effort="業務主管課＝20\nDX推進担当=4"
    )
    assert item.estimate is not None
    assert (item.estimate.likely, item.estimate.basis) == (25.5, Basis.BODY)
    assert (item.effort, item.effort_basis) == ({"業務主管課": 20.0, "DX推進担当": 4.0}, Basis.BODY)
    assert (item.state, item.version) == (ItemState.ADAPTED, 2)
    with scope(MINASE, read_only=True):
        (entry,) = queries.changes(plan, by=str(body.officer.staff_id))
    assert {one.name for one in entry.values} >= {"所要日数", "作業量（人日）"}
    assert entry.can_undo
    assert body.actions()[-1] == "plan.item_edited"


def test_going_back_to_the_value_of_the_guideline_makes_an_item_active_again(body: Body, plan: Plan) -> None:
    item = body.item(plan, "w03@01")
    adapted = body.edit(item, estimate="1/2/3")
    assert body.edit(adapted, estimate="20/40/90").state is ItemState.ACTIVE


def test_saving_what_is_there_already_writes_nothing(body: Body, plan: Plan) -> None:
    item = body.item(plan, "w03@01")
    same = body.edit(item, estimate="20/40/90")
    assert same.version == item.version
    with scope(MINASE, read_only=True):
        assert queries.changes(plan) == []


def test_out_of_scope_needs_a_reason_and_can_come_back(body: Body, plan: Plan) -> None:
    item = body.item(plan, "w14@03")
    with pytest.raises(ReasonNeeded):
        body.edit(item, state="out_of_scope")
    away = body.edit(item, state="out_of_scope", reason="データは移さない")
    assert not away.counts
    back = body.edit(away, state="active")
    assert (back.state, back.reason) == (ItemState.ACTIVE, "")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("estimate", "40/20/90"), ("estimate", "早め"), ("estimate", "1/2/99999"), ("effort", "15"), ("deadline", "来年度末"),
        ("section", "999999"), ("person", "999999"), ("label", " "), ("early_startable", "たぶん"), ("state", "retired"),
        ("number", "①"), ("note", "あ" * 501), ("fixed_start", "2026-02-30"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    body: Body, plan: Plan, field: str, text: str
) -> None:
    before = body.snapshot(plan)
    with pytest.raises((FieldInvalid, FieldFixed)):
        body.edit(body.item(plan, "w03@01"), None, **{field: text})
    assert body.snapshot(plan) == before


def test_a_finish_before_its_start_is_refused(body: Body, plan: Plan) -> None:
    with pytest.raises(FieldInvalid):
        body.edit(body.item(plan, "w03@01"), fixed_start="2027-04-01", fixed_finish="2027-03-31")


def test_of_two_who_edit_at_once_the_second_sees_both_values_and_loses_nothing(
    body: Body, plan: Plan
) -> None:
    seen = body.item(plan, "w03@01")
    body.edit(seen, by=body.colleague, note="先に書いた")
    typed = {ItemField.NOTE: "あとから書いた", ItemField.VENDOR: "乙社"}
    with scope(MINASE):
        result = services.edit_item(
            body.officer, seen.uuid, version=seen.version, typed=typed, at=body.clock.now,
            seen={ItemField.NOTE: "", ItemField.VENDOR: ""},
        )  # fmt: skip
    assert isinstance(result, EditConflict)
    (clash,) = result.clashes
    assert (clash.before, clash.theirs, clash.yours) == ("", "先に書いた", "あとから書いた")
    assert result.typed == typed
    assert body.item(plan, "w03@01").vendor == ""


def test_two_who_edit_different_fields_at_once_do_not_disturb_each_other(body: Body, plan: Plan) -> None:
    seen = body.item(plan, "w03@01")
    body.edit(seen, by=body.colleague, note="先に書いた")
    shown = {ItemField.NOTE: "", ItemField.VENDOR: ""}
    with scope(MINASE):
        result = services.edit_item(
            body.officer, seen.uuid, version=seen.version, typed={ItemField.NOTE: "", ItemField.VENDOR: "乙社"},
            at=body.clock.now, seen=shown,
        )  # fmt: skip
    assert isinstance(result, Edited)
    assert (result.item.note, result.item.vendor) == ("先に書いた", "乙社")


def test_ones_own_last_change_is_undone_and_redone_and_the_next_undo_goes_further_back(
    body: Body, plan: Plan
) -> None:
    start = body.snapshot(plan)
    first = body.edit(body.item(plan, "w03@01"), note="一")
    between = body.snapshot(plan)
    body.edit(first, note="二")
    body.edit(body.item(plan, "w05@01"), by=body.colleague, note="同僚")
    body.edit(body.item(plan, "w05@01"), by=body.colleague, note="")
    with scope(MINASE):
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        assert queries.snapshot(plan) == between
        services.redo_change(body.officer, plan.uuid, at=body.clock.now)
        assert queries.item(first.uuid).note == "二"
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        assert queries.snapshot(plan) == start
        with pytest.raises(NothingToUndo):
            services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        assert PlanChangeRow.objects.count() == 8


def test_what_somebody_else_changed_since_is_not_undone(body: Body, plan: Plan) -> None:
    mine = body.edit(body.item(plan, "w03@01"), note="わたし")
    body.edit(mine, by=body.colleague, note="同僚")
    with scope(MINASE), pytest.raises(ChangedSince):
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
    assert body.item(plan, "w03@01").note == "同僚"


def test_a_local_item_stands_below_its_parent_and_an_undo_takes_it_out_without_deleting_it(
    body: Body, plan: Plan
) -> None:
    parent = body.item(plan, "w03@01")
    before = body.snapshot(plan)
    with scope(MINASE):
        made = services.add_item(
            body.officer,
            plan.uuid,
            typed={ItemField.LABEL: "帳票の整理"},
            parent=parent.uuid,
            at=body.clock.now,
        )
        assert (made.state, made.concept, made.section_id) == (ItemState.LOCAL, "01", parent.section_id)
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        with pytest.raises(ItemUnknown):
            queries.item(made.uuid)
        assert queries.snapshot(plan) == before
        services.redo_change(body.officer, plan.uuid, at=body.clock.now)
        assert queries.item(made.uuid).label == "帳票の整理"


def test_practice_is_relaxed_freely_and_the_guideline_only_with_a_reason(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        claimed, free = queries.links(plan)[:2]
        PlanLinkRow.objects.filter(uuid=claimed.uuid).update(strength=Strength.GUIDELINE.value)
        at = body.clock.now
        with pytest.raises(ReasonNeeded):
            services.relax_link(body.officer, claimed.uuid, version=claimed.version, reason=" ", at=at)
        relaxed = services.relax_link(
            body.officer, claimed.uuid, version=claimed.version, reason="並行して進める", at=at
        )
        assert not relaxed.binds
        assert not services.relax_link(body.officer, free.uuid, version=free.version, reason="", at=at).binds
        with pytest.raises(VersionConflict):
            services.tighten_link(body.officer, claimed.uuid, version=claimed.version, at=at)
        tight = services.tighten_link(body.officer, claimed.uuid, version=relaxed.version, at=at)
        assert (tight.binds, tight.reason) == (True, "")
        with pytest.raises(FieldFixed):
            services.remove_link(body.officer, claimed.uuid, version=tight.version, at=at)


def test_an_own_link_is_added_once_taken_out_and_never_closes_a_circle(body: Body, plan: Plan) -> None:
    first, last = body.item(plan, "w02@01").uuid, body.item(plan, "w15@01").uuid
    with scope(MINASE):
        at = body.clock.now
        made = services.add_link(body.officer, first, last, at=at)
        assert services.add_link(body.officer, first, last, at=at) == made
        with pytest.raises(LinkCircle):
            services.add_link(body.officer, last, first, at=at)
        services.remove_link(body.officer, made.uuid, version=made.version, at=at)
        assert made.uuid not in {one.uuid for one in queries.links(plan)}


def test_windows_are_proposals_until_the_body_confirms_them(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        proposed = [one for one in queries.windows(plan) if one.basis is not Basis.BODY]
        assert proposed
        assert services.confirm_windows(body.officer, plan.uuid, at=body.clock.now) == len(proposed)
        assert {one.basis for one in queries.windows(plan)} == {Basis.BODY}
        budget = next(one for one in queries.windows(plan) if one.kind is WindowKind.BUDGET)
        moved = services.set_window(
            body.officer, plan.uuid, replace(budget, ends=(12, 10)), at=body.clock.now
        )
        assert moved.ends == (12, 10)
        with pytest.raises(FieldInvalid):
            services.set_window(body.officer, plan.uuid, replace(moved, begins=(2, 30)), at=body.clock.now)
        services.remove_window(body.officer, moved.uuid, version=moved.version, at=body.clock.now)
        assert moved.uuid not in {one.uuid for one in queries.windows(plan)}
        services.undo_change(body.officer, plan.uuid, at=body.clock.now)
        assert moved.uuid in {one.uuid for one in queries.windows(plan)}


def test_capacities_are_set_by_period_and_taken_out(body: Body, plan: Plan) -> None:
    more = Capacity(uuid4(), CapacityKind.ROLE, "DX推進担当", 3, date(2027, 4, 1), date(2028, 3, 31))
    with scope(MINASE):
        made = services.set_capacity(body.officer, plan.uuid, more, at=body.clock.now)
        with pytest.raises(FieldInvalid):
            services.set_capacity(body.officer, plan.uuid, replace(made, units=-1), at=body.clock.now)
        services.remove_capacity(body.officer, made.uuid, version=made.version, at=body.clock.now)
        assert made.uuid not in {one.uuid for one in queries.capacities(plan)}


def test_a_business_comes_into_scope_with_its_items_and_goes_out_with_a_reason(
    body: Body, plan: Plan
) -> None:
    with scope(MINASE):
        at = body.clock.now
        links = len(queries.links(plan))
        entry = next(one for one in plan.scope if one.code == "02")
        wider = services.set_scope(
            body.officer, plan.uuid, replace(entry, in_scope=True, section_id=plan.scope[0].section_id), version=plan.version,
            at=at,
        )  # fmt: skip
        coming = queries.items(plan, concept="02")
        assert len([one for one in coming if "17作業" in one.tags]) == 17
        assert {one.is_new for one in coming} == {True}
        assert len(queries.links(plan)) == links * 3 // 2
        now = next(one for one in wider.scope if one.code == "02")
        with pytest.raises(ReasonNeeded):
            services.set_scope(
                body.officer, plan.uuid, replace(now, in_scope=False), version=wider.version, at=at
            )
        services.set_scope(
            body.officer,
            plan.uuid,
            replace(now, in_scope=False, reason="県が処理する"),
            version=wider.version,
            at=at,
        )
        assert {one.state for one in queries.items(plan, concept="02")} == {ItemState.OUT_OF_SCOPE}
        services.undo_change(body.officer, plan.uuid, at=at)
        assert {one.state for one in queries.items(plan, concept="02")} == {ItemState.ACTIVE}


def test_the_plan_itself_is_edited_by_version_and_closed(body: Body, plan: Plan) -> None:
    with scope(MINASE):
        at = body.clock.now
        named = services.edit_plan(
            body.officer,
            plan.uuid,
            version=plan.version,
            title="新しい名前",
            vision="待たない",
            principles=["一", " "],
            at=at,
        )
        assert (named.title, named.principles) == ("新しい名前", ("一",))
        with pytest.raises(VersionConflict):
            services.close_plan(body.officer, plan.uuid, version=plan.version, on=date(2026, 4, 6), at=at)
        services.close_plan(body.officer, plan.uuid, version=named.version, on=date(2026, 4, 6), at=at)
        assert queries.plans() == []
        assert len(queries.plans(with_closed=True)) == 1


def test_who_may_not_edit_is_refused_and_no_other_body_sees_the_plan(body: Body, plan: Plan) -> None:
    item = body.item(plan, "w03@01")
    with pytest.raises(RightMissing):
        body.edit(item, by=body.reporter, note="書けない")
    with scope(HIYORI, read_only=True):
        assert queries.plans() == []
        with pytest.raises(PlanUnknown):
            queries.plan(plan.uuid)
        with pytest.raises(ItemUnknown):
            queries.item(item.uuid)


def test_reading_a_whole_plan_costs_the_same_however_large_it_is(body: Body, plan: Plan) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    larger = body.make("大きい計画", given={})
    counts = []
    for one in (plan, larger):
        with (
            scope(MINASE, read_only=True),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            queries.content(one.uuid)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
