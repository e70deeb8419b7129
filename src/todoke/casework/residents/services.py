"""Loading resident records beside the running work, visible all at once or not at all.

A load fills a generation of its own in short transactions and one small transaction makes it current. A load that
was killed leaves a generation that nobody reads; the next load removes it. A bad line is reported by its number.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db.models import Max, QuerySet

from todoke.casework.protection import services as protection
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.courtesy import Courtesy
from todoke.foundation.fence import current_organisation, in_scope, insert_rows, scope
from todoke.foundation.row_files import Chunk, chunks

from . import queries, rules
from .errors import LoadInsideScope, LoadTakenOver
from .models import ResidentGeneration, ResidentRecord
from .values import RESIDENTS, GenerationState, LoadKind, LoadOptions, LoadProgress, LoadReport, ResidentRow

SWEEP_ROWS = 10_000
_COLUMNS = ("generation_id", *ResidentRow._fields)
Progress = Callable[[LoadProgress], None]


def load_residents(
    organisation: str, path: Path, *, kind: LoadKind, actor: Actor, at: datetime, options: LoadOptions = RESIDENTS,
    on_progress: Progress | None = None,
) -> LoadReport:  # fmt: skip
    """Load a file of resident records for a body; call outside any scope, because it opens many short ones.

    With any bad line nothing becomes current unless `options.allow_bad_rows`. A differential load adds to the full
    one; its word on a number replaces the earlier one. Raises HeaderWrong, ProfileUnknown, LoadTakenOver,
    LoadInsideScope.
    """
    if in_scope():
        raise LoadInsideScope
    layout = rules.row_file(queries.resident_profile(options.profile), organisation)
    with scope(organisation):
        report = _begin(path, kind, actor, at, options.profile)
    try:
        with open(path, "rb") as file:
            others = Courtesy()
            for chunk in chunks(file, layout, options.chunk_rows):
                report = _add(organisation, report, chunk, on_progress)
                others.give_way()
        with scope(organisation):
            report = _settle(report, options, actor, at)
    except BaseException:  # whatever stops a load, Ctrl-C included, its rows must not stay
        with scope(organisation):
            _mine(report).update(state=GenerationState.REFUSED.value)
        raise
    finally:
        _sweep(organisation)
    return report


def _begin(path: Path, kind: LoadKind, actor: Actor, at: datetime, profile: str) -> LoadReport:
    """Take over from any other load of this body and open a generation."""
    loading = ResidentGeneration.objects.filter(state=GenerationState.LOADING.value)
    loading.update(state=GenerationState.REFUSED.value)
    row = ResidentGeneration.objects.create(
        organisation_id=current_organisation(), state=GenerationState.LOADING.value, kind=kind.value,
        source=path.name[:100], profile=Path(profile).name[:40], started_at=at, loaded_by=actor.id,
    )  # fmt: skip
    return LoadReport(row.pk, kind, rows=0, carried=0, bad_rows=0, is_current=False)


def _add(
    organisation: str, report: LoadReport, chunk: Chunk[ResidentRow], on_progress: Progress | None
) -> LoadReport:
    report = replace(
        report, rows=report.rows + len(chunk.rows), bad_rows=report.bad_rows + chunk.bad_rows,
        bad=(*report.bad, *chunk.bad)[:100],
    )  # fmt: skip
    with scope(organisation):
        _hold(report)
        insert_rows(ResidentRecord, _COLUMNS, [(report.generation_id, *row) for row in chunk.rows])
    if on_progress is not None:
        seen = report.rows + report.bad_rows
        on_progress(LoadProgress(seen, report.bad_rows, chunk.bytes_read, chunk.bytes_total))
    return report


def _mine(report: LoadReport) -> QuerySet[ResidentGeneration]:
    return ResidentGeneration.objects.filter(pk=report.generation_id, state=GenerationState.LOADING.value)


def _hold(report: LoadReport, **changes: object) -> None:
    """Write the counts of our generation; raises LoadTakenOver when it is no longer ours to fill."""
    if not _mine(report).update(rows=report.rows, bad_rows=report.bad_rows, **changes):
        raise LoadTakenOver


def _settle(report: LoadReport, options: LoadOptions, actor: Actor, at: datetime) -> LoadReport:
    """The swap, or the refusal: one small transaction."""
    becomes_current = options.allow_bad_rows or report.bad_rows == 0
    state = GenerationState.CURRENT if becomes_current else GenerationState.REFUSED
    _hold(report, state=state.value, loaded_at=at)
    if becomes_current and report.kind is LoadKind.FULL:
        former = ResidentGeneration.objects.filter(state=GenerationState.CURRENT.value)
        former.exclude(pk=report.generation_id).update(state=GenerationState.RETIRED.value)
    if becomes_current:
        protection.look_at_everybody_again(
            at=at
        )  # the new copy may tell who on the list somebody unidentified is
    audit.record(
        "residents.loaded" if becomes_current else "residents.refused", object_kind="resident_generation",
        object_id=str(report.generation_id), actor=actor, at=at,
        facts={"kind": report.kind.value, "rows": report.rows, "bad_rows": report.bad_rows},
    )  # fmt: skip
    return replace(report, is_current=becomes_current)


def _sweep(organisation: str) -> None:
    """Remove the rows of generations that no longer count, in short steps."""
    gone = (GenerationState.RETIRED.value, GenerationState.REFUSED.value)
    with scope(organisation, read_only=True):
        ids = list(
            ResidentGeneration.objects.filter(state__in=gone).order_by("pk").values_list("pk", flat=True)
        )
    others = Courtesy()
    for generation in ids:
        while _sweep_step(organisation, generation):
            others.give_way()


def _sweep_step(organisation: str, generation: int) -> int:
    with scope(organisation):
        rows = ResidentRecord.objects.filter(generation_id=generation)
        last = rows.order_by("pk").values_list("pk", flat=True)[:SWEEP_ROWS].aggregate(last=Max("pk"))["last"]
        return 0 if last is None else rows.filter(pk__lte=last).delete()[0]
