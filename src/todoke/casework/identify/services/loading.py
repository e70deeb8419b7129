"""Loading links（番号紐付情報の最新化, 標準仕様書 ③-1）beside the running intake, visible all at once or not at all.

A load reads the whole file, sorts it, fills a generation of its own in short transactions, and one small transaction
makes it current. A load that was killed leaves a generation that nobody reads; the next load removes it. A full load
carries forward what the new file no longer lists, so that an application made before a renewal is still found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Subquery

from todoke.casework.identify import queries
from todoke.casework.identify.errors import LoadInsideScope, LoadTakenOver
from todoke.casework.identify.models import IdentityLink, LinkGeneration
from todoke.casework.identify.rules import rows as rules
from todoke.casework.identify.values import (
    ENDED_INFERRED,
    RENEWED_INFERRED,
    GenerationState,
    LinkRow,
    LoadKind,
    LoadOptions,
    LoadProgress,
    LoadReport,
)
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.courtesy import Courtesy
from todoke.foundation.fence import current_organisation, in_scope, insert_rows, scope
from todoke.foundation.row_files import Chunk, chunks
from todoke.foundation.sorted_rows import SortedRows

SWEEP_ROWS = 10_000
ALONE_STEPS = 5  # so many steps make one while nobody else writes
BEFORE_ANY_LOAD = datetime(1900, 1, 1, tzinfo=UTC)
_COLUMNS = (
    "generation_id", "issuer_key", "serial", "number", "number_kind", "valid_from", "valid_to", "reason",
    "is_inferred",
)  # fmt: skip
_BY_SERIAL = itemgetter(2)
Stored: TypeAlias = tuple[int, str, str, str, str, str, str | None, str, bool]
Progress = Callable[[LoadProgress], None]
Tell = Callable[[LoadReport, int, int], None]


def load_links(
    organisation: str, path: Path, *, kind: LoadKind, actor: Actor, at: datetime, options: LoadOptions | None = None,
    on_progress: Progress | None = None,
) -> LoadReport:  # fmt: skip
    """Load a file of links for a body; call outside any scope, because it opens many short ones.

    A bad line is reported by its number and does not stop the reading. With any bad line nothing becomes current
    unless `options.allow_bad_rows`. Raises HeaderWrong, ProfileUnknown, LoadTakenOver, LoadInsideScope.
    """
    if in_scope():
        raise LoadInsideScope
    options = options or LoadOptions()
    profile = queries.link_profile(options.profile)
    with scope(organisation):
        report, earliest = _begin(path, kind, actor, at, options.profile), _earliest()
    try:
        tell = partial(_tell, path.stat().st_size, on_progress)
        with open(path, "rb") as file, SortedRows[Stored](_beside_the_vault(), key=_BY_SERIAL) as rows:
            for chunk in chunks(file, rules.row_file(profile, organisation), options.chunk_rows):
                rows.add(_database_rows(report.generation_id, chunk, earliest))
                report = _read(organisation, report, chunk, tell)
            if _may_become_current(report, options):
                _store(organisation, report, rows.ordered(), options.chunk_rows, tell)
        if not profile.columns.valid_from:
            _adopt_beginnings(organisation, report)
        if kind is LoadKind.FULL and _may_become_current(report, options):
            report = _carry_history(organisation, report, at)
        with scope(organisation):
            report = _settle(report, options, actor, at)
    except BaseException:  # whatever stops a load, Ctrl-C included, its rows must not stay
        with scope(organisation):
            _refuse(report)
        raise
    finally:
        _sweep(organisation)
    return report


def _beside_the_vault() -> Path:
    """Where there is room for a file of rows, on a disk that holds personal data already."""
    return Path(settings.TODOKE_VAULT_DIR).parent


def _begin(path: Path, kind: LoadKind, actor: Actor, at: datetime, profile: str) -> LoadReport:
    """Take over from any other load of this body and open a generation."""
    LinkGeneration.objects.filter(state=GenerationState.LOADING.value).update(
        state=GenerationState.REFUSED.value
    )
    row = LinkGeneration.objects.create(
        organisation_id=current_organisation(), state=GenerationState.LOADING.value, kind=kind.value,
        source=path.name[:100], profile=Path(profile).name[:40], started_at=at, loaded_by=actor.id,
    )  # fmt: skip
    return LoadReport(row.pk, kind, rows=0, carried=0, bad_rows=0, is_current=False)


def _earliest() -> datetime:
    """Since when a link can hold that this load is the first to list, where the file does not say（推定）."""
    loaded = LinkGeneration.objects.filter(state=GenerationState.CURRENT.value).order_by("-pk")
    return loaded.values_list("loaded_at", flat=True).first() or BEFORE_ANY_LOAD


def _read(organisation: str, report: LoadReport, chunk: Chunk[LinkRow], tell: Tell) -> LoadReport:
    """Count what was read, so that whoever looks sees the load going on; it stops when it was taken over."""
    report = replace(
        report, rows=report.rows + len(chunk.rows), bad_rows=report.bad_rows + chunk.bad_rows,
        bad=(*report.bad, *chunk.bad)[:100],
    )  # fmt: skip
    with scope(organisation):
        _hold(report)
    tell(report, chunk.bytes_read, 0)
    return report


def _store(organisation: str, report: LoadReport, rows: Iterator[Stored], step: int, tell: Tell) -> None:
    """Insert the rows in the order of the first index, which then grows page by page, a short transaction at a time.

    The index by number is in no order: each transaction writes most of its pages. While nobody else writes, a longer
    one writes them a fifth as often.
    """
    done, size, others = 0, step, Courtesy()
    while part := list(islice(rows, size)):
        with scope(organisation):
            _hold(report)
            insert_rows(IdentityLink, _COLUMNS, part)
        done += len(part)
        size = step * ALONE_STEPS if others.give_way() else step
        tell(report, 0, done)


def _tell(size: int, on_progress: Progress | None, report: LoadReport, read: int, stored: int) -> None:
    """Half of the work is reading the file, the other half storing its rows."""
    if on_progress is not None:
        done = read or size + size * stored // report.rows
        on_progress(LoadProgress(report.rows + report.bad_rows, report.bad_rows, done, 2 * size))


def _database_rows(generation: int, chunk: Chunk[LinkRow], earliest: datetime) -> list[Stored]:
    """The rows as the driver takes them, in the order of _COLUMNS."""
    since = _adapted(earliest)
    return [
        (
            generation, issuer, serial, number, kind, since if start is None else _adapted(start),
            None if end is None else _adapted(end), reason, start is None,
        )
        for issuer, serial, number, kind, start, end, reason in chunk.rows
    ]  # fmt: skip


@lru_cache(maxsize=20_000)
def _adapted(moment: datetime) -> str:
    """A moment as both drivers take it; a file of a million lines holds a few thousand different days."""
    return str(connection.ops.adapt_datetimefield_value(moment))


def _hold(report: LoadReport, **changes: object) -> None:
    """Write the counts of our generation; raises LoadTakenOver when it is no longer ours to fill."""
    mine = LinkGeneration.objects.filter(pk=report.generation_id, state=GenerationState.LOADING.value)
    if not mine.update(rows=report.rows, bad_rows=report.bad_rows, carried=report.carried, **changes):
        raise LoadTakenOver


def _adopt_beginnings(organisation: str, report: LoadReport) -> None:
    """Where a file does not say since when a link holds, what former loads found out still counts."""
    with scope(organisation, read_only=True):
        former, (first, last) = queries.current_generations(), _bounds([report.generation_id])
    others = Courtesy()
    for start in range(first, last + 1, SWEEP_ROWS) if former else ():
        with scope(organisation):
            _hold(report)
            _adopt(report.generation_id, former, start)
        others.give_way()


def _adopt(generation: int, former: Sequence[int], start: int) -> None:
    same = IdentityLink.objects.filter(
        generation_id__in=former, valid_to=None, serial=OuterRef("serial"), issuer_key=OuterRef("issuer_key"),
        number=OuterRef("number"), number_kind=OuterRef("number_kind"),
    ).order_by("valid_from")  # fmt: skip
    rows = IdentityLink.objects.filter(generation_id=generation, pk__gte=start, pk__lt=start + SWEEP_ROWS)
    rows.filter(Exists(same)).update(
        valid_from=Subquery(same.values("valid_from")[:1]),
        is_inferred=Subquery(same.values("is_inferred")[:1]),
    )


def _may_become_current(report: LoadReport, options: LoadOptions) -> bool:
    return options.allow_bad_rows or report.bad_rows == 0


def _carry_history(organisation: str, report: LoadReport, at: datetime) -> LoadReport:
    """Copy what the former generations say and the new file does not, ended at the load where it was open."""
    with scope(organisation, read_only=True):
        former = queries.current_generations()
        bounds = _bounds(former)
    others = Courtesy()
    for start in range(bounds[0], bounds[1] + 1, SWEEP_ROWS):
        with scope(organisation):
            _hold(report)
            carried = _carry(report.generation_id, former, start, at)
        others.give_way()
        report = replace(report, carried=report.carried + carried)
    return report


def _bounds(generations: Sequence[int]) -> tuple[int, int]:
    ids = (
        IdentityLink.objects.filter(generation_id__in=generations).order_by("pk").values_list("pk", flat=True)
    )
    first = ids.first()
    return (0, -1) if first is None else (first, ids.reverse()[0])


def _carry(generation: int, former: Sequence[int], start: int, at: datetime) -> int:
    """One step of carrying, inside the database. A link is the same when key, number and beginning are the same.

    An open link whose number the new file lists under another beginning was corrected there, and is not carried.
    One that vanished ends now as an inference: renewed, when the same number has a certificate that is new in this
    file; otherwise just ended（転出・死亡・失効のどれかは分からない）.
    """
    # long: one statement, which has to be read as a whole
    marks = ", ".join(["%s"] * len(former))
    table = connection.ops.quote_name(IdentityLink._meta.db_table)
    statement = f"""
        INSERT INTO {table} (organisation_id, generation_id, issuer_key, serial, number, number_kind, valid_from,
            valid_to, reason, is_inferred)
        SELECT o.organisation_id, %s, o.issuer_key, o.serial, o.number, o.number_kind, o.valid_from,
            COALESCE(o.valid_to, %s), CASE WHEN o.valid_to IS NOT NULL THEN o.reason WHEN EXISTS (
                SELECT 1 FROM {table} s WHERE s.organisation_id = o.organisation_id AND s.number = o.number
                AND s.number_kind = o.number_kind AND s.generation_id = %s AND s.valid_to IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM {table} f WHERE f.organisation_id = o.organisation_id AND f.serial = s.serial
                    AND f.issuer_key = s.issuer_key AND f.number = s.number AND f.generation_id IN ({marks}))
            ) THEN '{RENEWED_INFERRED}' ELSE '{ENDED_INFERRED}' END, (o.is_inferred OR o.valid_to IS NULL)
        FROM {table} o
        WHERE o.organisation_id = %s AND o.generation_id IN ({marks}) AND o.id >= %s AND o.id < %s
        AND NOT EXISTS (
            SELECT 1 FROM {table} n WHERE n.organisation_id = o.organisation_id AND n.issuer_key = o.issuer_key
            AND n.serial = o.serial AND n.number = o.number AND n.number_kind = o.number_kind
            AND ((n.generation_id = %s AND (n.valid_from = o.valid_from OR o.valid_to IS NULL))
                OR (n.generation_id IN ({marks}) AND n.generation_id > o.generation_id
                    AND n.valid_from = o.valid_from)))
    """  # noqa: S608  # names and marks are ours
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [
        generation,
        moment,
        generation,
        *former,
        current_organisation(),
        *former,
        start,
        start + SWEEP_ROWS,
        generation,
        *former,
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _settle(report: LoadReport, options: LoadOptions, actor: Actor, at: datetime) -> LoadReport:
    """The swap, or the refusal: one small transaction."""
    becomes_current = _may_become_current(report, options)
    state = GenerationState.CURRENT if becomes_current else GenerationState.REFUSED
    _hold(report, state=state.value, loaded_at=at, looked_again_to=0 if becomes_current else None)
    if becomes_current and report.kind is LoadKind.FULL:
        former = LinkGeneration.objects.filter(state=GenerationState.CURRENT.value).exclude(
            pk=report.generation_id
        )
        former.update(state=GenerationState.RETIRED.value, looked_again_to=None)
    audit.record(
        "links.loaded" if becomes_current else "links.refused", object_kind="link_generation",
        object_id=str(report.generation_id), actor=actor, at=at,
        facts={
            "kind": report.kind.value, "rows": report.rows, "carried": report.carried, "bad_rows": report.bad_rows,
        },
    )  # fmt: skip
    return replace(report, is_current=becomes_current)


def _refuse(report: LoadReport) -> None:
    mine = LinkGeneration.objects.filter(pk=report.generation_id, state=GenerationState.LOADING.value)
    mine.update(state=GenerationState.REFUSED.value)


def _sweep(organisation: str) -> None:
    """Remove the rows of generations that no longer count, in steps short enough for the intake beside us."""
    others = Courtesy()
    for generation in _swept_generations(organisation):
        while _sweep_step(organisation, generation):
            others.give_way()


def _swept_generations(organisation: str) -> Iterator[int]:
    gone = (GenerationState.RETIRED.value, GenerationState.REFUSED.value)
    with scope(organisation, read_only=True):
        ids = list(LinkGeneration.objects.filter(state__in=gone).order_by("pk").values_list("pk", flat=True))
    yield from ids


def _sweep_step(organisation: str, generation: int) -> int:
    with scope(organisation):
        rows = IdentityLink.objects.filter(generation_id=generation)
        last = rows.order_by("pk").values_list("pk", flat=True)[:SWEEP_ROWS].aggregate(last=Max("pk"))["last"]
        return 0 if last is None else rows.filter(pk__lte=last).delete()[0]
