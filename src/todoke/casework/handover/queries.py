"""Questions about core systems, the hand-over ledger, and whether it agrees with theirs."""

# long: the questions of one stage stay in one room; each is a few lines.

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Collate

from todoke.casework.cases.values import HandoverProgress, ToHandOver
from todoke.casework.identify import queries as identify
from todoke.casework.identify.values import Party
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import StoredApplication
from todoke.foundation import leases, profile_files
from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.backup import queries as backup
from todoke.foundation.claims import Backlog
from todoke.foundation.errors import SENTENCES, sentence_of
from todoke.foundation.transport import Transport

from .errors import CoreSystemUnknown, HandoverUnknown, ProfileInvalid
from .models import Batch, CoreLedgerRow, CoreSystem, Handover, Substitute, UnexpectedReceipt
from .rules.cancelling import latest_that_left, why_not
from .rules.characters import elements
from .rules.matching import reconcile as compare
from .rules.profiles import read_profile
from .values import (
    AdapterKind,
    BatchState,
    CancellationStanding,
    CoreProfile,
    CoreSettings,
    CoreSystemRef,
    HandoverCounts,
    HandoverDetail,
    HandoverKind,
    HandoverState,
    LedgerOutcome,
    LedgerRow,
    OurRow,
    Outgoing,
    OutgoingParty,
    ParkedFile,
    Reconciliation,
)

PROFILES = Path(__file__).parent / "profiles"
LEDGER_STEP = 5_000  # rows of a ledger that are read at a time
DONE = (BatchState.ACKNOWLEDGED.value, BatchState.TAKEN_APART.value)  # nobody reads these files any more
_PERSON_FIELDS = ("name", "kana", "birth", "sex", "postcode", "address")


def core_profile(name_or_path: str) -> CoreProfile:
    """The core-system profile of this name, or at this path (a town's own). Raises ProfileInvalid."""
    return profile_files.load(name_or_path, folder=PROFILES, read=read_profile, refuse=ProfileInvalid)


def core_system_ref(row: CoreSystem, *, held: Collection[str] | None = None) -> CoreSystemRef:
    """A core system's row as a value; `held` are the destinations that a restore holds, where the caller knows them."""
    is_held = destination(row.name) in (backup.held([destination(row.name)]) if held is None else held)
    return CoreSystemRef(
        row.pk, row.organisation_id, row.name, row.profile, AdapterKind(row.adapter),
        _settings(json.loads(row.settings)), row.is_stopped or is_held, row.receipts_cursor, row.away_since, is_held,
    )  # fmt: skip


def destination(system: str) -> str:
    """How a core system is called among the destinations that a restore holds back."""
    return f"core:{system}"


def _settings(stored: Mapping[str, Any]) -> CoreSettings:
    return CoreSettings(**{**stored, "transport": Transport(**stored.get("transport", {}))})


def core_systems() -> list[CoreSystemRef]:
    """The active core systems of the body in scope, by name."""
    rows = list(CoreSystem.objects.filter(is_active=True).order_by("name"))
    held = backup.held([destination(row.name) for row in rows])
    return [core_system_ref(row, held=held) for row in rows]


def core_system(name: str) -> CoreSystemRef:
    """The active core system of this name. Raises CoreSystemUnknown."""
    row = CoreSystem.objects.filter(name=name, is_active=True).first()
    if row is None:
        raise CoreSystemUnknown(system=name)
    return core_system_ref(row)


class _OutgoingRow(NamedTuple):
    """What a ledger row says of itself; the last two of the row that it takes back."""

    id: int
    key: str
    organisation: str
    version: int
    prepared_at: datetime
    application_id: int
    original_key: str | None
    original_file: str | None


_OUTGOING = (
    "pk", "idempotency_key", "organisation_id", "version", "prepared_at", "case__application_id",
    "cancels__idempotency_key", "cancels__batch__file_name",
)  # fmt: skip


def outgoing(handover_ids: Collection[int]) -> Mapping[int, Outgoing]:
    """What rows are built from, as it stands now, by ledger row; three queries for any number of rows."""
    found = Handover.objects.filter(pk__in=handover_ids).values_list(*_OUTGOING)
    rows = [_OutgoingRow(*row) for row in found]
    application_ids = [row.application_id for row in rows]
    applications = intake.applications(application_ids)
    parties = identify.parties_of(application_ids)
    return {
        row.id: _outgoing(row, applications[row.application_id], parties.get(row.application_id, []))
        for row in rows
    }


def _outgoing(row: _OutgoingRow, application: StoredApplication, parties: Sequence[Party]) -> Outgoing:
    return Outgoing(
        key=row.key, organisation=row.organisation, receipt_number=application.receipt_number,
        procedure=application.procedure, version=row.version, applied_at=application.applied_at,
        received_at=application.portal_received_at or application.received_at,
        parties=tuple(
            OutgoingParty(
                one.role, one.result.number_kind, one.result.number, one.name, one.kana, one.birth, one.waits_for
            )
            for one in parties
        ),
        items=_answers(application),
        **_of_cancellation(row),
    )  # fmt: skip


def _of_cancellation(row: _OutgoingRow) -> dict[str, Any]:
    """What a 取消 row says of the row that it takes back."""
    if row.original_key is None:
        return {}
    return {
        "kind": HandoverKind.CANCELLATION, "original_key": row.original_key, "cancelled_at": row.prepared_at,
        "original_file": row.original_file or "",
    }  # fmt: skip


def _answers(application: StoredApplication) -> Mapping[str, str]:
    answers: dict[str, str] = {}
    for one in application.form.items:
        if one.position == 1:
            answers |= {name: "".join(one.values) for name in (one.code, one.item) if name}
    person = application.form.applicant
    return answers | {f"applicant.{name}": getattr(person, name) for name in _PERSON_FIELDS}


def substitutes(handover_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """The characters that clerks replaced, by ledger row."""
    found: dict[int, dict[str, str]] = {}
    rows = Substitute.objects.filter(handover_id__in=handover_ids)
    for handover_id, element, replacement in rows.values_list("handover_id", "element", "replacement"):
        found.setdefault(handover_id, {})[element] = replacement
    return found


def waiting_cases(handover_ids: Collection[int]) -> Mapping[int, int]:
    """Of these ledger rows, those whose case still waits for just that: the case's version by ledger row."""
    rows = Handover.objects.filter(pk__in=handover_ids)
    is_new = Q(kind=HandoverKind.NEW.value, case__handover_state=HandoverProgress.WAITING.value)
    is_taken_back = Q(
        kind=HandoverKind.CANCELLATION.value, case__handover_state=HandoverProgress.CANCELLING.value
    )
    return dict(rows.filter(is_new | is_taken_back).values_list("pk", "case__version"))


def originals(handover_ids: Collection[int]) -> Mapping[int, HandoverState]:
    """Where the rows stand that these cancellations take back, by cancellation."""
    rows = Handover.objects.filter(pk__in=handover_ids, kind=HandoverKind.CANCELLATION.value)
    return {pk: HandoverState(state) for pk, state in rows.values_list("pk", "cancels__state")}


def cancellations(handover_ids: Collection[int]) -> Mapping[int, HandoverState]:
    """Where the newest cancellations of these rows stand, by the row that they take back."""
    rows = Handover.objects.filter(cancels_id__in=handover_ids).order_by("pk")
    return {pk: HandoverState(state) for pk, state in rows.values_list("cancels_id", "state") if pk}


def why_not_cancel(case_uuid: UUID) -> str:
    """Why no cancellation of a case can be sent to its core system, as a code; empty when it can."""
    left = latest_that_left(handovers_of(case_uuid))
    return why_not(left, core_profile(core_system(left.system).profile) if left else None)


def as_to_hand_over(row: Handover) -> ToHandOver:
    """The case of a ledger row as the stage before names it."""
    case = row.case
    return ToHandOver(
        case.pk,
        case.uuid,
        case.application_id,
        case.version,
        case.procedure,
        case.receipt_number,
        case.hold_code,
    )


def handover(handover_id: int) -> HandoverDetail:
    """One ledger row of the body in scope. Raises HandoverUnknown."""
    row = Handover.objects.select_related("core_system", "batch").filter(pk=handover_id).first()
    if row is None:
        raise HandoverUnknown
    return _detail(row)


def handovers_of(case_uuid: UUID) -> list[HandoverDetail]:
    """The ledger rows of a case, newest first; the caller has asked whether the case may be seen."""
    rows = Handover.objects.select_related("core_system", "batch").filter(case__uuid=case_uuid)
    return [_detail(row) for row in rows.order_by("-pk")]


def held(viewer: Viewer, *, after: int = 0, limit: int = 100) -> list[HandoverDetail]:
    """What waits for a clerk: held and refused rows of the viewer's sections, oldest first. Raises RightMissing.

    Rows of a case that has gone another way since（取下げ, 再引渡し）are not shown.
    """
    if not viewer.may(Right.HAND_OVER):
        require(viewer, Right.MOVE_CASES)
    rows = Handover.objects.select_related("core_system", "batch").filter(pk__gt=after)
    is_held = Q(state=HandoverState.HELD.value, case__handover_state=HandoverProgress.HELD.value)
    is_refused = Q(state=HandoverState.REFUSED.value, case__handover_state=HandoverProgress.REFUSED.value)
    is_uncancelled = Q(
        kind=HandoverKind.CANCELLATION.value, case__handover_state=HandoverProgress.UNCANCELLED.value
    )
    rows = rows.filter(is_held | is_refused | is_uncancelled)
    if not viewer.may(Right.HAND_OVER) and viewer.sections is not None:
        rows = rows.filter(case__section_id__in=viewer.sections)
    return [_detail(row) for row in rows.order_by("pk")[:limit]]


def _detail(row: Handover) -> HandoverDetail:
    facts: Mapping[str, str] = json.loads(row.hold_facts)
    sentence = row.refusal_message
    if row.hold_code:
        sentence = sentence_of(row.hold_code, facts) if row.hold_code in SENTENCES else row.hold_code
    return HandoverDetail(
        id=row.pk, case_id=row.case_id, system=row.core_system.name, version=row.version,
        state=HandoverState(row.state), code=row.hold_code or row.refusal_code, sentence=sentence,
        unfit=tuple(elements(facts.get("characters", ""))), file_name=row.batch.file_name if row.batch else "",
        sent_at=row.sent_at, receipted_at=row.receipted_at, parked_code=row.parked_code,
        receipt_number=row.receipt_number, kind=HandoverKind(row.kind), cancelled_by_hand_at=row.cancelled_by_hand_at,
    )  # fmt: skip


def counts() -> HandoverCounts:
    """How many rows of the body in scope stand where; a row that was handed over again counts by its newest version."""
    by_state, held_codes, refused = dict.fromkeys(HandoverState, 0), dict[str, int](), dict[str, int]()
    rows = Handover.objects.values_list("state", "hold_code", "refusal_code").annotate(count=Count("pk"))
    for state, hold_code, refusal_code, count in rows:
        by_state[HandoverState(state)] += count
        if state == HandoverState.HELD.value:
            held_codes[hold_code] = held_codes.get(hold_code, 0) + count
        if state == HandoverState.REFUSED.value:
            refused[refusal_code] = refused.get(refusal_code, 0) + count
    return HandoverCounts(by_state, held_codes, refused)


_STATES, _KINDS = {one.value: one for one in HandoverState}, {one.value: one for one in HandoverKind}
_OUTCOMES = {one.value: one for one in LedgerOutcome}


def our_ledger(system: CoreSystemRef) -> Iterator[OurRow]:
    """Every row of our ledger towards a core system, in the order of the keys, in flat memory."""
    rows = Handover.objects.filter(core_system_id=system.id).order_by(by_code_point("idempotency_key"))
    back = Handover.objects.filter(core_system_id=system.id, kind=HandoverKind.CANCELLATION.value)
    taken_back = dict(back.order_by("pk").values_list("cancels_id", "state"))
    columns = rows.values_list(
        "pk", "kind", "cancelled_by_hand_at", "idempotency_key", "row_sha256", "state", "receipt_number"
    )
    for pk, kind, by_hand, key, digest, state, number in columns.iterator(LEDGER_STEP):
        if by_hand is None and pk not in taken_back:
            standing = CancellationStanding.NONE
        else:
            standing = _taken_back(taken_back.get(pk), by_hand)
        yield OurRow(key, digest, _STATES[state], number, _KINDS[kind], standing)


def core_ledger(system: CoreSystemRef) -> Iterator[LedgerRow]:
    """Every row of the core system's ledger as last fetched, in the order of the keys, in flat memory."""
    rows = CoreLedgerRow.objects.filter(core_system_id=system.id).order_by(by_code_point("key"))
    for key, digest, outcome in rows.values_list("key", "row_sha256", "outcome").iterator(LEDGER_STEP):
        yield LedgerRow(key, digest, _OUTCOMES[outcome])


def by_code_point(column: str) -> F | Collate:
    """Texts in the order in which Python has them, whatever the database's own order is."""
    return Collate(F(column), "C") if connection.vendor == "postgresql" else F(column)


def _taken_back(state: str | None, by_hand: datetime | None) -> CancellationStanding:
    if state == HandoverState.RECEIPTED.value:
        return CancellationStanding.DONE
    is_possible = by_hand is not None or state in (HandoverState.BATCHED.value, HandoverState.SENT.value)
    return CancellationStanding.POSSIBLE if is_possible else CancellationStanding.NONE


def reconcile(name: str) -> Reconciliation:
    """突合表 of a core system, from our ledger and our copy of theirs as last fetched. Raises CoreSystemUnknown."""
    system = core_system(name)
    alarms = UnexpectedReceipt.objects.filter(core_system_id=system.id).values_list("key", flat=True)
    layout = core_profile(system.profile).cancellation
    return compare(name, our_ledger(system), core_ledger(system), sorted(set(alarms)), layout)


def listed_there(system: CoreSystemRef, keys: Iterable[str]) -> frozenset[str]:
    """Which of these keys the core system's ledger, as last fetched, lists already."""
    rows = CoreLedgerRow.objects.filter(core_system_id=system.id, key__in=list(keys))
    return frozenset(rows.values_list("key", flat=True))


def held_as_listed(system: CoreSystemRef, *, limit: int = 100) -> list[HandoverDetail]:
    """Rows towards a core system that are held because its ledger lists them（EXP-712）, oldest first."""
    rows = Handover.objects.select_related("core_system", "batch").filter(
        core_system_id=system.id, state=HandoverState.HELD.value, hold_code="EXP-712"
    )
    return [_detail(row) for row in rows.order_by("pk")[:limit]]


def ids_of_keys(system: CoreSystemRef, keys: Iterable[str]) -> list[int]:
    """The rows of these keys towards a core system, some thousands at most.

    Asked by the keys alone and in no order: for a question that names the core system too, or wants an order, SQLite
    reads all rows that the system ever got.
    """
    rows = Handover.objects.filter(idempotency_key__in=list(keys)).order_by()
    return [
        pk for pk, core_system_id in rows.values_list("pk", "core_system_id") if core_system_id == system.id
    ]


def receipt_numbers(system: CoreSystemRef, keys: Iterable[str]) -> Mapping[str, str]:
    """The 受付番号 of keys that are ours, so that a person can find the applications of a 突合表."""
    rows = Handover.objects.filter(pk__in=ids_of_keys(system, keys))
    return dict(rows.values_list("idempotency_key", "receipt_number"))


def next_due() -> datetime | None:
    """When the next unfinished work of this stage is due: a ready row, a written batch, a receipt that is awaited.

    What is stopped, held（also by a restore）or parked is not work.
    """
    moments = []
    for system in (one for one in core_systems() if not one.is_held):
        awaited = Handover.objects.filter(
            core_system_id=system.id, parked_code="",
            state__in=[HandoverState.BATCHED.value, HandoverState.SENT.value],
        )  # fmt: skip
        if awaited.exclude(batch__state=BatchState.WRITTEN.value).exists():
            moments.append(leases.next_due(CoreSystem, where={"id": system.id}))
        if not system.is_stopped:
            where = {"core_system_id": system.id}
            moments.append(leases.next_due(Handover, where={**where, "state": HandoverState.READY.value}))
            moments.append(leases.next_due(Batch, where={**where, "state": BatchState.WRITTEN.value}))
    return min((one for one in moments if one is not None), default=None)


def is_row_due(now: datetime) -> bool:
    """Whether a row waits to be written into a file now, whatever its core system."""
    return leases.is_waiting(Handover, where={"state": HandoverState.READY.value}, now=now)


def is_batch_due(now: datetime) -> bool:
    """Whether a file waits to be laid down now, whatever its core system."""
    return leases.is_waiting(Batch, where={"state": BatchState.WRITTEN.value}, now=now)


def is_core_due(now: datetime) -> bool:
    """Whether the receipts of a core system are to be read now."""
    return leases.is_waiting(CoreSystem, where={"is_active": True}, now=now)


def backlogs(now: datetime) -> tuple[Backlog, Backlog, Backlog]:
    """What waits to be written into a file, to be sent, and to be receipted, in the body in scope."""
    rows = {"core_system_id": tuple(CoreSystem.objects.values_list("pk", flat=True))}
    return (
        leases.backlog(Handover, where={**rows, "state": HandoverState.READY.value}, now=now),
        leases.backlog(Batch, where={"state": BatchState.WRITTEN.value}, now=now),
        leases.backlog(Handover, where={**rows, "state": HandoverState.SENT.value}, now=now),
    )


def away_since() -> Mapping[str, datetime]:
    """Since when which core system of the body in scope does not answer."""
    rows = CoreSystem.objects.filter(is_active=True, away_since__isnull=False).order_by("name")
    return {name: since for name, since in rows.values_list("name", "away_since") if since is not None}


def parked() -> list[HandoverDetail]:
    """Rows that kept failing and wait for a person, oldest first."""
    rows = Handover.objects.select_related("core_system", "batch").exclude(parked_code="")
    return [_detail(row) for row in rows.order_by("pk")]


def parked_batches() -> Mapping[str, str]:
    """File names of batches that kept failing, with the code."""
    return dict(Batch.objects.exclude(parked_code="").order_by("pk").values_list("file_name", "parked_code"))


def parked_files() -> list[ParkedFile]:
    """Batch files that kept failing and wait for a person, oldest first."""
    rows = Batch.objects.exclude(parked_code="").order_by("pk")
    return [ParkedFile(*values) for values in rows.values_list("pk", "file_name", "parked_code")]


def batches_before(
    moment: datetime, *, ids: Collection[int] | None = None, limit: int
) -> list[tuple[int, datetime]]:
    """Batch files that are done with, were written before a moment and still have their bytes, the oldest first.

    With `ids`, only those of them.
    """
    rows = Batch.objects.filter(state__in=DONE, written_at__lt=moment, disposed_at=None).order_by("pk")
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    return list(rows.values_list("pk", "written_at")[:limit])


def batches_held(ids: Iterable[int], *, uuids: Collection[UUID], procedures: Collection[str]) -> set[int]:
    """Those of these batch files in which a row of one of these applications or procedures lies."""
    is_meant = Q(case__uuid__in=list(uuids)) | Q(case__procedure__in=list(procedures))
    rows = Handover.objects.filter(is_meant, batch__isnull=False).values("core_system_id", "batch__number")
    same_number = rows.filter(core_system_id=OuterRef("core_system_id"), batch__number=OuterRef("number"))
    found = Batch.objects.filter(Exists(same_number), pk__in=list(ids))
    return set(found.values_list("pk", flat=True))


def blobs_in_use(blob_ids: Iterable[int]) -> set[int]:
    """Those of these originals that are batch files which were not disposed of."""
    rows = Batch.objects.filter(blob_id__in=list(blob_ids), disposed_at=None)
    return set(rows.values_list("blob_id", flat=True))
