"""What the worker runs: read every due channel, store what is new, and note how far each has been read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.leases import JobContext
from todoke.foundation.tls import TransportUnreadable
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.errors import StoreFailed, TooLarge

from . import queries, rules, services
from .adapters.base import Source
from .adapters.folder import WatchedFolder
from .adapters.portal_api import PortalApi
from .errors import (
    FetchFailed,
    ListFailed,
    LoginRefused,
    PeerRefused,
    PortalAway,
    ProfileInvalid,
    SettingsIncomplete,
)
from .values import Arrival, ChannelKind, ChannelProfile, ChannelRef, FetchFailure, Listed, Run, RunReport

BATCH_FILES = 32
BATCH_BYTES = 67_108_864
FAILURES_IN_A_ROW = 5  # after so many the other side counts as away: the rest is left to the next run
MOST_PASSES = 10
STOPS = (
    PortalAway,
    PeerRefused,
    LoginRefused,
    SettingsIncomplete,
    TransportUnreadable,
)  # no sense in trying the next package

SOURCES: Mapping[ChannelKind, Callable[[ChannelRef, ChannelProfile], Source]] = {
    ChannelKind.API: PortalApi,
    ChannelKind.FOLDER: WatchedFolder,
}


def pull(context: JobContext) -> int:
    """Read the portals of one body that are due; returns how many new packages are stored."""
    return _read_channels(context, ChannelKind.API)


def collect_folder(context: JobContext) -> int:
    """Read the watched folders of one body that are due; returns how many new packages are stored."""
    return _read_channels(context, ChannelKind.FOLDER)


def _read_channels(context: JobContext, kind: ChannelKind) -> int:
    with scope(context.organisation):
        runs = services.start_runs(kind, limit=context.limit, by=context.by)
    return sum(_read(run, context).stored for run in runs)


def _read(run: Run, context: JobContext) -> RunReport:
    """Read one channel to the end of its list, whatever single packages do, and close the run."""
    actor = Actor(ActorKind.WORKER, context.by.owner)
    reading = _Reading(run, context, actor)
    try:
        profile = queries.load_profile(run.channel.profile)
        source = SOURCES[run.channel.kind](run.channel, profile)
        try:
            if source.check_config():
                raise SettingsIncomplete(channel=run.channel.name)
            reading.read(source, rules.start_of_list(run.position, profile))
        finally:
            source.close()
    except (*STOPS, ListFailed, StoreFailed, ProfileInvalid) as trouble:
        reading.list_code = trouble.code
    report = reading.report()
    with scope(run.channel.organisation):
        services.end_run(run, report, actor=actor, at=now())
    return report


@dataclass(slots=True)
class _Reading:
    """One run under way: what was counted so far, and the newest 受付日時 seen."""

    run: Run
    context: JobContext
    actor: Actor
    listed: int = 0
    stored: int = 0
    known: int = 0
    failures: list[FetchFailure] = field(default_factory=list)
    in_a_row: int = 0
    list_code: str = ""
    newest: datetime | None = None

    def report(self) -> RunReport:
        return RunReport(
            self.listed, self.stored, self.known, tuple(self.failures), self.list_code, self.newest
        )

    def read(self, source: Source, since: datetime) -> None:
        """Read the list up to now until a whole pass over it brings nothing new: rows may come late.

        Counts are those of the last pass, except what was stored. What arrives meanwhile is for the next run, so
        that a busy portal is read to an end too. Raises what stops the run.
        """
        until = now()
        for _ in range(MOST_PASSES):
            before = self.stored
            self.listed, self.known = 0, 0
            self.failures.clear()
            self._pass(source, since, until)
            if self.stored == before:
                return
        raise ListFailed(reason="growing")

    def _pass(self, source: Source, since: datetime, until: datetime) -> None:
        for page in source.pages(since, until):
            self.listed += len(page)
            seen = [one.received_at for one in page if one.received_at is not None]
            self.newest = max([*seen, *([self.newest] if self.newest else [])], default=None)
            wanted = iter(self._unknown(page))
            while self._store_some(source, wanted):
                self._keep()

    def _unknown(self, page: list[Listed]) -> list[Listed]:
        """What is not stored yet, or listed anew under another 受付日時 (it may be other bytes)."""
        with scope(self.run.channel.organisation, read_only=True):
            stored = queries.stored_listings(self.run.channel.id, page)
        if any(one.check is not None for one in page):
            with scope(self.run.channel.organisation):
                services.note_checks(self.run.channel, page, at=now())
        wanted = [one for one in dict.fromkeys(page) if (one.receipt_number, one.received_at) not in stored]
        self.known += len(page) - len(wanted)
        return wanted

    def _store_some(self, source: Source, wanted: Iterator[Listed]) -> bool:
        """Fetch some packages straight into the vault, make them durable, then record them; False at the end.

        What was fetched before the other side went away is kept. No network while a transaction is open.
        """
        arrivals: list[Arrival] = []
        stop: TodokeError | None = None
        is_last = False
        with vault.batch(self.run.channel.organisation) as batch:
            while not is_last and len(arrivals) < BATCH_FILES and _bytes(arrivals) < BATCH_BYTES:
                try:
                    is_last = not self._fetch_next(source, wanted, batch, arrivals)
                except STOPS as trouble:
                    stop, is_last = trouble, True
        self._record(source, arrivals)
        if stop is not None:
            raise stop
        return not is_last

    def _fetch_next(
        self, source: Source, wanted: Iterator[Listed], batch: vault.Batch, arrivals: list[Arrival]
    ) -> bool:
        """Fetch the next package; a failure is noted and does not stop the others. False when none is left."""
        listed = next(wanted, None)
        if listed is None:
            return False
        try:
            with source.fetch(listed) as chunks:
                written = batch.add(chunks, limit=settings.TODOKE_PACKAGE_BYTES)
        except (FetchFailed, TooLarge) as trouble:
            self.failures.append(FetchFailure(listed.receipt_number, trouble.code))
            self.in_a_row += 1
            if self.in_a_row >= FAILURES_IN_A_ROW and isinstance(trouble, FetchFailed):
                raise PortalAway from trouble
            return True
        self.in_a_row = 0
        arrivals.append(Arrival(listed, written, source.label(listed)))
        return True

    def _record(self, source: Source, arrivals: list[Arrival]) -> None:
        """Record what is durable; then the source may put it away."""
        if not arrivals:
            return
        with scope(self.run.channel.organisation):
            received = services.receive_packages(self.run.channel, arrivals, actor=self.actor, at=now())
        news = sum(one.is_new for one in received)
        self.stored, self.known = self.stored + news, self.known + len(received) - news
        for one in arrivals:
            source.stored(one.listed)

    def _keep(self) -> None:
        with scope(self.run.channel.organisation):
            if not services.keep_run(self.run, seconds=self.context.by.seconds, at=now()):
                raise ListFailed(reason="taken over")


def _bytes(arrivals: list[Arrival]) -> int:
    return sum(one.written.size for one in arrivals)


def problem_of(channel: ChannelRef) -> list[str]:
    """What is wrong with a channel's settings, as sentences for `todoke doctor`; empty when it can be tried."""
    if channel.kind not in SOURCES:
        return []  # imported by hand: nothing is read, so nothing can be unreachable
    try:
        source = SOURCES[channel.kind](channel, queries.load_profile(channel.profile))
    except TodokeError as trouble:
        return [trouble.for_screen()]
    wrong = source.check_config()
    source.close()
    return wrong
