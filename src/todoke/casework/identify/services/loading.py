"""Loading links（番号紐付情報の最新化, 標準仕様書 ③-1）beside the running intake, visible all at once or not at all.

A load reads the whole file, sorts it, fills a generation of its own in short transactions, and one small transaction
makes it current. A load that was killed leaves a generation that nobody reads; the next load removes it. A full load
carries forward what the new file no longer lists, so that an application made before a renewal is still found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from todoke.casework.identify import queries
from todoke.casework.identify.errors import LoadInsideScope, LoadTakenOver
from todoke.casework.identify.models import IdentityLink, LinkGeneration
from todoke.casework.identify.rules import rows as rules
from todoke.casework.identify.rules import successive
from todoke.casework.identify.rules.successive import Row
from todoke.casework.identify.values import (
    GenerationState,
    LinkRow,
    LoadKind,
    LoadOptions,
    LoadProgress,
    LoadReport,
    SharedColumns,
)
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation, in_scope, scope
from todoke.foundation.garbage import uncollected
from todoke.foundation.row_files import Chunk, chunks
from todoke.foundation.sorted_rows import SortedRows

from .storing import Storing, sweep
from .succeeding import Former, Listed, Succession

BEFORE_ANY_LOAD = datetime(1900, 1, 1, tzinfo=UTC)
_BY_SERIAL = itemgetter(0)
Shared: TypeAlias = tuple[str, str, str, str | None, str, bool | int]
Sorted: TypeAlias = SortedRows[tuple[str, str, Shared]]
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
    corrected: Sequence[int] | None = None
    try:
        tell = partial(_tell, path.stat().st_size, on_progress)
        with uncollected(), open(path, "rb") as file, _sorted() as rows:
            for chunk in chunks(file, rules.row_file(profile, organisation), options.chunk_rows):
                rows.add(_database_rows(chunk, earliest))
                report = _read(organisation, report, chunk, tell)
            if _may_become_current(report, options):
                listed = Listed(rows, report.rows, bool(profile.columns.valid_from))
                report, corrected = _store(organisation, report, listed, at, _Steps(tell, options.chunk_rows))
        with scope(organisation):
            report = _settle(report, options, corrected, actor, at)
    except BaseException:  # whatever stops a load, Ctrl-C included, its rows must not stay
        with scope(organisation):
            _refuse(report)
        raise
    finally:
        sweep(organisation)
    return report


def _sorted() -> Sorted:
    return SortedRows(_beside_the_vault(), key=_BY_SERIAL)


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


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a load goes on: whom to tell, and how many rows make a transaction beside others."""

    tell: Tell
    rows: int


def _store(
    organisation: str, report: LoadReport, listed: Listed, at: datetime, steps: _Steps
) -> tuple[LoadReport, Sequence[int] | None]:
    """Store the file; and the ids of rows that go when it becomes current, None where all former generations do."""
    with scope(organisation, read_only=True):
        former = Former(organisation, queries.current_generations())
    if not former.generations or report.kind is not LoadKind.FULL:
        parts = listed.parts() if listed.has_beginnings else _adopted(listed, former)
        _fill(organisation, report, parts, steps)
        return report, None
    with Succession(listed, former, folder=_beside_the_vault(), ended_at=_adapted(at)) as succession:
        for _ in succession.compare():
            _go_on(organisation, report)
            steps.tell(report, 0, 0)
        report = replace(report, carried=succession.carried)
        parts = succession.small() if succession.is_small else succession.whole()
        _fill(organisation, report, parts, steps)
        return report, succession.corrected if succession.is_small else None


def _fill(organisation: str, report: LoadReport, parts: Iterator[list[Row]], steps: _Steps) -> None:
    """Store what the generation is to hold, in the order of its indexes, a short transaction at a time."""
    hold = partial(_hold, report)
    folder = _beside_the_vault()
    with Storing(organisation, report.generation_id, hold, folder=folder, step=steps.rows) as storing:
        done = 0
        for count in storing.links(parts):
            done += count
            steps.tell(report, 0, min(done, report.rows))
        storing.numbers()


def _go_on(organisation: str, report: LoadReport) -> None:
    with scope(organisation, read_only=True):
        if not _mine(report).exists():
            raise LoadTakenOver


def _adopted(listed: Listed, former: Former) -> Iterator[list[Row]]:
    """Where a file does not say since when a link holds, what former loads found out still counts."""
    for part in listed.parts():
        yield successive.adopt(part, former.of([row[0] for row in part])) if former.generations else part


def _tell(size: int, on_progress: Progress | None, report: LoadReport, read: int, stored: int) -> None:
    """Half of the work is reading the file, the other half storing its rows."""
    if on_progress is not None:
        done = read or size + size * stored // report.rows
        on_progress(LoadProgress(report.rows + report.bad_rows, report.bad_rows, done, 2 * size))


def _database_rows(chunk: Chunk[LinkRow], earliest: datetime) -> list[tuple[str, str, Shared]]:
    """The rows with what they share as the driver takes it."""
    since = _adapted(earliest)
    return [(serial, number, _shared(shared, since)) for serial, number, shared in chunk.rows]


@lru_cache(maxsize=20_000)
def _shared(row: SharedColumns, since: str) -> Shared:
    start = since if row.valid_from is None else _adapted(row.valid_from)
    end = None if row.valid_to is None else _adapted(row.valid_to)
    is_inferred: bool | int = row.valid_from is None
    if connection.vendor == "sqlite":
        is_inferred = int(is_inferred)  # the driver looks for an adapter for every bool
    return row.issuer_key, row.number_kind, start, end, row.reason, is_inferred


@lru_cache(maxsize=20_000)
def _adapted(moment: datetime) -> str:
    """A moment as both drivers take it and the database writes it; a million lines hold a few thousand different days."""
    text = str(connection.ops.adapt_datetimefield_value(moment))
    return (
        text.removesuffix(":00") if connection.vendor == "postgresql" else text
    )  # +00:00 as it writes it: +00


def _hold(report: LoadReport, **changes: object) -> None:
    """Write the counts of our generation; raises LoadTakenOver when it is no longer ours to fill."""
    if not _mine(report).update(
        rows=report.rows, bad_rows=report.bad_rows, carried=report.carried, **changes
    ):
        raise LoadTakenOver


def _mine(report: LoadReport) -> QuerySet[LinkGeneration]:
    return LinkGeneration.objects.filter(pk=report.generation_id, state=GenerationState.LOADING.value)


def _may_become_current(report: LoadReport, options: LoadOptions) -> bool:
    return options.allow_bad_rows or report.bad_rows == 0


def _settle(
    report: LoadReport, options: LoadOptions, corrected: Sequence[int] | None, actor: Actor, at: datetime
) -> LoadReport:
    """The swap, or the refusal: one small transaction. With `corrected` the former generations stay beside ours."""
    becomes_current = _may_become_current(report, options)
    state = GenerationState.CURRENT if becomes_current else GenerationState.REFUSED
    _hold(report, state=state.value, loaded_at=at, looked_again_to=0 if becomes_current else None)
    if becomes_current and report.kind is LoadKind.FULL:
        former = LinkGeneration.objects.filter(state=GenerationState.CURRENT.value).exclude(
            pk=report.generation_id
        )
        former.update(
            looked_again_to=None, **({"state": GenerationState.RETIRED.value} if corrected is None else {})
        )
        IdentityLink.objects.filter(pk__in=corrected or ()).delete()
    audit.record(
        "links.loaded" if becomes_current else "links.refused", object_kind="link_generation",
        object_id=str(report.generation_id), actor=actor, at=at,
        facts={
            "kind": report.kind.value, "rows": report.rows, "carried": report.carried, "bad_rows": report.bad_rows,
        },
    )  # fmt: skip
    return replace(report, is_current=becomes_current)


def _refuse(report: LoadReport) -> None:
    _mine(report).update(state=GenerationState.REFUSED.value)
