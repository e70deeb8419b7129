"""Single submissions, and the steps of one 事務 over all bodies."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.errors import SubmissionUnknown
from todoke.programme.rollup.models import SubmissionRow
from todoke.programme.rollup.rules.snapshots import counts
from todoke.programme.rollup.values import Snapshot, StepLine, Submission, SubmissionSource

from .comparing import basis as basis_of
from .reading import UNREAD, registered_keys, snapshot_in, submission_of
from .rolling import compared

SUBMITTED = SubmissionSource.SUBMITTED


def steps(
    pack: str, concept: str, *, basis: EditionRef, source: SubmissionSource = SUBMITTED, within: str = ""
) -> tuple[StepLine, ...]:
    """One 事務 over all bodies, or over those of one prefecture, step by step."""
    there = basis_of(basis)
    rows = compared(pack, basis, source, within)
    texts = [json.loads(text).get(concept) for text in rows.values_list("states", flat=True)]
    if there is None:
        return ()
    columns = zip(*[one for one in texts if one], strict=True)
    nodes = {one.id: one for one in packs.edition(basis).nodes}
    lines = (
        StepLine(step, nodes[step].number, nodes[step].label, counts(column))
        for step, column in zip(there.steps, columns, strict=False)
    )
    return tuple(one for one in lines if one.counts.steps)


def letters(
    pack: str, *, basis: EditionRef, source: SubmissionSource = SUBMITTED, within: str = ""
) -> Mapping[str, Mapping[str, str]]:
    """Per body and 事務 the letters of its steps in one edition; for the form of the monthly report."""
    rows = compared(pack, basis, source, within)
    return {code: json.loads(text) for code, text in rows.values_list("submission__subject", "states")}


def submission(uuid: UUID) -> Submission:
    """One received submission. Raises SubmissionUnknown."""
    return submission_of(_row(uuid), registered_keys())


def snapshot(uuid: UUID) -> Snapshot | None:
    """What it said; None where only its withdrawal arrived. Raises SubmissionUnknown."""
    return snapshot_in(_row(uuid))


def _row(uuid: UUID) -> SubmissionRow:
    row = SubmissionRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise SubmissionUnknown
    return row


def log_of(subject: str) -> Sequence[Submission]:
    """Every submission of a body, superseded and withdrawn ones too, the newest first."""
    rows = SubmissionRow.objects.filter(subject=subject).defer(*UNREAD).order_by("-number", "-pk")
    keys = registered_keys()
    return [submission_of(row, keys) for row in rows[:200]]
