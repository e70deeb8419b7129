"""From "new town" to a first plan: only what the pack cannot know is asked, each with a default, at any pace."""

from datetime import date

import pytest

from tests.casework.identify.conftest import HIYORI, MINASE
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.fence import scope
from todoke.programme.packs.values import Basis
from todoke.programme.plans import queries, services
from todoke.programme.plans.errors import AnswersInvalid, DraftUnknown
from todoke.programme.plans.values import (
    CapacityKind,
    ItemState,
    PlanKind,
    SetupDraft,
    SetupStep,
    WindowKind,
)

from .conftest import FIRST, SECTIONS, Body


def start(body: Body) -> SetupDraft:
    with scope(MINASE):
        return services.start_setup(
            body.officer, PlanKind.STANDARDISATION, FIRST, title="標準化の計画", at=body.clock.now
        )


def answer(body: Body, draft: SetupDraft, step: SetupStep, **given: str) -> SetupDraft:
    typed = {name.replace("__", ":"): (text,) for name, text in given.items()}
    with scope(MINASE):
        return services.answer_setup(body.officer, draft.uuid, step, given=typed, at=body.clock.now)


def test_every_question_has_a_default_so_that_a_plan_can_be_made_at_once(body: Body) -> None:
    draft = start(body)
    with scope(MINASE):
        plan = services.complete_setup(body.officer, draft.uuid, at=body.clock.now)
        content = queries.content(plan)
    assert plan.edition == FIRST
    assert plan.starts_on == date(2026, 5, 1)
    assert len(plan.scope) == 17
    tasks = [one for one in content.items if "17作業" in one.tags]
    assert len(tasks) == 17 * 17
    assert {one.state for one in content.items} == {ItemState.ACTIVE}
    assert all(one.section for one in content.items)
    assert content.capacities


def test_a_question_offers_the_section_whose_name_fits(body: Body) -> None:
    draft = start(body)
    with scope(MINASE, read_only=True):
        asked = {one.id: one for one in queries.setup_questions(draft.uuid, SetupStep.SECTIONS)}
        names = {choice.code: choice.label for choice in asked["section:lead"].choices}
    assert names[asked["section:lead"].default[0]] == SECTIONS[0]
    assert names[asked["section:business:01"].default[0]] == "住民課"
    assert names[asked["section:business:09"].default[0]] == "福祉課"


def test_what_was_typed_is_kept_right_or_wrong_and_the_draft_waits_at_a_fault(body: Body) -> None:
    draft = answer(body, start(body), SetupStep.CALENDAR, starts_on="来年の春")
    assert draft.step is SetupStep.CALENDAR
    with scope(MINASE, read_only=True):
        question = queries.setup_questions(draft.uuid, SetupStep.CALENDAR)[0]
        assert [one.uuid for one in queries.drafts()] == [draft.uuid]
    assert (question.value, bool(question.problem)) == (("来年の春",), True)
    with scope(MINASE), pytest.raises(AnswersInvalid):
        services.complete_setup(body.officer, draft.uuid, at=body.clock.now)
    draft = answer(body, draft, SetupStep.CALENDAR, starts_on="２０２６-１０-０１")
    assert draft.step is SetupStep.STAFF
    with scope(MINASE):
        assert services.complete_setup(body.officer, draft.uuid, at=body.clock.now).starts_on == date(
            2026, 10, 1
        )


def test_completing_twice_is_one_plan_and_a_made_draft_takes_no_more_answers(body: Body) -> None:
    draft = start(body)
    with scope(MINASE):
        first = services.complete_setup(body.officer, draft.uuid, at=body.clock.now)
        again = services.complete_setup(body.officer, draft.uuid, at=body.clock.now)
        assert (first.uuid, len(queries.plans())) == (again.uuid, 1)
        assert queries.drafts() == []
    kept = answer(body, draft, SetupStep.CALENDAR, starts_on="2030-01-01")
    assert kept.answers == {}


def test_the_answers_shape_the_plan(body: Body) -> None:
    given = {
        "scope:business": ("01", "03"), "council": ("2", "6"), "staff:DX推進担当": ("2.5",), "vendor:business:03": ("甲社",),
        "contract:business:03": ("2027-12-31",), "vendor_slots": ("2",),
    }  # fmt: skip
    plan = body.make(given=given)
    with scope(MINASE, read_only=True):
        content = queries.content(plan)
    assert {one.concept for one in content.items} == {"", "01", "03"}
    assert [one.reason for one in plan.scope if one.code == "02"] == ["計画を作るときに対象から外した"]
    council = [one for one in content.windows if one.kind is WindowKind.ASSEMBLY and one.basis is Basis.BODY]
    assert {one.begins[0] for one in council} == {2, 6}
    assert {one.basis for one in content.windows if one.kind is not WindowKind.ASSEMBLY} == {Basis.PRODUCT}
    units = {(one.kind, one.name): one.units for one in content.capacities}
    assert units[CapacityKind.ROLE, "DX推進担当"] == 2.5
    assert units[CapacityKind.VENDOR, "甲社"] == 2
    assert not any(one.name == "ベンダ" for one in content.capacities)
    assert {one.vendor for one in content.items if one.concept == "03"} == {"甲社"}
    last = [one for one in content.items if one.deadline == date(2027, 12, 31)]
    assert last
    assert {(one.concept, one.deadline_text) for one in last} == {("03", "現行システムの契約の満了")}


def test_a_plan_keeps_the_edition_that_it_pins_so_that_no_update_of_the_product_changes_it(
    body: Body,
) -> None:
    from todoke.programme.packs.models import EditionRow

    body.make()
    with scope(MINASE, read_only=True):
        assert list(EditionRow.objects.values_list("pack", "edition")) == [(FIRST.pack, "1.0")]
    assert body.actions()[-1] == "plan.created"


def test_only_who_may_edit_plans_sets_one_up_and_no_other_body_sees_it(body: Body) -> None:
    draft = start(body)
    with scope(MINASE), pytest.raises(RightMissing):
        services.complete_setup(body.reporter, draft.uuid, at=body.clock.now)
    with scope(HIYORI, read_only=True):
        assert queries.drafts() == []
        with pytest.raises(DraftUnknown):
            queries.draft(draft.uuid)


def test_a_plan_can_be_made_from_every_pack_that_is_shipped_by_defaults_alone(body: Body) -> None:
    made = []
    with scope(MINASE):
        for kind in PlanKind:
            for pack in queries.packs_for(kind):
                plan = services.make_plan(
                    body.officer, kind, pack.newest, title=pack.title, given={}, at=body.clock.now
                )
                made.append(
                    (kind, len(queries.items(plan)), len(queries.roadmap(plan, as_of=date(2026, 4, 6)).rows))
                )
    assert {PlanKind.STANDARDISATION} <= {kind for kind, _, _ in made}
    assert all(items and rows for _, items, rows in made)
