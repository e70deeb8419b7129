"""The bodies below, read in one edition: what the prefecture and the nation see. Submissions only; no plan of any body."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.errors import SubmissionUnknown
from todoke.programme.rollup.models import ComparedRow, SubmissionRow
from todoke.programme.rollup.rules import spreading
from todoke.programme.rollup.rules.comparing import added
from todoke.programme.rollup.rules.snapshots import counts
from todoke.programme.rollup.values import (
    BodyLine,
    ConceptLine,
    Counts,
    RollUp,
    Snapshot,
    StepLine,
    Submission,
    SubmissionSource,
    SubmissionState,
)

from .comparing import basis as basis_of
from .reading import concepts_of, counts_of, snapshot_in, submission_of


def bodies_below() -> dict[str, str]:
    """Code and name of every body that submits to the one in scope: as registered, and whoever has submitted."""
    ours = current_organisation()
    found = {one.code: one.name for one in organisations.organisations() if one.parent == ours}
    rows = SubmissionRow.objects.filter(state=SubmissionState.CURRENT.value)
    for code, name in rows.values_list("subject", "name").order_by("pk"):
        found.setdefault(code, name)
    return dict(sorted(found.items()))


def _current(source: SubmissionSource, pack: str) -> list[SubmissionRow]:
    rows = SubmissionRow.objects.filter(source=source.value, pack=pack, state=SubmissionState.CURRENT.value)
    return list(rows.defer("document").order_by("subject"))


def packs_in_use(source: SubmissionSource = SubmissionSource.SUBMITTED) -> Sequence[str]:
    """The packs that current submissions are about."""
    rows = SubmissionRow.objects.filter(source=source.value, state=SubmissionState.CURRENT.value)
    return sorted(set(rows.exclude(pack="").values_list("pack", flat=True)))


def roll_up(
    pack: str, *, as_of: date, basis: EditionRef | None = None,
    source: SubmissionSource = SubmissionSource.SUBMITTED, within: str = "",
) -> RollUp:  # fmt: skip
    """All bodies below with their figures in one edition, and how those are spread; `within`: of one prefecture（two digits）.

    Without a basis: the edition in use in which the most bodies compare wholly, of equal ones the newest.
    The number of questions to the database does not depend on the number of bodies.
    """
    rows = [one for one in _current(source, pack) if one.subject.startswith(within)]
    bases = _bases(rows)
    chosen = basis if basis in bases else _best(bases, rows)
    compared = _compared(rows, chosen)
    by_code = {one.subject: one for one in rows}
    names = bodies_below() | {one.subject: one.name for one in rows}
    lines = []
    for code, name in sorted(names.items()):
        if code.startswith(within):
            row = by_code.get(code)
            lines.append(_line(code, name, row, compared, as_of))
    known = [one.counts for one in lines if one.counts is not None]
    weighted = [one.submission.weighted_permille if one.submission else None for one in lines]
    concepts = [concepts_of(of) for of in _texts(lines, compared, by_code)]
    return RollUp(
        pack, chosen, bases, as_of, source, tuple(lines), sum(one.submission is not None for one in lines),
        sum(one.is_comparable for one in lines), sum(one.is_late for one in lines),
        spreading.aggregate(lines, [one.rate for one in lines], known),
        spreading.aggregate(lines, spreading.permille(weighted), known), _concepts(lines, chosen, concepts),
        spreading.areas(lines),
    )  # fmt: skip


def _texts(
    lines: Iterable[BodyLine], compared: Mapping[int, ComparedRow], by_code: Mapping[str, SubmissionRow]
) -> Iterator[str]:
    for one in lines:
        row = by_code.get(one.code)
        found = compared.get(row.pk) if row else None
        yield found.concepts if found else "{}"


def _line(
    code: str, name: str, row: SubmissionRow | None, compared: Mapping[int, ComparedRow], as_of: date
) -> BodyLine:
    if row is None:
        return spreading.line(code, name, None, None, as_of)
    found = compared.get(row.pk)
    return spreading.line(code, name, submission_of(row), counts_of(found) if found else None, as_of)


def _bases(rows: Iterable[SubmissionRow]) -> tuple[EditionRef, ...]:
    in_use = {EditionRef(one.pack, one.edition, one.release) for one in rows}
    if not in_use:
        return ()
    order = {ref: place for place, ref in enumerate(packs.editions(next(iter(in_use)).pack))}
    return tuple(sorted(in_use & order.keys(), key=lambda ref: order[ref]))


def _best(bases: Sequence[EditionRef], rows: Sequence[SubmissionRow]) -> EditionRef | None:
    if len(bases) <= 1:
        return bases[0] if bases else None
    wholly = dict.fromkeys(bases, 0)
    found = ComparedRow.objects.filter(unknown=0, submission__in=[one.pk for one in rows])
    for edition, release in found.values_list("edition", "release"):
        ref = EditionRef(bases[0].pack, edition, release)
        if ref in wholly:
            wholly[ref] += 1
    return max(bases, key=lambda ref: (wholly[ref], bases.index(ref)))


def _compared(rows: Sequence[SubmissionRow], basis: EditionRef | None) -> dict[int, ComparedRow]:
    if basis is None:
        return {}
    wanted = {one.pk for one in rows}
    found = ComparedRow.objects.filter(
        edition=basis.edition, release=basis.release, submission__pack=basis.pack,
        submission__state=SubmissionState.CURRENT.value,
    )  # fmt: skip
    return {one.submission_id: one for one in found.defer("states") if one.submission_id in wanted}


def _concepts(
    lines: Sequence[BodyLine], basis: EditionRef | None, of_line: Sequence[Mapping[str, Counts]]
) -> tuple[ConceptLine, ...]:
    if basis is None:
        return ()
    labels = labels_of(basis)
    codes = sorted({code for of in of_line for code in of if code})
    return tuple(_concept(code, labels.get(code, code), lines, of_line) for code in codes)


def _concept(
    code: str, label: str, lines: Sequence[BodyLine], of_line: Sequence[Mapping[str, Counts]]
) -> ConceptLine:
    found = [of.get(code) for of in of_line]
    known = [one for one in found if one is not None]
    rates = [one.rate if one else None for one in found]
    return ConceptLine(code, label, added(known), spreading.aggregate(lines, rates, known))


def labels_of(edition: EditionRef) -> dict[str, str]:
    """The names of the codes of an edition's lists."""
    if basis_of(edition) is None:
        return {}
    return {one.code: one.label for of in packs.edition(edition).codelists.values() for one in of}


def steps(
    pack: str, concept: str, *, basis: EditionRef, source: SubmissionSource = SubmissionSource.SUBMITTED
) -> tuple[StepLine, ...]:
    """One 事務 over all bodies, step by step."""
    there = basis_of(basis)
    rows = ComparedRow.objects.filter(
        edition=basis.edition, release=basis.release, submission__pack=pack, submission__source=source.value,
        submission__state=SubmissionState.CURRENT.value,
    )  # fmt: skip
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
    pack: str, *, basis: EditionRef, source: SubmissionSource = SubmissionSource.SUBMITTED
) -> Mapping[str, Mapping[str, str]]:
    """Per body and 事務 the letters of its steps in one edition; for the form of the monthly report."""
    rows = ComparedRow.objects.filter(
        edition=basis.edition, release=basis.release, submission__pack=pack, submission__source=source.value,
        submission__state=SubmissionState.CURRENT.value,
    )  # fmt: skip
    return {code: json.loads(text) for code, text in rows.values_list("submission__subject", "states")}


def submission(uuid: UUID) -> Submission:
    """One received submission. Raises SubmissionUnknown."""
    row = SubmissionRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise SubmissionUnknown
    return submission_of(row)


def snapshot(uuid: UUID) -> Snapshot | None:
    """What it said; None where only its withdrawal arrived. Raises SubmissionUnknown."""
    row = SubmissionRow.objects.filter(uuid=uuid).first()
    if row is None:
        raise SubmissionUnknown
    return snapshot_in(row)


def log_of(subject: str) -> Sequence[Submission]:
    """Every submission of a body, superseded and withdrawn ones too, the newest first."""
    rows = SubmissionRow.objects.filter(subject=subject).defer("document").order_by("-number", "-pk")
    return [submission_of(row) for row in rows[:200]]
