"""Rows of received submissions: kept once, which one counts, and how the current ones read in the editions in use."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from todoke.foundation.exchange.queries import sha256
from todoke.foundation.fence import current_organisation
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup import queries
from todoke.programme.rollup.errors import SubmissionUnfit
from todoke.programme.rollup.models import ComparedRow, PublicationRow, SubmissionRow
from todoke.programme.rollup.queries.reading import UNREAD, snapshot_in
from todoke.programme.rollup.rules import comparing, snapshots
from todoke.programme.rollup.values import Compared, Counts, Snapshot, SubmissionSource, SubmissionState

from .summing import forget

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is told of a body: its snapshot under a number, or（no snapshot）that the number was withdrawn.

    `original` is the body's own signed file, `key` the one that signed it; empty for what was published.
    """

    subject: str
    number: int
    as_of: date
    made_at: datetime
    snapshot: Snapshot | None = None
    original: str = ""
    key: str = ""


@transaction.atomic
def keep(
    entries: Sequence[Entry], *, sender: str, at: datetime, source: SubmissionSource = SubmissionSource.SUBMITTED,
    publication: PublicationRow | None = None,
) -> int:  # fmt: skip
    """Keep what is told, once; each number is told once and never changed. Returns how many rows are new.

    Raises SubmissionUnfit where a number is told anew with other contents.
    """
    subjects = sorted({one.subject for one in entries})
    known = _known(subjects, source)
    keys = _keys(known.values())
    new, withdrawn, filled = [], [], []
    for one in entries:
        row = known.get((one.subject, one.number))
        if row is None:
            fresh = _row(one, sender, at, source, publication)
            fresh.is_new_key = bool(keys.setdefault(one.subject, set()) - {one.key})
            keys[one.subject].add(one.key)
            known[(one.subject, one.number)] = fresh
            new.append(fresh)
        elif one.snapshot is None:
            withdrawn.append((row, one))
        elif not row.sha256:
            _fill(row, one.snapshot, one)
            filled.append(row)
        elif row.sha256 != _digest(one.snapshot):
            raise SubmissionUnfit(where="number")
    SubmissionRow.objects.bulk_create(new, batch_size=_CHUNK)
    for row, one in withdrawn:
        _withdraw(row, one, at)
    for row in filled:
        row.save()
    settle(subjects, source)
    return len(new)


def _keys(rows: Iterable[SubmissionRow]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.signer_key:
            found.setdefault(row.subject, set()).add(row.signer_key)
    return found


def _known(subjects: Sequence[str], source: SubmissionSource) -> dict[tuple[str, int], SubmissionRow]:
    found: dict[tuple[str, int], SubmissionRow] = {}
    for start in range(0, len(subjects), _CHUNK):
        rows = SubmissionRow.objects.filter(source=source.value, subject__in=subjects[start : start + _CHUNK])
        found |= {(row.subject, row.number): row for row in rows.defer(*UNREAD)}
    return found


def _row(
    one: Entry, sender: str, at: datetime, source: SubmissionSource, publication: PublicationRow | None
) -> SubmissionRow:
    state = SubmissionState.SUPERSEDED if one.snapshot else SubmissionState.WITHDRAWN
    row = SubmissionRow(
        organisation_id=current_organisation(), subject=one.subject, name=one.subject, sender=sender, source=source.value,
        number=one.number, as_of=one.as_of, made_at=one.made_at, received_at=at, state=state.value, document=b"",
        publication=publication, withdrawn_at=None if one.snapshot else at, signer_key=one.key,
    )  # fmt: skip
    if one.snapshot:
        _fill(row, one.snapshot, one)
    else:
        row.withdrawal = _packed(one)
    return row


def _packed(one: Entry) -> bytes:
    return zlib.compress(one.original.encode(), 6) if one.original else b""


def _fill(row: SubmissionRow, one: Snapshot, told: Entry) -> None:
    row.signed, row.signer_key = _packed(told), told.key
    found = snapshots.counts(one.states.values())
    row.name, row.as_of = one.name, one.as_of
    row.pack, row.edition, row.release = one.edition.pack, one.edition.edition, one.edition.release
    row.done, row.out_of_scope = found.done, found.out_of_scope
    row.working, row.not_started = found.working, found.not_started
    row.weighted_permille, row.stale_permille = one.weighted_permille, one.stale_permille
    row.p50, row.p80, row.chance_permille = one.p50, one.p80, one.chance_permille
    row.document, row.sha256 = zlib.compress(snapshots.canonical(one), 6), _digest(one)


def _digest(one: Snapshot) -> str:
    return sha256(snapshots.canonical(one))


def _withdraw(row: SubmissionRow, told: Entry, at: datetime) -> None:
    if row.state != SubmissionState.WITHDRAWN.value:
        row.state, row.withdrawn_at, row.withdrawal = SubmissionState.WITHDRAWN.value, at, _packed(told)
        row.save(update_fields=["state", "withdrawn_at", "withdrawal"])


def settle(subjects: Sequence[str], source: SubmissionSource) -> None:
    """Let the highest number of each body and pack that was not withdrawn be the current one, and compare it."""
    forget(source)
    changed: list[SubmissionRow] = []
    for start in range(0, len(subjects), _CHUNK):
        rows = SubmissionRow.objects.filter(
            source=source.value, subject__in=subjects[start : start + _CHUNK]
        ).order_by("number")
        changed += _settled(list(rows.exclude(state=SubmissionState.WITHDRAWN.value)))
        _drop_comparisons(subjects[start : start + _CHUNK])
    SubmissionRow.objects.bulk_update(changed, ["state"], batch_size=_CHUNK)
    current = [one for one in changed if one.state == SubmissionState.CURRENT.value]
    _compare(current, _in_use(source))


def _settled(rows: Sequence[SubmissionRow]) -> list[SubmissionRow]:
    newest = {(row.subject, row.pack): row.pk for row in rows}
    changed = []
    for row in rows:
        is_newest = newest[(row.subject, row.pack)] == row.pk
        state = (SubmissionState.CURRENT if is_newest else SubmissionState.SUPERSEDED).value
        if row.state != state:
            row.state = state
            changed.append(row)
    return changed


def _drop_comparisons(subjects: Sequence[str]) -> None:
    """Of what counts no longer; withdrawn ones are among them."""
    old = ComparedRow.objects.filter(submission__subject__in=subjects)
    rows = old.exclude(submission__state=SubmissionState.CURRENT.value).values_list("pk", flat=True)
    ComparedRow.objects.filter(pk__in=list(rows)).delete()


def _in_use(source: SubmissionSource) -> dict[str, list[EditionRef]]:
    rows = SubmissionRow.objects.filter(source=source.value, state=SubmissionState.CURRENT.value).exclude(
        pack=""
    )
    found: dict[str, list[EditionRef]] = {}
    for pack, edition, release in rows.values_list("pack", "edition", "release").distinct().order_by():
        found.setdefault(pack, []).append(EditionRef(pack, edition, release))
    return found


def _compare(rows: Iterable[SubmissionRow], in_use: Mapping[str, Sequence[EditionRef]]) -> int:
    made = []
    for row in rows:
        one = snapshot_in(row)
        if one is not None:
            made += [found for wanted in in_use.get(row.pack, ()) if (found := _compared(row, one, wanted))]
    ComparedRow.objects.bulk_create(made, batch_size=_CHUNK, ignore_conflicts=True)
    return len(made)


def _compared(row: SubmissionRow, one: Snapshot, wanted: EditionRef) -> ComparedRow | None:
    reader = queries.reader(one.edition, wanted, one.steps)
    return _compared_row(row, comparing.compare(one, reader)) if reader else None


def _compared_row(row: SubmissionRow, found: Compared) -> ComparedRow:
    whole = found.counts
    return ComparedRow(
        organisation_id=row.organisation_id, submission_id=row.pk, edition=found.basis.edition,
        release=found.basis.release, done=whole.done, out_of_scope=whole.out_of_scope, working=whole.working,
        not_started=whole.not_started, unknown=whole.unknown,
        concepts=json.dumps({code: _list(one) for code, one in found.concepts.items()}, separators=(",", ":")),
        states=json.dumps(dict(found.states), separators=(",", ":")),
    )  # fmt: skip


def _list(one: Counts) -> list[int]:
    return [one.done, one.out_of_scope, one.working, one.not_started, one.unknown]


@transaction.atomic
def backfill(*, limit: int) -> int:
    """Compare up to `limit` current submissions with editions that came into use after them. Returns how many were made."""
    made = 0
    for source in SubmissionSource:
        for pack, refs in _in_use(source).items():
            rows = SubmissionRow.objects.filter(
                source=source.value, pack=pack, state=SubmissionState.CURRENT.value
            )
            for ref in refs:
                if queries.basis(ref) is None or made >= limit:
                    continue
                lacking = rows.exclude(
                    pk__in=ComparedRow.objects.filter(edition=ref.edition, release=ref.release).values("submission")
                )  # fmt: skip
                found = _compare(list(lacking[: limit - made]), {pack: [ref]})
                if found:
                    forget(source)
                made += found
    return made
