"""From "new town" to a first plan: a draft that is kept at every step, and the plan that is made of it, once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef
from todoke.programme.plans import queries
from todoke.programme.plans.errors import AnswersInvalid, DraftUnknown, TextMissing
from todoke.programme.plans.models import PlanRow, SetupDraftRow
from todoke.programme.plans.rules import setting_up
from todoke.programme.plans.rules.arranging import arranged
from todoke.programme.plans.rules.columns import plan_columns
from todoke.programme.plans.rules.generating import generate
from todoke.programme.plans.rules.setting_up import Town
from todoke.programme.plans.values import Plan, PlanKind, SetupAnswers, SetupDraft, SetupStep

from .writing import Hand, columns_in, keep_pins, put, write_parts


@transaction.atomic
def start_setup(
    viewer: Viewer, kind: PlanKind, edition: EditionRef, *, title: str, at: datetime, terminal: str = ""
) -> SetupDraft:
    """Begin to set a plan up from an edition. Raises RightMissing, EditionUnknown, TextMissing."""
    require(viewer, Right.EDIT_PLANS)
    if not title.strip():
        raise TextMissing(field="計画の名前")
    packs.edition(edition)
    hand = Hand(viewer, at, terminal)
    row = SetupDraftRow.objects.create(
        organisation_id=current_organisation(), kind=kind.value, title=title.strip()[:100], pack=edition.pack,
        edition=edition.edition, release=edition.release, step=SetupStep.SCOPE.value, started_on=japanese_date(at),
        updated_at=at, created_by=hand.name,
    )  # fmt: skip
    hand.record("plan.setup_started", row.uuid, {"edition": str(edition)})
    return _settle(row, at)


def _settle(row: SetupDraftRow, at: datetime) -> SetupDraft:
    """Stand at the first step that asks something."""
    asked = setting_up.steps(queries.town(row))
    if SetupStep(row.step) not in asked:
        row.step = asked[0].value
        row.save(update_fields=["step"])
    return queries.draft(row.uuid)


@transaction.atomic
def answer_setup(
    viewer: Viewer,
    uuid: UUID,
    step: SetupStep,
    *,
    given: Mapping[str, Sequence[str]],
    at: datetime,
    terminal: str = "",
) -> SetupDraft:
    """Keep the answers of a step as they were typed, right or wrong; without a fault the draft moves on to the next step.

    Only questions of that step are taken. A made draft stays as it is. Raises RightMissing, DraftUnknown.
    """
    require(viewer, Right.EDIT_PLANS)
    row = _draft(uuid)
    if row.plan_id is not None:
        return queries.draft(uuid)
    town = queries.town(row)
    asked = {one.id for one in setting_up.questions(town, row.answers) if one.step is step}
    row.answers = {**row.answers, **{name: list(typed) for name, typed in given.items() if name in asked}}
    faults = [one for one in setting_up.questions(town, row.answers) if one.step is step and one.problem]
    row.step = (step if faults else _next(town, step)).value
    row.version += 1
    row.updated_at = at
    row.save(update_fields=["answers", "step", "version", "updated_at"])
    Hand(viewer, at, terminal).record(
        "plan.setup_answered", row.uuid, {"step": step.value, "faults": len(faults)}
    )
    return queries.draft(uuid)


def _next(town: Town, step: SetupStep) -> SetupStep:
    later = [
        one for one in setting_up.steps(town) if list(SetupStep).index(one) > list(SetupStep).index(step)
    ]
    return later[0] if later else step


def _draft(uuid: UUID) -> SetupDraftRow:
    row = SetupDraftRow.objects.select_for_update().filter(uuid=uuid).first()
    if row is None:
        raise DraftUnknown
    return row


@transaction.atomic
def complete_setup(viewer: Viewer, uuid: UUID, *, at: datetime, terminal: str = "") -> Plan:
    """Make the plan of a draft; what is unanswered counts by its default. Completing twice is one plan.

    Raises RightMissing, DraftUnknown, AnswersInvalid when an answer cannot be read.
    """
    require(viewer, Right.EDIT_PLANS)
    row = _draft(uuid)
    if row.plan_id is not None:
        return queries.plan(PlanRow.objects.get(pk=row.plan_id).uuid)
    town = queries.town(row)
    faults = [one for one in setting_up.questions(town, row.answers) if one.problem]
    if faults:
        raise AnswersInvalid(count=len(faults))
    answers = setting_up.read(town, row.answers)
    plan = _make(town, row.title, answers, Hand(viewer, at, terminal))
    SetupDraftRow.objects.filter(pk=row.pk).update(plan_id=plan.id, updated_at=at)
    return plan


@transaction.atomic
def make_plan(
    viewer: Viewer,
    kind: PlanKind,
    edition: EditionRef,
    *,
    title: str,
    given: Mapping[str, Sequence[str]],
    at: datetime,
    terminal: str = "",
) -> Plan:
    """Make a plan in one go, from answers by the ids of the wizard's questions（none: every default）.

    Raises RightMissing, EditionUnknown, TextMissing, AnswersInvalid.
    """
    draft = start_setup(viewer, kind, edition, title=title, at=at, terminal=terminal)
    for step in SetupStep:
        answer_setup(viewer, draft.uuid, step, given=given, at=at, terminal=terminal)
    return complete_setup(viewer, draft.uuid, at=at, terminal=terminal)


def _make(town: Town, title: str, answers: SetupAnswers, hand: Hand) -> Plan:
    ref = town.edition.ref
    plan = Plan(
        0, uuid4(), title, town.kind, ref, answers.starts_on, hand.at, packs.overlays_for(ref),
        scope=setting_up.scope_of(town, answers),
    )  # fmt: skip
    content = arranged(generate(plan, town.edition, town.applies), answers)
    row = PlanRow(
        organisation_id=current_organisation(), uuid=plan.uuid, created_at=hand.at, created_by=hand.name
    )
    put(row, plan_columns(replace(plan, title=title)))
    row.save(force_insert=True)
    write_parts(row, columns_in(content))
    keep_pins(plan, hand)
    hand.record(
        "plan.created", row.uuid, {"kind": town.kind.value, "edition": str(ref), "items": len(content.items)}
    )
    return queries.plan(row.uuid)
