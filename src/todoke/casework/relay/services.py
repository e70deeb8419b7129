"""Receiving packages, lending them to workers, settling what became of them, and letting them be tried again."""

# long: the life of one package row, from its arrival to its settlement and back, is read in one place.
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction

from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import (
    SqlValue,
    aware,
    change_rows,
    current_organisation,
    insert_rows,
    scope,
    select_rows,
)
from todoke.foundation.leases import Claimant, Failure
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import BlobRef

from . import queries, rules
from .errors import FileUnreadable, NotWaiting, PackageUnknown
from .models import Channel, Package, RecordedCheckRow, RelayRun, Watermark
from .values import (
    Arrival,
    ChannelKind,
    ChannelRef,
    ChannelSettings,
    ClaimedPackage,
    ImportOutcome,
    ImportResult,
    Listed,
    PackageState,
    Received,
    RecordedCheck,
    Run,
    RunReport,
    Settlement,
)

CHUNK = 131_072
SHOWN_FAILURES = 50
_COLUMNS = (
    "uuid", "channel_id", "receipt_number", "content_hash", "blob_id", "size", "procedure_hint", "file_label",
    "portal_received_at", "listed_at", "received_at", "state", "code", "facts", "waits_for", "due_at", "lease_owner",
    "lease_until", "fence", "attempts", "parked_code",
)  # fmt: skip
_CLAIMED = (
    "id", "uuid", "blob_id", "size", "content_hash", "channel_id", "receipt_number", "portal_received_at",
    "received_at",
)  # fmt: skip
_CHECK = (
    "package_id", "digest", "received", "standing", "checked_by", "checked_at", "means", "since", "serial", "source",
    "noted_at",
)  # fmt: skip


@transaction.atomic
def register_channel(
    name: str,
    *,
    kind: ChannelKind,
    profile: str,
    layout: str,
    settings: ChannelSettings,
    actor: Actor,
    at: datetime,
) -> ChannelRef:
    """Register a channel of the body in scope, or change it. Raises ProfileInvalid."""
    queries.load_profile(profile)
    organisation = current_organisation()
    row, _ = Channel.objects.update_or_create(
        organisation_id=organisation, name=name,
        defaults={
            "kind": kind.value, "profile": profile, "layout": layout, "is_active": True,
            "settings": json.dumps(asdict(settings), ensure_ascii=False, sort_keys=True),
        },
    )  # fmt: skip
    if kind is ChannelKind.HAND:  # a person reads it, no worker
        Watermark.objects.filter(channel=row).delete()
    else:
        mark = {"kind": kind.value, "due_at": at, "is_complete": False}
        Watermark.objects.update_or_create(channel=row, organisation_id=organisation, defaults=mark)
    audit.record(
        "channel.registered",
        object_kind="channel",
        object_id=name,
        actor=actor,
        at=at,
        facts={"kind": kind.value},
    )
    return queries.channel_ref(row)


def receive_package(
    channel: ChannelRef,
    *,
    listed: Listed,
    chunks: Iterable[bytes],
    actor: Actor,
    at: datetime,
    label: str = "",
) -> Received:
    """Store one package durably, then record it; call outside any scope. Idempotent on number and content.

    `chunks` are of any size; memory stays at one of them. Raises TooLarge, StoreFailed.
    """
    written = vault.write(channel.organisation, chunks, limit=django_settings.TODOKE_PACKAGE_BYTES)
    with scope(channel.organisation):
        return receive_packages(channel, [Arrival(listed, written, label)], actor=actor, at=at)[0]


def receive_packages(
    channel: ChannelRef, arrivals: Sequence[Arrival], *, actor: Actor, at: datetime
) -> list[Received]:
    """Record packages whose bytes are durable, in the caller's scope: rows and audit in one transaction."""
    blobs = vault.register([one.written for one in arrivals], at=at)
    try:
        with transaction.atomic():
            return _insert(channel, arrivals, blobs, actor, at)
    except IntegrityError:  # another worker received the same package between our look and our insert
        received = []
        for arrival, blob in zip(arrivals, blobs, strict=True):
            try:
                with transaction.atomic():
                    received += _insert(channel, [arrival], [blob], actor, at)
            except IntegrityError:
                received += _insert(channel, [arrival], [blob], actor, at)
        return received


def _insert(
    channel: ChannelRef, arrivals: Sequence[Arrival], blobs: Sequence[BlobRef], actor: Actor, at: datetime
) -> list[Received]:
    """Insert what is not stored yet and return where everything stands."""
    ids = _stored(channel, arrivals)
    fresh: dict[tuple[str, str], tuple[Arrival, BlobRef]] = {}
    for arrival, blob in zip(arrivals, blobs, strict=True):
        if _key(arrival) not in ids:
            fresh.setdefault(_key(arrival), (arrival, blob))
    moment = connection.ops.adapt_datetimefield_value
    now = moment(at)
    insert_rows(
        Package, _COLUMNS,
        [
            (
                uuid4().hex, channel.id, one.listed.receipt_number, blob.sha256, blob.id, blob.size,
                one.listed.procedure_hint, one.label, listed_at, listed_at, now, PackageState.PENDING.value, "", "{}",
                "", now, "", None, 0, 0, "",
            )
            for one, blob in fresh.values()
            for listed_at in (moment(one.listed.received_at),)
        ],
    )  # fmt: skip
    again = [one for one in arrivals if _key(one) in ids]
    _note_listings(channel, ids, again)
    if fresh:
        ids = _stored(channel, arrivals)
    _insert_checks([(ids[_key(one)], one.listed.check) for one in arrivals], at)
    audit.record_many([_received(ids[key], channel, actor, at) for key in fresh])
    news = set(fresh)
    received = []
    for one in arrivals:
        received.append(Received(ids[_key(one)], _key(one) in news))
        news.discard(_key(one))
    return received


def _key(arrival: Arrival) -> tuple[str, str]:
    return arrival.listed.receipt_number, arrival.written.sha256


def _stored(channel: ChannelRef, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], int]:
    numbers = {one.listed.receipt_number for one in arrivals}
    rows = select_rows(
        Package, ("receipt_number", "content_hash", "id"), among=("receipt_number", numbers),
        where={"channel_id": channel.id},
    )  # fmt: skip
    return {(number, digest): pk for number, digest, pk in rows}


def _note_listings(channel: ChannelRef, ids: dict[tuple[str, str], int], again: Sequence[Arrival]) -> None:
    """Remember the newest 受付日時 of what was listed again, so that it is not fetched for ever."""
    for one in again:
        if one.listed.received_at is not None:
            rows = Package.objects.filter(pk=ids[_key(one)], listed_at__lt=one.listed.received_at)
            rows.update(listed_at=one.listed.received_at)


def _insert_checks(checks: Iterable[tuple[int, RecordedCheck | None]], at: datetime) -> None:
    """Keep verification results as received; one that says nothing new is there already."""
    moment = connection.ops.adapt_datetimefield_value
    rows = [
        (
            package_id, check.digest, check.received, check.standing.value, check.checked_by,
            moment(check.checked_at), check.means, moment(check.since), check.serial, check.source, moment(at),
        )
        for package_id, check in checks
        if check is not None
    ]  # fmt: skip
    if rows:
        insert_rows(RecordedCheckRow, _CHECK, rows, skip_known=True)


@transaction.atomic
def note_checks(channel: ChannelRef, listed: Iterable[Listed], *, at: datetime) -> int:
    """Keep results that a channel delivers after the package itself, and let what waited for them be judged anew.

    Returns how many packages go on.
    """
    checks = {one.receipt_number: one.check for one in listed if one.check is not None}
    if not checks:
        return 0
    rows = Package.objects.filter(channel_id=channel.id, receipt_number__in=checks)
    waiting = {number: pk for number, pk, state in rows.values_list("receipt_number", "pk", "state")
               if state == PackageState.PENDING.value}  # fmt: skip
    known = {(pk, check.received) for pk, check in queries.recorded_checks(waiting.values()).items()}
    news = [(pk, checks[number]) for number, pk in waiting.items()]
    news = [(pk, check) for pk, check in news if (pk, check.received) not in known]
    _insert_checks(news, at)
    held = Package.objects.filter(pk__in=[pk for pk, _ in news], lease_owner="").exclude(parked_code="")
    return held.update(due_at=at, parked_code="", code="", facts="{}")


def _received(package_id: int, channel: ChannelRef, actor: Actor, at: datetime) -> Entry:
    return Entry("package.received", "package", str(package_id), actor, at, {"channel": channel.name})


def import_files(
    paths: Iterable[Path], channel: ChannelRef, *, actor: Actor, at: datetime
) -> list[ImportResult]:
    """Import ZIPs that a person has downloaded from the portal; call outside any scope. One result per file.

    A file that cannot be taken does not stop the others. The 受付番号 stands in the file's name (channel profile).
    """
    pattern = queries.load_profile(channel.profile).file_pattern
    results = []
    for path in paths:
        try:
            results.append(_import_file(path, pattern, channel, actor, at))
        except TodokeError as refusal:
            results.append(ImportResult(path, ImportOutcome.REFUSED, code=refusal.code))
    return results


def _import_file(path: Path, pattern: str, channel: ChannelRef, actor: Actor, at: datetime) -> ImportResult:
    receipt = rules.receipt_of_file(path.name, pattern)
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115  # closed below; only the opening is guarded here
    except OSError as refusal:
        raise FileUnreadable from refusal
    with file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        received = receive_package(
            channel,
            listed=Listed(receipt, None),
            chunks=chunks,
            actor=actor,
            at=at,
            label=rules.label_of(path.name),
        )
    outcome = ImportOutcome.STORED if received.is_new else ImportOutcome.KNOWN
    return ImportResult(path, outcome, receipt, received.package_id)


@transaction.atomic
def claim_packages(limit: int, *, by: Claimant) -> list[ClaimedPackage]:
    """Claim pending packages that are due, in the order in which the portal received them."""
    found = leases.claim(
        Package, where={"state": PackageState.PENDING.value}, order=["portal_received_at", "receipt_number", "id"],
        limit=limit, by=by,
    )  # fmt: skip
    claims = {one.id: one for one in found}
    rows = select_rows(
        Package, _CLAIMED, among=("id", claims.keys()), order=("portal_received_at", "receipt_number", "id")
    )
    channels = {pk: (pk, name, layout) for pk, name, layout in _channels({row[5] for row in rows})}
    return [
        ClaimedPackage(
            claims[pk], UUID(uuid) if isinstance(uuid, str) else uuid, blob_id, size, digest, *channels[channel_id],
            number, portal_received_at and aware(portal_received_at), aware(received_at),
        )
        for pk, uuid, blob_id, size, digest, channel_id, number, portal_received_at, received_at in rows
    ]  # fmt: skip


def _channels(ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Number, name and layout of these channels."""
    return select_rows(Channel, ("id", "name", "layout"), among=("id", ids))


def still_mine(claimed: Iterable[ClaimedPackage]) -> set[int]:
    """The ids of those packages that this worker still holds; locks them on PostgreSQL."""
    return leases.still_mine(Package, [one.claim for one in claimed])


def try_one_by_one(claimed: Iterable[ClaimedPackage]) -> None:
    """Count packages that a worker died over as untried again; each is counted anew when it is tried alone."""
    Package.objects.filter(pk__in=[one.claim.id for one in claimed]).update(attempts=1)


def count_attempt(claimed: ClaimedPackage) -> None:
    """Count the attempt of a package before it is tried alone, so that the one that kills its worker stands out."""
    Package.objects.filter(pk=claimed.claim.id, fence=claimed.claim.fence).update(
        attempts=claimed.claim.attempts
    )


def postpone_packages(claimed: Iterable[ClaimedPackage], *, at: datetime) -> None:
    """Give packages back because something else is wrong (a profile, the trust directory): later, never parked."""
    claims = [one.claim for one in claimed]
    leases.postpone(Package, claims, now=at)
    Package.objects.filter(pk__in=[one.id for one in claims], lease_owner="").update(attempts=0)


def fail_package(claimed: ClaimedPackage, *, at: datetime) -> Failure:
    """Note that a package could not be processed alone: tried again later, parked for a person at the limit."""
    return leases.fail(Package, claimed.claim, now=at)


@transaction.atomic
def settle_packages(settlements: Sequence[Settlement], *, actor: Actor, at: datetime) -> int:
    """Write what becomes of claimed packages, each with its audit entry; returns how many were still ours.

    The fence is checked: what another worker has claimed since is left alone.
    """
    mine = leases.still_mine(Package, [one.claim for one in settlements])
    ours = [one for one in settlements if one.claim.id in mine]
    accepted = {one.claim.id for one in ours if one.state is PackageState.ACCEPTED and not one.facts}
    freed: dict[str, SqlValue] = {"lease_owner": "", "lease_until": None, "attempts": 0, "waits_for": ""}
    settled = {"state": PackageState.ACCEPTED.value, "code": "", "facts": "{}", "parked_code": "", **freed}
    change_rows(Package, accepted, settled)
    for one in ours:
        if one.claim.id not in accepted:
            _settle(one, at, freed)
    audit.record_many([_settled(one, actor, at) for one in ours])
    return len(ours)


def _settle(one: Settlement, at: datetime, freed: dict[str, SqlValue]) -> None:
    is_pending = one.state is PackageState.PENDING
    Package.objects.filter(pk=one.claim.id).update(
        **{**freed, "waits_for": one.waits_for},
        state=one.state.value, code=one.code, due_at=one.due_at or at,
        facts=json.dumps(dict(one.facts), ensure_ascii=False, sort_keys=True),
        parked_code=one.code if is_pending and one.due_at is None else "",
    )  # fmt: skip


def _settled(one: Settlement, actor: Actor, at: datetime) -> Entry:
    facts = {"code": one.code} if one.code else {}
    if one.evidence:
        facts["evidence"] = one.evidence
    return Entry(f"package.{one.state.value}", "package", str(one.claim.id), actor, at, facts)


def is_waited_for(receipt_numbers: Collection[str]) -> bool:
    """Whether any package waits, or has waited in vain, for one of these 受付番号."""
    return bool(select_rows(Package, ("id",), among=("waits_for", receipt_numbers)))


def wake_waiting(receipt_numbers: Iterable[str], *, at: datetime) -> int:
    """Let packages that wait for these 受付番号 be tried now, in the caller's transaction; returns how many."""
    rows = Package.objects.filter(state=PackageState.PENDING.value, waits_for__in=set(receipt_numbers))
    return rows.exclude(waits_for="").update(due_at=at, parked_code="")


def free_quarantined(receipt_numbers: Iterable[str], *, code: str, actor: Actor, at: datetime) -> list[int]:
    """Let quarantined packages of that code be tried again because what they waited for has come; returns their ids."""
    rows = Package.objects.filter(
        waits_for__in=set(receipt_numbers), state=PackageState.QUARANTINED.value, disposed_at=None
    )
    freed = list(rows.exclude(waits_for="").filter(code=code).order_by("pk").values_list("pk", flat=True))
    if freed:
        Package.objects.filter(pk__in=freed).update(
            state=PackageState.PENDING.value, code="", facts="{}", due_at=at, attempts=0, waits_for=""
        )
        audit.record_many([Entry("package.requeued", "package", str(pk), actor, at) for pk in freed])
    return freed


@transaction.atomic
def requeue_package(package_id: int, *, actor: Actor, at: datetime, purpose: str = "") -> None:
    """Let a quarantined package, or one that waits for a person, be processed again: the way back out.

    Raises PackageUnknown, and NotWaiting for one that is accepted, due anyway, or disposed of.
    """
    if not Package.objects.filter(pk=package_id).exists():
        raise PackageUnknown
    quarantined = Package.objects.filter(
        pk=package_id, state=PackageState.QUARANTINED.value, disposed_at=None
    )
    waiting = Package.objects.filter(pk=package_id, state=PackageState.PENDING.value).exclude(
        code="", parked_code=""
    )
    changes: dict[str, object] = {
        "state": PackageState.PENDING.value, "code": "", "facts": "{}", "parked_code": "", "attempts": 0,
        "due_at": at, "lease_owner": "", "lease_until": None, "waits_for": "",
    }  # fmt: skip
    if not quarantined.update(**changes) and not waiting.update(**changes):
        raise NotWaiting
    audit.record(
        "package.requeued",
        object_kind="package",
        object_id=str(package_id),
        actor=actor,
        at=at,
        purpose=purpose,
    )


def requeue_many(package_ids: Iterable[int], *, actor: Actor, at: datetime, purpose: str) -> int:
    """Let packages that wait for a person be judged again, because what they waited for has come; returns how many."""
    waiting = Package.objects.filter(pk__in=list(package_ids), state=PackageState.PENDING.value)
    ids = list(waiting.exclude(parked_code="").order_by("pk").values_list("pk", flat=True))
    Package.objects.filter(pk__in=ids).update(
        code="", facts="{}", parked_code="", attempts=0, due_at=at, lease_owner="", lease_until=None
    )
    audit.record_many([Entry("package.requeued", "package", str(pk), actor, at, {}, purpose) for pk in ids])
    return len(ids)


@transaction.atomic
def start_runs(kind: ChannelKind, *, limit: int, by: Claimant) -> list[Run]:
    """Claim channels of a kind that are due to be read; `position` is how far each was read."""
    claims = {
        one.id: one
        for one in leases.claim(
            Watermark, where={"kind": kind.value}, order=["due_at", "id"], limit=limit, by=by
        )
    }
    runs = []
    for mark in Watermark.objects.select_related("channel").filter(pk__in=claims, channel__is_active=True):
        row = RelayRun.objects.create(
            organisation_id=current_organisation(), channel=mark.channel, started_at=by.now
        )
        runs.append(Run(queries.channel_ref(mark.channel), claims[mark.pk], row.pk, mark.position))
    return runs


def keep_run(run: Run, *, seconds: int, at: datetime) -> bool:
    """Prolong the lease of a run that is still under way; False when another worker has taken the channel over."""
    rows = Watermark.objects.filter(pk=run.claim.id, fence=run.claim.fence)
    return bool(rows.update(lease_until=at + timedelta(seconds=seconds)))


@transaction.atomic
def end_run(run: Run, report: RunReport, *, actor: Actor, at: datetime) -> None:
    """Close a run. The watermark moves after a complete one only; an incomplete one is due again after a pause."""
    RelayRun.objects.filter(pk=run.id).update(
        ended_at=at, is_complete=report.is_complete, listed=report.listed, stored=report.stored, known=report.known,
        failures=json.dumps([(one.receipt_number, one.code) for one in report.failures[:SHOWN_FAILURES]]),
        list_code=report.list_code,
    )  # fmt: skip
    if run.claim.id not in leases.still_mine(Watermark, [run.claim]):
        return
    mark = Watermark.objects.get(pk=run.claim.id)
    if report.is_complete:
        if not report.stored:  # a quiet channel keeps its newest quiet run only
            rows = RelayRun.objects.filter(
                channel_id=run.channel.id, is_complete=True, stored=0, pk__lt=run.id
            )
            rows.delete()
        # A row dated in the future must not move the list's beginning past what is still to come.
        newest = [min(moment, at) for moment in (mark.position, report.newest) if moment is not None]
        pause = timedelta(seconds=queries.load_profile(run.channel.profile).poll_seconds)
        Watermark.objects.filter(pk=mark.pk).update(position=max(newest, default=None), is_complete=True)
        leases.release(Watermark, [mark.pk], due_at=at + pause)
    else:
        Watermark.objects.filter(pk=mark.pk).update(is_complete=False)
        leases.postpone(Watermark, [run.claim], now=at)
    if report.stored or report.failures or report.list_code:
        audit.record(
            "channel.read", object_kind="channel", object_id=run.channel.name, actor=actor, at=at,
            facts={"stored": report.stored, "failed": len(report.failures), "code": report.list_code},
        )  # fmt: skip


@transaction.atomic
def make_channels_due(*, at: datetime) -> int:
    """Let every channel of the body in scope be read now, whatever its rhythm; returns how many there are."""
    return Watermark.objects.filter(due_at__gt=at).update(due_at=at) or Watermark.objects.count()


@transaction.atomic
def dispose_packages(package_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Take what may name a person from settled packages; returns the originals that they no longer refer to.

    受付番号 and hash stay. The caller has asked whether they may go, destroys the keys and records it.
    """
    rows = Package.objects.filter(pk__in=list(package_ids), disposed_at=None)
    rows = rows.exclude(state=PackageState.PENDING.value)
    found = dict(rows.values_list("pk", "blob_id"))
    RecordedCheckRow.objects.filter(package_id__in=found).delete()
    Package.objects.filter(pk__in=found).update(disposed_at=at, file_label="", facts="{}", waits_for="")
    return set(found.values())


@transaction.atomic
def dispose_runs(run_ids: Iterable[int]) -> None:
    """Remove records of pulls; no person is named in them."""
    RelayRun.objects.filter(pk__in=list(run_ids)).delete()
