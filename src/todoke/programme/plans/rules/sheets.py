"""The 改定影響票: how many items meet which case, what is asked, and the hash that an adoption quotes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from todoke.foundation.canonical import hash_of
from todoke.programme.packs.values import EditionRef
from todoke.programme.plans.values import (
    Choice,
    ImpactSheet,
    MergeCase,
    Merged,
    PlanContent,
    ScheduleEffect,
)

from .columns import pin

ENDING = frozenset({MergeCase.RETIRED, MergeCase.SPLIT, MergeCase.MERGED, MergeCase.TO_SORT})


def sheet_of(
    ours: PlanContent,
    merged: Merged,
    hops: Sequence[EditionRef],
    *,
    snapshot_sha256: str,
    effect: ScheduleEffect | None = None,
) -> ImpactSheet:
    """The sheet of a merge. The hash is that of the plan as it is, the editions passed, the overlays and every choice."""
    counts = dict.fromkeys(MergeCase, 0)
    for line in merged.lines:
        counts[line.case] += 1
    choices = {one.id: one.choice for one in merged.questions}
    before, after = _evidence(ours), _evidence(merged.content)
    return ImpactSheet(
        ours.plan.uuid, ours.plan.edition, merged.content.plan.edition, tuple(hops), counts, merged.lines,
        merged.questions, merged.parts, sum(one.evidence for one in merged.lines if one.case in ENDING),
        len(before - after), sheet_hash(snapshot_sha256, [*hops, *merged.content.plan.overlays], choices), effect,
    )  # fmt: skip


def sheet_hash(snapshot_sha256: str, editions: Sequence[EditionRef], choices: Mapping[str, Choice]) -> str:
    """SHA-256 (hex) of what exactly would be adopted."""
    shown = {
        "plan": snapshot_sha256,
        "editions": [pin(one) for one in editions],
        "choices": {name: choice.value for name, choice in choices.items()},
    }
    return hash_of(shown)


def _evidence(content: PlanContent) -> set[tuple[UUID, str]]:
    """Every proof with the key of an item that has it: items keep their uuid, so none may go."""
    return {(proof.uuid, str(item.uuid)) for item in content.items for proof in item.evidence}
