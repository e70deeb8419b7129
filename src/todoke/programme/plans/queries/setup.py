"""Plans being set up, and the questions that are still open."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef, PackSubject, PackSummary
from todoke.programme.plans.errors import DraftUnknown
from todoke.programme.plans.models import SetupDraftRow
from todoke.programme.plans.rules import setting_up
from todoke.programme.plans.rules.setting_up import Town
from todoke.programme.plans.values import PlanKind, SetupDraft, SetupQuestion, SetupStep

from .editions import applies

KIND_OF: Mapping[PackSubject, PlanKind] = {
    PackSubject.OVERALL: PlanKind.OVERALL,
    PackSubject.STRATEGY: PlanKind.OVERALL,
    PackSubject.STANDARDISATION: PlanKind.STANDARDISATION,
    PackSubject.ONLINE: PlanKind.ONLINE,
    PackSubject.WORKFORCE: PlanKind.WORKFORCE,
}


def packs_for(kind: PlanKind) -> Sequence[PackSummary]:
    """The packs from which a plan of a kind can be made, with their newest editions; overlays are laid over by themselves."""
    return [one for one in packs.packs() if not one.overlays and KIND_OF.get(one.subject) is kind]


def drafts() -> Sequence[SetupDraft]:
    """The plans that are being set up and not made yet, the last touched first."""
    rows = SetupDraftRow.objects.filter(plan=None).order_by("-updated_at", "-pk")
    return [_draft_of(row) for row in rows.select_related("plan")]


def draft(uuid: UUID) -> SetupDraft:
    """One draft, made or not. Raises DraftUnknown."""
    return _draft_of(_row(uuid))


def _row(uuid: UUID) -> SetupDraftRow:
    row = SetupDraftRow.objects.select_related("plan").filter(uuid=uuid).first()
    if row is None:
        raise DraftUnknown
    return row


def _draft_of(row: SetupDraftRow) -> SetupDraft:
    return SetupDraft(
        row.uuid, PlanKind(row.kind), row.title, EditionRef(row.pack, row.edition, row.release), SetupStep(row.step),
        {name: tuple(values) for name, values in row.answers.items()}, row.updated_at, row.version,
        row.plan.uuid if row.plan else None,
    )  # fmt: skip


def setup_steps(uuid: UUID) -> Sequence[SetupStep]:
    """The steps of a draft in which something is asked. Raises DraftUnknown."""
    return setting_up.steps(town(_row(uuid)))


def setup_questions(uuid: UUID, step: SetupStep | None = None) -> Sequence[SetupQuestion]:
    """The questions of a draft, of one step or of all, with what was typed and what is wrong. Raises DraftUnknown."""
    row = _row(uuid)
    found = setting_up.questions(town(row), row.answers)
    return [one for one in found if step is None or one.step is step]


def town(row: SetupDraftRow) -> Town:
    """What is known before anything is asked."""
    ref = EditionRef(row.pack, row.edition, row.release)
    edition = packs.edition(ref, packs.overlays_for(ref))
    return Town(PlanKind(row.kind), edition, applies(), tuple(organisations.sections()), row.started_on)
