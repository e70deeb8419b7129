"""What is due under which rule, what holds keep, and how lists stand."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from todoke.casework.cases import queries as cases
from todoke.casework.handover import queries as handover
from todoke.casework.intake import queries as intake
from todoke.casework.relay import queries as relay
from todoke.casework.screening import queries as screening
from todoke.foundation import leases, profile_files
from todoke.foundation.calendars.queries import JAPAN, japanese_date
from todoke.foundation.fence import current_organisation

from .errors import RetentionRulesInvalid, RuleUnknown, RunUnknown
from .models import DisposalItem, DisposalRun, LegalHoldRow
from .rules import certificates, periods, reading
from .values import (
    DisposalState,
    DueList,
    DueRecord,
    Ground,
    HoldTarget,
    Item,
    LegalHold,
    RecordKind,
    Rule,
    RuleSet,
    Run,
    RunState,
)

PROFILES = Path(__file__).parent / "profiles"
DEFAULT = "default"
MOST_LISTED = 10_000  # one list; what is left is due again once it is done
SHOWN = 200
Ended = tuple[int, UUID | None, datetime]
Find = Callable[[Rule, RuleSet, datetime, Collection[int] | None, int], list[Ended]]


def load_rules(name_or_path: str) -> RuleSet:
    """The rules of this name, or at this path (a town's own). Raises RetentionRulesInvalid. Needs no database."""
    return profile_files.load(name_or_path, folder=PROFILES, read=_read, refuse=RetentionRulesInvalid)


def _read(_name: str, document: profile_files.Document, _schema: profile_files.Document) -> RuleSet:
    return reading.read_rules(document)


def rules_of(organisation: str) -> RuleSet:
    """The rules of a body: its own file in TODOKE_RETENTION_DIR, else the product's defaults."""
    own = Path(settings.TODOKE_RETENTION_DIR) / f"{organisation}.yaml"
    return load_rules(str(own) if own.is_file() else DEFAULT)


def rule(code: str) -> Rule:
    """One rule of the body in scope. Raises RuleUnknown, RetentionRulesInvalid."""
    found = next((one for one in rules_of(current_organisation()).rules if one.code == code), None)
    if found is None:
        raise RuleUnknown
    return found


def due_list(code: str, *, as_of: date) -> DueList:
    """What a rule of the body in scope lets go of on a day, held records left out. Raises RuleUnknown."""
    wanted, known = rule(code), rules_of(current_organisation())
    found = _due(wanted, known, as_of=as_of, ids=None)
    held = held_ids(wanted.kind, [one.id for one in found])
    free = [one for one in found if one.id not in held]
    listed = tuple(free[:MOST_LISTED])
    digest = certificates.list_hash(wanted, known.digest, as_of.isoformat(), listed)
    unsettled = 0
    if wanted.kind is RecordKind.CASE:
        before = _midnight(periods.earliest_end(as_of, wanted))
        unsettled = cases.ended_but_open(reading.ended_of(wanted, known), before=before)
    return DueList(wanted, as_of, listed, digest, len(held), unsettled, len(free) > MOST_LISTED)


def due_lists(*, as_of: date) -> list[DueList]:
    """Every rule of the body in scope with what it lets go of on a day."""
    return [due_list(one.code, as_of=as_of) for one in rules_of(current_organisation()).rules]


def is_still_due(code: str, record: int, due_on: date, *, as_of: date) -> bool:
    """Whether the rule still lets exactly this record go, counted from the same day. Raises RuleUnknown."""
    found = _due(rule(code), rules_of(current_organisation()), as_of=as_of, ids=[record])
    return [one.due_on for one in found] == [due_on]


def _due(wanted: Rule, known: RuleSet, *, as_of: date, ids: Collection[int] | None) -> list[DueRecord]:
    before = _midnight(periods.earliest_end(as_of, wanted))
    found = _FIND[wanted.kind](wanted, known, before, ids, 2 * MOST_LISTED)
    records = []
    for record, uuid, ended_at in found:
        ended_on = japanese_date(ended_at)
        due_on = periods.disposable_from(ended_on, wanted)
        if due_on <= as_of:
            records.append(DueRecord(record, uuid, ended_on, due_on))
    return records


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JAPAN)


def _cases(
    wanted: Rule, known: RuleSet, before: datetime, ids: Collection[int] | None, limit: int
) -> list[Ended]:
    meant = reading.ended_of(wanted, known)
    found = cases.ended_cases(meant, before=before, ids=ids, limit=limit)
    return [(one.id, one.uuid, one.ended_at) for one in found]


def _quarantined(
    _wanted: Rule, _known: RuleSet, before: datetime, ids: Collection[int] | None, limit: int
) -> list[Ended]:
    found = intake.quarantined_before(before, ids=ids, limit=limit)
    uuids = relay.quarantined_packages([package for package, _ in found])
    return [(package, uuids[package], since) for package, since in found if package in uuids]


def _batches(
    _wanted: Rule, _known: RuleSet, before: datetime, ids: Collection[int] | None, limit: int
) -> list[Ended]:
    return [(one, None, at) for one, at in handover.batches_before(before, ids=ids, limit=limit)]


def _copies(
    _wanted: Rule, _known: RuleSet, before: datetime, ids: Collection[int] | None, limit: int
) -> list[Ended]:
    return [(one, None, at) for one, at in screening.copies_before(before, ids=ids, limit=limit)]


def _pulls(
    _wanted: Rule, _known: RuleSet, before: datetime, ids: Collection[int] | None, limit: int
) -> list[Ended]:
    return [(one, None, at) for one, at in relay.runs_before(before, ids=ids, limit=limit)]


_FIND: Mapping[RecordKind, Find] = {
    RecordKind.CASE: _cases,
    RecordKind.QUARANTINED: _quarantined,
    RecordKind.BATCH: _batches,
    RecordKind.COPY: _copies,
    RecordKind.PULL: _pulls,
}


def holds(*, is_open: bool = True) -> list[LegalHold]:
    """The holds of the body in scope, the newest first: those that count, or those that were lifted."""
    rows = LegalHoldRow.objects.filter(lifted_at__isnull=is_open).order_by("-pk")
    return [hold_of(row) for row in rows[:SHOWN]]


def hold(uuid: UUID) -> LegalHold | None:
    """One hold of the body in scope, lifted or not."""
    row = LegalHoldRow.objects.filter(uuid=uuid).first()
    return hold_of(row) if row else None


def hold_of(row: LegalHoldRow) -> LegalHold:
    """The value that others hold of a row."""
    return LegalHold(
        row.pk, row.uuid, HoldTarget(row.target), row.meant, Ground(row.ground), row.reason, row.set_at, row.set_by,
        row.lifted_at, row.lifted_by, row.lifted_reason,
    )  # fmt: skip


def held_ids(kind: RecordKind, ids: Sequence[int]) -> set[int]:
    """Those of these records that a hold keeps. Records of pulls name nobody: only a hold on everything keeps them."""
    open_holds = LegalHoldRow.objects.filter(lifted_at=None).values_list("target", "meant")
    by_target: dict[HoldTarget, set[str]] = {}
    for target, meant in open_holds:
        by_target.setdefault(HoldTarget(target), set()).add(meant)
    if HoldTarget.EVERYTHING in by_target:
        return set(ids)
    if not by_target or kind is RecordKind.PULL:
        return set()
    uuids = {UUID(one) for one in by_target.get(HoldTarget.APPLICATION, ())}
    return _HELD[kind](ids, uuids=uuids, procedures=by_target.get(HoldTarget.PROCEDURE, set()))


_HELD: Mapping[RecordKind, Callable[..., set[int]]] = {
    RecordKind.CASE: cases.cases_held,
    RecordKind.QUARANTINED: relay.packages_held,
    RecordKind.BATCH: handover.batches_held,
    RecordKind.COPY: screening.copies_held,
}


def runs(*, limit: int = 50) -> list[Run]:
    """The lists of the body in scope, the newest first, without their certificates."""
    return [run_of(row) for row in DisposalRun.objects.defer("certificate").order_by("-pk")[:limit]]


def open_runs() -> Mapping[str, Run]:
    """The list that waits or is worked on, by rule."""
    rows = _open().defer("certificate")
    return {row.rule: run_of(row) for row in rows}


def _open() -> QuerySet[DisposalRun]:
    return DisposalRun.objects.filter(state__in=[RunState.PROPOSED.value, RunState.APPROVED.value])


def run(uuid: UUID) -> Run:
    """One list of the body in scope. Raises RunUnknown."""
    row = DisposalRun.objects.filter(uuid=uuid).defer("certificate").first()
    if row is None:
        raise RunUnknown
    return run_of(row)


def run_of(row: DisposalRun) -> Run:
    """The value that others hold of a row; without the certificate, which `certificate` gives."""
    return Run(
        id=row.pk, uuid=row.uuid, rule=row.rule, rule_name=row.rule_name, kind=RecordKind(row.kind), as_of=row.as_of,
        count=row.count, list_hash=row.list_hash, state=RunState(row.state), proposal_id=row.proposal_id,
        proposed_by=row.proposed_by, proposed_at=row.proposed_at, approved_by=row.approved_by,
        approved_at=row.approved_at, finished_at=row.finished_at, disposed=row.disposed,
        certificate_sha256=row.certificate_sha256, parked_code=row.parked_code,
    )  # fmt: skip


def items(run_id: int, *, after: int = 0, limit: int = SHOWN) -> list[Item]:
    """The lines of a list in their order."""
    rows = DisposalItem.objects.filter(run_id=run_id, number__gt=after).order_by("number")
    return [item_of(row) for row in rows[:limit]]


def item_of(row: DisposalItem) -> Item:
    """The value that others hold of a row."""
    return Item(
        row.number,
        row.uuid,
        row.ended_on,
        row.due_on,
        DisposalState(row.state),
        row.at,
        tuple(row.hashes.split()),
    )


def counts(run_id: int) -> Mapping[DisposalState, int]:
    """How many lines of a list stand where."""
    rows = DisposalItem.objects.filter(run_id=run_id).order_by().values_list("state")
    return {DisposalState(state): count for state, count in rows.annotate(count=Count("pk"))}


def signers_of(run_id: int) -> list[str]:
    """The certificates of signers that what went under a list has named, by hash."""
    rows = DisposalItem.objects.filter(run_id=run_id).exclude(certificates="")
    return sorted({one for text in rows.values_list("certificates", flat=True) for one in text.split()})


def certificate(uuid: UUID) -> str:
    """The certificate of a finished list as canonical JSON. Raises RunUnknown."""
    text = DisposalRun.objects.filter(uuid=uuid).values_list("certificate", flat=True).first()
    if not text:
        raise RunUnknown
    return text


def is_run_due(now: datetime) -> bool:
    """Whether an approved list waits to be worked on now."""
    return leases.is_waiting(DisposalRun, where={"state": RunState.APPROVED.value}, now=now)


def next_due() -> datetime | None:
    """When the next approved list is due to be worked on; None when there is none."""
    return leases.next_due(DisposalRun, where={"state": RunState.APPROVED.value})
