"""Questions about channels, packages and pulls; and the channel profiles, checked when they are read."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from todoke.foundation import leases, profile_files
from todoke.foundation.claims import Backlog
from todoke.foundation.fence import aware, select_rows
from todoke.foundation.transport import Transport

from . import rules
from .errors import ChannelUnknown, PackageUnknown, ProfileInvalid, SettingsIncomplete
from .models import Channel, Package, RecordedCheckRow, RelayRun, Watermark
from .values import (
    ChannelKind,
    ChannelProfile,
    ChannelReading,
    ChannelRef,
    ChannelSettings,
    FetchFailure,
    LastRun,
    Listed,
    LoginProfile,
    PackageDetail,
    PackageState,
    RecordedCheck,
    RecordedStanding,
)

PROFILES = Path(__file__).parent / "profiles"


def load_profile(name_or_path: str) -> ChannelProfile:
    """The channel profile of this name, or at this path (a town's own). Raises ProfileInvalid."""
    return profile_files.load(name_or_path, folder=PROFILES, read=_profile, refuse=ProfileInvalid)


def _profile(_name: str, document: profile_files.Document, _schema: profile_files.Document) -> ChannelProfile:
    return rules.profile_of(document)


def channels(kind: ChannelKind | None = None) -> list[ChannelRef]:
    """The active channels of the body in scope, by name."""
    rows = Channel.objects.filter(is_active=True).order_by("name")
    return [channel_ref(row) for row in (rows.filter(kind=kind.value) if kind else rows)]


def channel(name: str) -> ChannelRef:
    """The channel of this name of the body in scope. Raises ChannelUnknown."""
    row = Channel.objects.filter(name=name, is_active=True).first()
    if row is None:
        raise ChannelUnknown(channel=name)
    return channel_ref(row)


def channel_ref(row: Channel) -> ChannelRef:
    """A channel's row as a value."""
    stored = json.loads(row.settings)
    settings = ChannelSettings(**{**stored, "transport": Transport(**stored.get("transport", {}))})
    return ChannelRef(
        row.organisation_id, row.pk, row.name, ChannelKind(row.kind), row.profile, row.layout, settings
    )


def sign_in_body(channel: ChannelRef, login: LoginProfile) -> Mapping[str, str]:
    """What is posted to sign in to the portal of a channel. Raises SettingsIncomplete without a readable password."""
    try:
        password = Path(channel.settings.password_file).read_text(encoding="utf-8").strip()
    except OSError as missing:
        raise SettingsIncomplete(channel=channel.name, missing="password_file") from missing
    return rules.login_body(login, provider=channel.settings.provider_id, password=password)


def package(package_id: int) -> PackageDetail:
    """A package of the body in scope. Raises PackageUnknown."""
    row = Package.objects.select_related("channel").filter(pk=package_id).first()
    if row is None:
        raise PackageUnknown
    return _detail(row)


def package_by_uuid(uuid: UUID) -> PackageDetail:
    """A package of the body in scope by its outside name. Raises PackageUnknown."""
    row = Package.objects.select_related("channel").filter(uuid=uuid).first()
    if row is None:
        raise PackageUnknown
    return _detail(row)


def packages_numbered(receipt_number: str) -> list[PackageDetail]:
    """Every package of the body in scope under a 受付番号, the oldest first."""
    return _details(Package.objects.filter(receipt_number=receipt_number), 100)


def waiting_with(code: str) -> Mapping[int, str]:
    """Packages that wait for a person with this code → the channel that they came by."""
    rows = Package.objects.filter(state=PackageState.PENDING.value, code=code).exclude(parked_code="")
    return dict(rows.values_list("pk", "channel__name"))


def recorded_checks(package_ids: Iterable[int]) -> Mapping[int, RecordedCheck]:
    """The newest verification result that the channel delivered for each package; most have none."""
    rows = select_rows(
        RecordedCheckRow,
        (
            "package_id", "received", "standing", "checked_by", "checked_at", "means", "since", "serial",
            "source",
        ),
        among=("package_id", list(package_ids)), order=("id",),
    )  # fmt: skip
    return {
        package_id: RecordedCheck(
            received, RecordedStanding(standing), checked_by, checked_at and aware(checked_at), means,
            since and aware(since), serial, source,
        )
        for package_id, received, standing, checked_by, checked_at, means, since, serial, source in rows
    }  # fmt: skip


def packages_in(state: PackageState, *, after: int = 0, limit: int = 100) -> list[PackageDetail]:
    """Packages in a state, by id, for lists that are read page by page (`after` is the last id seen); none disposed of."""
    rows = Package.objects.filter(state=state.value, pk__gt=after, disposed_at=None)
    return _details(rows, limit)


def quarantined(*, after: int = 0, limit: int = 100) -> list[PackageDetail]:
    """The quarantine list（隔離一覧）."""
    return packages_in(PackageState.QUARANTINED, after=after, limit=limit)


def waiting(*, after: int = 0, limit: int = 100) -> list[PackageDetail]:
    """Pending packages that wait for a person or for another package: those with a code."""
    rows = Package.objects.filter(state=PackageState.PENDING.value, pk__gt=after).exclude(
        code="", parked_code=""
    )
    return _details(rows, limit)


def _details(rows: QuerySet[Package], limit: int) -> list[PackageDetail]:
    return [_detail(row) for row in rows.select_related("channel").order_by("pk")[:limit]]


def _detail(row: Package) -> PackageDetail:
    return PackageDetail(
        id=row.pk, uuid=row.uuid, blob_id=row.blob_id, size=row.size, content_hash=row.content_hash,
        channel=row.channel.name, layout=row.channel.layout, receipt_number=row.receipt_number,
        procedure_hint=row.procedure_hint, file_label=row.file_label, portal_received_at=row.portal_received_at,
        received_at=row.received_at, state=PackageState(row.state), code=row.code, facts=json.loads(row.facts),
        waits_for=row.waits_for, parked_code=row.parked_code, due_at=row.due_at,
    )  # fmt: skip


def counts_waiting_for() -> Mapping[str, int]:
    """How many pending packages wait for what（a 受付番号, or what a later stage names）."""
    rows = Package.objects.filter(state=PackageState.PENDING.value).exclude(waits_for="").order_by()
    return dict(rows.values_list("waits_for").annotate(count=Count("pk")))


def counts() -> Mapping[tuple[PackageState, str], int]:
    """How many packages stand in each state, by code; a parked one counts under the code it was parked with."""
    totals: dict[tuple[PackageState, str], int] = {}
    rows = Package.objects.values_list("state", "code", "parked_code").annotate(count=Count("pk"))
    for state, code, parked_code, count in rows:
        key = (PackageState(state), code or parked_code)
        totals[key] = totals.get(key, 0) + count
    return totals


def arrived(since: datetime, until: datetime) -> Mapping[PackageState, int]:
    """How many packages came in that time, by what has become of them."""
    rows = Package.objects.filter(received_at__gte=since, received_at__lt=until).order_by()
    return {
        PackageState(state): count for state, count in rows.values_list("state").annotate(count=Count("pk"))
    }


def arrived_lately(since: datetime, *, most: int = 10_000) -> Mapping[PackageState, int]:
    """Like `arrived` until now, over the newest packages only, at most so many: two questions, whatever has come in ever."""
    oldest = Package.objects.order_by("-pk").values_list("pk", flat=True)[most - 1 : most].first() or 0
    rows = Package.objects.filter(pk__gte=oldest, received_at__gte=since).order_by()
    return {
        PackageState(state): count for state, count in rows.values_list("state").annotate(count=Count("pk"))
    }


def stored_listings(channel_id: int, listed: Iterable[Listed]) -> set[tuple[str, datetime | None]]:
    """Those pairs of 受付番号 and 受付日時 that need no fetch, because what was listed so is stored."""
    numbers = {one.receipt_number for one in listed}
    rows = Package.objects.filter(channel_id=channel_id, receipt_number__in=numbers, listed_at__isnull=False)
    times = rows.values_list("receipt_number", "portal_received_at", "listed_at")
    return {(number, moment) for number, first, newest in times for moment in (first, newest)}


def last_runs() -> Sequence[LastRun]:
    """The newest pull of each channel of the body in scope that has had one."""
    found = []
    for mark in Watermark.objects.select_related("channel").order_by("channel__name"):
        run = RelayRun.objects.filter(channel_id=mark.channel_id).order_by("-pk").first()
        if run is not None:
            failures = tuple(FetchFailure(*pair) for pair in json.loads(run.failures))
            found.append(
                LastRun(
                    mark.channel.name, run.started_at, run.ended_at, run.is_complete, run.listed, run.stored,
                    failures, run.list_code, mark.position,
                )
            )  # fmt: skip
    return found


def channel_readings() -> list[ChannelReading]:
    """How each active channel of the body in scope keeps up, by name; one question."""
    complete = RelayRun.objects.filter(channel=OuterRef("pk"), is_complete=True).order_by("-pk")
    newest = Package.objects.filter(channel=OuterRef("pk")).order_by("-pk")
    rows = Channel.objects.filter(is_active=True).order_by("name").annotate(
        read_at=Subquery(complete.values("ended_at")[:1]), arrived=Subquery(newest.values("received_at")[:1]),
        posted=Subquery(newest.values("portal_received_at")[:1]),
    )  # fmt: skip
    return [
        ChannelReading(name, read_at, max(arrived - posted, timedelta()) if arrived and posted else None)
        for name, read_at, arrived, posted in rows.values_list("name", "read_at", "arrived", "posted")
    ]


def backlog(now: datetime) -> Backlog:
    """The packages of the body in scope that wait to be opened."""
    return leases.backlog(Package, where={"state": PackageState.PENDING.value}, now=now)


def waiting_by_code(*, limit: int = 1000) -> Mapping[str, int]:
    """How many pending packages wait for a person or another package, by code; counted up to the limit."""
    rows = Package.objects.filter(state=PackageState.PENDING.value).exclude(code="", parked_code="")
    pairs = rows.order_by("pk").values_list("code", "parked_code")[:limit]
    return Counter(code or parked_code for code, parked_code in pairs)


def quarantined_packages(ids: Iterable[int]) -> Mapping[int, UUID]:
    """Those of these packages that lie in quarantine and were not disposed of, with their outside names."""
    rows = Package.objects.filter(pk__in=list(ids), state=PackageState.QUARANTINED.value, disposed_at=None)
    return dict(rows.values_list("pk", "uuid"))


def packages_held(ids: Iterable[int], *, uuids: Collection[UUID], procedures: Collection[str]) -> set[int]:
    """Those of these packages that have one of these outside names or were sent for one of these procedures."""
    is_meant = Q(uuid__in=list(uuids)) | Q(procedure_hint__in=list(procedures))
    return set(Package.objects.filter(is_meant, pk__in=list(ids)).values_list("pk", flat=True))


def blobs_in_use(blob_ids: Iterable[int]) -> set[int]:
    """Those of these originals to which a package that was not disposed of refers."""
    rows = Package.objects.filter(blob_id__in=list(blob_ids), disposed_at=None)
    return set(rows.values_list("blob_id", flat=True))


def runs_before(
    moment: datetime, *, ids: Collection[int] | None = None, limit: int
) -> list[tuple[int, datetime]]:
    """Records of pulls that began before a moment and have ended, oldest first; the newest of a channel stays.

    With `ids`, only those of them.
    """
    newest = RelayRun.objects.order_by().values("channel").annotate(newest=Max("pk")).values("newest")
    rows = RelayRun.objects.filter(started_at__lt=moment, ended_at__isnull=False).exclude(pk__in=newest)
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    return list(rows.order_by("pk").values_list("pk", "started_at")[:limit])


def is_channel_due(kind: ChannelKind, now: datetime) -> bool:
    """Whether a channel of this kind is to be read now."""
    return leases.is_waiting(Watermark, where={"kind": kind.value}, now=now)


def is_package_due(now: datetime) -> bool:
    """Whether a stored package waits to be judged now."""
    return leases.is_waiting(Package, where={"state": PackageState.PENDING.value}, now=now)


def next_due(*, horizon: timedelta, now: datetime) -> datetime | None:
    """When the next unfinished work of the relay is due within the horizon: an unsettled package, an unread channel.

    A channel whose last pull was complete is not unfinished, although it is read again in due course.
    """
    package = leases.next_due(Package, where={"state": PackageState.PENDING.value})
    mark = leases.next_due(Watermark, where={"is_complete": False})
    soon = [moment for moment in (package, mark) if moment is not None and moment <= now + horizon]
    return min(soon, default=None)
