"""The bodies below, read in one edition: what the prefecture and the nation see. Submissions only; no plan of any body."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Count, QuerySet

from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup.models import ComparedRow, SubmissionRow, SummedRow
from todoke.programme.rollup.rules import spreading, summing
from todoke.programme.rollup.values import (
    BodyLine,
    ConceptLine,
    Counts,
    RollUp,
    SubmissionSource,
    SubmissionState,
    Summed,
)

from .comparing import labels_of
from .reading import UNREAD, concepts_of, counts_of, registered_keys, submission_of

SUBMITTED = SubmissionSource.SUBMITTED


def bodies_below(source: SubmissionSource = SUBMITTED) -> dict[str, str]:
    """Code and name of every body that submits to the one in scope: as registered, and whoever a source tells of."""
    ours = current_organisation()
    found = {one.code: one.name for one in organisations.organisations() if one.parent == ours}
    for code, name in current(source).values_list("subject", "name").order_by("pk"):
        found.setdefault(code, name)
    return dict(sorted(found.items()))


def current(source: SubmissionSource, pack: str = "", within: str = "") -> QuerySet[SubmissionRow]:
    """The rows that count; of one pack, of one prefecture."""
    rows = SubmissionRow.objects.filter(source=source.value, state=SubmissionState.CURRENT.value)
    rows = rows.filter(pack=pack) if pack else rows
    return rows.filter(subject__startswith=within) if within else rows


def compared(
    pack: str, basis: EditionRef, source: SubmissionSource, within: str = ""
) -> QuerySet[ComparedRow]:
    """The rows that count, as they read in an edition."""
    rows = ComparedRow.objects.filter(
        edition=basis.edition, release=basis.release, submission__pack=pack, submission__source=source.value,
        submission__state=SubmissionState.CURRENT.value,
    )  # fmt: skip
    return rows.filter(submission__subject__startswith=within) if within else rows


def packs_in_use(source: SubmissionSource = SUBMITTED) -> Sequence[str]:
    """The packs that current submissions are about."""
    return sorted(current(source).exclude(pack="").values_list("pack", flat=True).order_by().distinct())


def roll_up(
    pack: str, *, as_of: date, basis: EditionRef | None = None, source: SubmissionSource = SUBMITTED, within: str = "",
    most_listed: int | None = None,
) -> RollUp:  # fmt: skip
    """All bodies below with their figures in one edition, and how those are spread; `within`: of one prefecture（two digits）.

    Without a basis: the edition in use in which the most bodies compare wholly, of equal ones the newest. Of more bodies
    than `most_listed` none is listed, and the figures come from their kept sum where there is one. The number of questions
    to the database does not depend on the number of bodies.
    """
    names = {code: name for code, name in bodies_below(source).items() if code.startswith(within)}
    bases = bases_in_use(pack, source, within)
    chosen = basis if basis in bases else _best(bases, source, within)
    is_listed = most_listed is None or len(names) <= most_listed
    found = None if is_listed or within else _kept(chosen, source)
    lines: tuple[BodyLine, ...] = ()
    if found is None:
        read = compared(pack, chosen, source, within) if chosen else None
        told = _told(current(source, pack, within), read, names, as_of)
        found = spreading.summed(list(told.values()))
        lines = _all(names, told, as_of) if is_listed else ()
    of = len(names)
    return RollUp(
        pack, chosen, bases, as_of, source, within, of, lines, found.submitted, found.comparable,
        of - found.submitted + spreading.late(found.days, as_of), spreading.aggregate(found.rate, of, as_of),
        spreading.aggregate(found.weighted, of, as_of), _concepts(found, chosen, bases, of, as_of),
        spreading.areas(found, names, as_of),
    )  # fmt: skip


def _concepts(
    found: Summed, basis: EditionRef | None, bases: Sequence[EditionRef], of: int, as_of: date
) -> tuple[ConceptLine, ...]:
    """A 事務 that the edition does not know has the name of another edition in use."""
    if basis is None:
        return ()
    labels = {code: label for ref in (*bases, basis) for code, label in labels_of(ref).items()}
    return tuple(
        ConceptLine(code, labels.get(code, code), one.counts, spreading.aggregate(one.rate, of, as_of))
        for code, one in found.concepts.items()
    )


def bases_in_use(pack: str, source: SubmissionSource, within: str = "") -> tuple[EditionRef, ...]:
    """The editions of current submissions that are at hand here, in their order."""
    if not pack:
        return ()
    rows = current(source, pack, within).values_list("edition", "release").order_by().distinct()
    in_use = {EditionRef(pack, edition, release) for edition, release in rows}
    order = {ref: place for place, ref in enumerate(packs.editions(pack))} if in_use else {}
    return tuple(sorted(in_use & order.keys(), key=lambda ref: order[ref]))


def _best(bases: Sequence[EditionRef], source: SubmissionSource, within: str) -> EditionRef | None:
    if len(bases) <= 1:
        return bases[0] if bases else None
    wholly = dict.fromkeys(bases, 0)
    pack = bases[0].pack
    rows = ComparedRow.objects.filter(
        unknown=0, submission__pack=pack, submission__source=source.value,
        submission__state=SubmissionState.CURRENT.value,
    )  # fmt: skip
    rows = rows.filter(submission__subject__startswith=within) if within else rows
    for edition, release, count in rows.values_list("edition", "release").annotate(Count("pk")).order_by():
        ref = EditionRef(pack, edition, release)
        if ref in wholly:
            wholly[ref] = count
    return max(bases, key=lambda ref: (wholly[ref], bases.index(ref)))


def _told(
    rows: QuerySet[SubmissionRow], read: QuerySet[ComparedRow] | None, names: Mapping[str, str], as_of: date
) -> dict[str, tuple[BodyLine, Mapping[str, Counts]]]:
    """Per body that has submitted its line and its counts per 事務."""
    by_row = {one.submission_id: one for one in read.defer("states")} if read is not None else {}
    told: dict[str, tuple[BodyLine, Mapping[str, Counts]]] = {}
    keys = registered_keys()
    for row in rows.defer(*UNREAD).order_by("subject"):
        found = by_row.get(row.pk)
        counts = counts_of(found) if found else None
        line = spreading.line(row.subject, names[row.subject], submission_of(row, keys), counts, as_of)
        told[row.subject] = (line, concepts_of(found.concepts) if found else {})
    return told


def _all(
    names: Mapping[str, str], told: Mapping[str, tuple[BodyLine, Mapping[str, Counts]]], as_of: date
) -> tuple[BodyLine, ...]:
    return tuple(
        told[code][0] if code in told else spreading.line(code, name, None, None, as_of)
        for code, name in names.items()
    )


def _kept(basis: EditionRef | None, source: SubmissionSource) -> Summed | None:
    if basis is None:
        return None
    rows = SummedRow.objects.filter(
        source=source.value, pack=basis.pack, edition=basis.edition, release=basis.release
    )
    text = rows.values_list("document", flat=True).first()
    return summing.read(text) if text is not None else None


def sum_of(basis: EditionRef, source: SubmissionSource) -> Summed:
    """All current submissions in one edition, summed up anew; to be kept. The day says nothing here."""
    read = compared(basis.pack, basis, source)
    told = _told(current(source, basis.pack), read, bodies_below(source), date.max)
    return spreading.summed(list(told.values()))
