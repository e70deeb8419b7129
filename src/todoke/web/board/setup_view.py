"""The wizard from "new town" to a first plan: one step of a draft, its questions side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from todoke.programme.plans import queries
from todoke.programme.plans.values import SetupDraft, SetupQuestion, SetupStep
from todoke.web.shared.requests import typed_text


@dataclass(frozen=True, slots=True)
class SetupLine:
    """Questions that are asked of one thing（業務, 手続の区分）, one cell each."""

    label: str
    questions: tuple[SetupQuestion, ...]


@dataclass(frozen=True, slots=True)
class SetupView:
    """One step of a draft: its place among the steps, its questions alone and as a table, what is wrong."""

    draft: SetupDraft
    step: SetupStep
    steps: tuple[SetupStep, ...]
    questions: tuple[SetupQuestion, ...]
    columns: tuple[str, ...]
    lines: tuple[SetupLine, ...]
    faults: tuple[SetupQuestion, ...]
    others: tuple[SetupStep, ...]

    @property
    def place(self) -> int:
        """Which of the steps it is, from 1."""
        return self.steps.index(self.step) + 1

    @property
    def is_last(self) -> bool:
        """Whether the plan is made after it."""
        return self.step == self.steps[-1]

    @property
    def before(self) -> SetupStep | None:
        """The step before it."""
        return self.steps[self.place - 2] if self.place > 1 else None


def setup_view(uuid: UUID, wanted: str) -> SetupView:
    """A step of a draft: the one that is asked for, else the one that the draft stands at. Raises DraftUnknown."""
    draft = queries.draft(uuid)
    steps = tuple(queries.setup_steps(uuid))
    step = next((one for one in steps if one.value == wanted), draft.step)
    every = queries.setup_questions(uuid)
    mine = tuple(one for one in every if one.step is step)
    faults = tuple(one for one in every if one.problem)
    lines, columns = _table(mine)
    alone = tuple(one for one in mine if not any(one in line.questions for line in lines))
    others = tuple(dict.fromkeys(one.step for one in faults if one.step is not step))
    return SetupView(
        draft, step, steps, alone, columns, lines, tuple(one for one in faults if one.step is step), others
    )


def _table(questions: tuple[SetupQuestion, ...]) -> tuple[tuple[SetupLine, ...], tuple[str, ...]]:
    """Questions that are asked of each thing in turn, as lines of a table with its columns."""
    of_each = [one for one in questions if one.id.count(":") >= 2]
    rows: dict[str, list[SetupQuestion]] = {}
    columns: dict[str, None] = {}
    for one in of_each:
        label, _, column = one.label.partition("：")
        rows.setdefault(label, []).append(one)
        columns[column or "担当課"] = None
    return tuple(SetupLine(label, tuple(some)) for label, some in rows.items()), tuple(columns)


def step_in(uuid: UUID, name: str) -> SetupStep:
    """The step of this name; else the one that the draft stands at. Raises DraftUnknown."""
    draft = queries.draft(uuid)
    return next((one for one in SetupStep if one.value == name), draft.step)


def given_in(uuid: UUID, step: SetupStep, posted: QueryDict) -> Mapping[str, tuple[str, ...]]:
    """What was typed into the questions of a step, cleaned of what cannot be kept. Raises DraftUnknown."""
    asked = queries.setup_questions(uuid, step)
    return {one.id: tuple(typed_text(value, 400) for value in posted.getlist(one.id)) for one in asked}
