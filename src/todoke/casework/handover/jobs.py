"""What the worker runs: prepare rows, write batch files, send them, read receipts. Only here is a core system called.

No network while a transaction is open: claim, commit, call, then write under the fence of the claim. Sending a file
again does no harm, because its name, its bytes and the keys of its rows stay the same.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby

from django.db import transaction

from todoke.casework.cases import queries as cases
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claim, Claimant, JobContext
from todoke.foundation.errors import TodokeError, whereabouts
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries as vault
from todoke.foundation.vault import services as vault_services
from todoke.foundation.vault.errors import BlobDamaged

from . import queries, services
from .adapters.base import CoreConnection
from .adapters.folder import FolderInbox
from .adapters.http_inbox import HttpInbox
from .errors import CoreAway, DestinationRefused, FileRefused, NameTaken
from .rules.batches import assemble, kinds_of_files
from .values import AdapterKind, BatchFile, BuiltRow, ClaimedRow, CoreSystemRef, HandoverKind, PinnedRow

log = logging.getLogger(__name__)
RECEIPTS_AT_ONCE = 1000

CONNECTIONS: Mapping[AdapterKind, Callable[[CoreSystemRef], CoreConnection]] = {
    AdapterKind.HTTP_INBOX: HttpInbox,
    AdapterKind.FOLDER: FolderInbox,
}


def prepare(context: JobContext) -> int:
    """Give cases that may go their ledger row; returns how many cases were looked at."""
    actor = _actor(context)
    try:
        with scope(context.organisation):
            return services.prepare_cases(limit=context.limit, actor=actor, at=now())
    except Exception as trouble:  # noqa: BLE001  # one case must not stop the others: each is tried alone below
        log.warning("handover.prepare_failed error=%s", whereabouts(trouble))
    return sum(_prepare_one(context, actor) for _ in range(context.limit))


def _prepare_one(context: JobContext, actor: Actor) -> int:
    """Prepare the oldest case; when it fails even alone it waits for a person, visibly."""
    with scope(context.organisation):
        oldest = cases.cases_to_hand_over(1)
        try:
            with transaction.atomic():
                return services.prepare_cases(limit=1, actor=actor, at=now()) if oldest else 0
        except Exception as trouble:  # noqa: BLE001  # whatever it is
            log.error("handover.case_failed case=%d error=%s", oldest[0].case_id, whereabouts(trouble))
            services.hold_case(oldest[0].case_id, actor=actor, at=now())
    return 1


def write_batches(context: JobContext) -> int:
    """Pin ready rows in batch files; returns how many rows left the queue."""
    return sum(
        _write_batch(system, context, kind)
        for system in _sending(context)
        for kind in kinds_of_files(queries.core_profile(system.profile))
    )


def _sending(context: JobContext) -> list[CoreSystemRef]:
    """The core systems that are not stopped（引渡し停止）."""
    with scope(context.organisation, read_only=True):
        return [system for system in queries.core_systems() if not system.is_stopped]


def _write_batch(system: CoreSystemRef, context: JobContext, kind: HandoverKind | None) -> int:
    limit = min(context.limit, queries.core_profile(system.profile).rows_per_file)
    with scope(context.organisation):
        claimed = services.claim_ready(system, limit=limit, by=_fresh(context), kind=kind)
    if not claimed:
        return 0
    try:
        return _write_rows(system, claimed, context)
    except Exception as trouble:  # noqa: BLE001  # one row must not stop the others: each is tried alone below
        log.warning("handover.batch_failed rows=%d error=%s", len(claimed), whereabouts(trouble))
    written = 0
    for one in claimed:
        try:
            written += _write_rows(system, [one], context)
        except Exception as trouble:  # noqa: BLE001  # tried again later, parked at the limit
            log.error("handover.row_failed handover=%d error=%s", one.claim.id, whereabouts(trouble))
            with scope(context.organisation):
                services.fail_row(one, at=now())
    return written


def _write_rows(system: CoreSystemRef, claimed: Sequence[ClaimedRow], context: JobContext) -> int:
    """Build, make the bytes durable, then give them a number: a crash between leaves bytes that no row knows."""
    with scope(context.organisation, read_only=True):
        built = services.build_batch(system, claimed)
    written = None
    if built.rows:
        rows = [row for _, row in built.rows]
        file = assemble(queries.core_profile(system.profile), "", rows, built.kind)
        written = vault_services.write(context.organisation, [file.content])
    with scope(context.organisation):
        return services.write_batch(system, built, written, actor=_actor(context), at=now())


def send_batches(context: JobContext) -> int:
    """Lay written batches down at their core systems, oldest first; returns how many rows were sent."""
    return sum(_send_to(system, context) for system in _sending(context))


def _send_to(system: CoreSystemRef, context: JobContext) -> int:
    sent = 0
    with _connected(system) as connection:
        for _ in range(context.limit):
            with scope(context.organisation):
                batch = services.claim_batch(system, by=_fresh(context))
                blob = vault.open_blob(batch.blob_id) if batch else None
            if batch is None or blob is None:
                break
            try:
                connection.send(BatchFile(batch.file_name, blob.read(), batch.rows, batch.sha256))
            except CoreAway as away:
                log.warning("handover.core_away system=%s status=%s", system.name, away.facts.get("status"))
                with scope(context.organisation):
                    services.postpone_batches(system, batch, at=now())
                break
            except NameTaken:
                log.error("handover.name_taken batch=%d", batch.id)
                with scope(context.organisation):
                    services.rename_batch(system, batch, actor=_actor(context), at=now())
                continue
            except (FileRefused, DestinationRefused, BlobDamaged) as refusal:
                log.error("handover.batch_refused batch=%d code=%s", batch.id, refusal.code)
                with scope(context.organisation):
                    services.fail_batch(batch, code=refusal.code, at=now())
                continue
            with scope(context.organisation):
                sent += services.batch_sent(system, batch, actor=_actor(context), at=now())
    return sent


def read_receipts(context: JobContext) -> int:
    """Take in what the core systems say, then repeat what they never spoke of; returns how many rows moved."""
    with scope(context.organisation):
        due = services.claim_receipts(limit=context.limit, by=_fresh(context))
    return sum(_read_from(system, claim, context) for system, claim in due)


def _read_from(system: CoreSystemRef, claim: Claim, context: JobContext) -> int:
    if system.is_held:  # what was receipted since the backup would be an alarm: first its ledger is compared
        with scope(context.organisation):
            services.receipts_read(system, claim, at=now())
        return 0
    try:
        with _connected(system) as connection:
            connection.check_config()
            receipts = connection.receipts(system.receipts_cursor)
    except (CoreAway, DestinationRefused) as away:
        log.warning("handover.receipts_unread system=%s code=%s", system.name, away.code)
        with scope(context.organisation):
            services.core_away(system, claim, at=now())
        return 0
    moved = 0
    for start in range(0, len(receipts), RECEIPTS_AT_ONCE):
        with scope(context.organisation):
            some = receipts[start : start + RECEIPTS_AT_ONCE]
            moved += services.take_receipts(system, claim, some, actor=_actor(context), at=now())
    if not system.is_stopped:
        moved += _repeat_overdue(system, context)
    with scope(context.organisation):
        services.receipts_read(system, claim, at=now())
    return moved


def _repeat_overdue(system: CoreSystemRef, context: JobContext) -> int:
    """Only after a reading of receipts: what came late must not be repeated."""
    limit = queries.core_profile(system.profile).rows_per_file
    with scope(context.organisation):
        overdue = services.claim_unacknowledged(system, limit=limit, by=_fresh(context))
    repeated = 0
    for number, rows in groupby(overdue, key=lambda row: row.number):
        repeated += _repeat(system, number, list(rows), context)
    return repeated


def _repeat(system: CoreSystemRef, number: int, rows: Sequence[PinnedRow], context: JobContext) -> int:
    """The same keys and the same bytes, cut out of the files in which they lie."""
    with scope(context.organisation, read_only=True):
        blobs = vault.open_blobs({row.blob_id for row in rows})
    again = {
        row.claim: BuiltRow(row.key, b"".join(blobs[row.blob_id].part(row.offset, row.length)), row.sha256)
        for row in rows
    }
    file = assemble(queries.core_profile(system.profile), "", list(again.values()), rows[0].kind)
    written = vault_services.write(context.organisation, [file.content])
    with scope(context.organisation):
        return services.repeat_rows(system, again, number, written, actor=_actor(context), at=now())


def fetch_ledger(organisation: str, name: str, actor: Actor) -> None:
    """Fetch a core system's ledger for the 突合表. Raises CoreSystemUnknown, CoreAway, DestinationRefused."""
    with scope(organisation, read_only=True):
        system = queries.core_system(name)
    with _connected(system) as connection:
        connection.check_config()
        rows = connection.ledger()
    with scope(organisation):
        services.store_ledger(system, rows, actor=actor, at=now())


def accept_ledger(viewer: Viewer, name: str) -> int:
    """Settle what the core system's ledger, as last fetched, has; returns how many rows. For a person's act only.

    Also what, as far as we know, never left: after a restore. Raises what the services raise.
    """
    with scope(viewer.organisation):
        system = queries.core_system(name)
        services.wake_listed(viewer, system, at=now())
        known = services.known_there(system)
    settled = 0
    if known.rows:
        file = assemble(queries.core_profile(system.profile), "", [row for _, row in known.rows])
        written = vault_services.write(viewer.organisation, [file.content])
        with scope(viewer.organisation):
            settled = services.accept_known(viewer, system, known, written, at=now())
    with scope(viewer.organisation):
        return settled + services.accept_ledger(viewer, name, at=now())


def accept_theirs(viewer: Viewer, handover_id: int, *, reason: str, terminal: str) -> None:
    """Let the core's content of one row stand, by a person's decision（EXP-712）. Raises what the services raise."""
    with scope(viewer.organisation):
        statement = services.statement_of(viewer, handover_id)
    written = vault_services.write(viewer.organisation, [statement])
    with scope(viewer.organisation):
        services.accept_theirs(viewer, handover_id, written, reason=reason, at=now(), terminal=terminal)


def problem_of(system: CoreSystemRef) -> list[str]:
    """What is wrong with a core system's settings, as sentences for `todoke doctor`; empty when it can be tried."""
    try:
        queries.core_profile(system.profile)
        with _connected(system) as connection:
            connection.check_config()
    except TodokeError as trouble:
        return [trouble.for_screen()]
    return []


@contextmanager
def _connected(system: CoreSystemRef) -> Iterator[CoreConnection]:
    connection = CONNECTIONS[system.adapter](system)
    try:
        yield connection
    finally:
        connection.close()


def _actor(context: JobContext) -> Actor:
    return Actor(ActorKind.WORKER, context.by.owner)


def _fresh(context: JobContext) -> Claimant:
    """The claimant at the time of the claim: earlier calls of the same job may have taken a while."""
    return replace(context.by, now=now())
