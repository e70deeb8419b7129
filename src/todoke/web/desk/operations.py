"""The figures of the page 運用状況: the same readings as the metrics, of the viewer's own body, with what is too much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from todoke.casework import readings
from todoke.casework.readings import LIMITS, BodyReadings, Queue
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import ChannelReading, PackageState
from todoke.casework.screening import queries as screening
from todoke.casework.screening.values import ScannerStatus
from todoke.foundation.claims import Backlog
from todoke.foundation.vault.values import RereadStanding
from todoke.web.desk import standing
from todoke.web.desk.standing import TrustView

DAY, HOUR, MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue: its work, how much waits, for how long, and how long that is beside the others（0–100）."""

    label: str
    depth: str
    age: str
    share: int
    parked: int
    expired: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """So many packages stand in one state for one reason, and the share of the largest（0–100）."""

    state: PackageState
    code: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """How one channel keeps up."""

    channel: str
    read_at: datetime | None
    lag: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class OperationsView:
    """The whole page."""

    at: datetime
    queues: tuple[QueueLine, ...]
    settled: Mapping[PackageState, int]
    held: tuple[HeldLine, ...]
    channels: tuple[ChannelLine, ...]
    cores_away: Mapping[str, datetime]
    to_type: int
    seal_age: str
    is_seal_late: bool
    reread: RereadStanding
    is_reread_late: bool
    free: int | None
    is_room_short: bool
    trust: TrustView
    scanner: ScannerStatus

    @property
    def is_well(self) -> bool:
        """Whether nothing on the page asks for somebody."""
        is_late = any(one.is_late or one.parked for one in self.queues)
        is_silent = any(one.is_late for one in self.channels) or bool(self.cores_away)
        is_unsound = bool(self.reread.damaged) or self.is_reread_late
        is_short = self.is_seal_late or self.is_room_short
        is_unlooked = self.scanner.is_late or self.scanner.is_overdue or self.scanner.is_outdated
        return not (is_late or is_silent or is_unsound or is_short or is_unlooked or self.trust.is_amiss)


def operations(*, at: datetime) -> OperationsView:
    """How the work of the body in scope stands."""
    read, free = readings.of_body(at), readings.free_share()
    return OperationsView(
        at=at, queues=_queues(read), settled=_settled(at), held=tuple(_held(read)), channels=tuple(_channels(read)),
        cores_away=read.cores_away, to_type=read.to_type, seal_age=_span(read.seal_age),
        is_seal_late=read.seal_age > LIMITS["seal"], reread=read.reread,
        is_reread_late=read.reread_age > LIMITS["reread"], free=None if free is None else round(100 * free),
        is_room_short=free is not None and free < LIMITS["free"], trust=standing.trust(at=at),
        scanner=screening.scanner_status(at=at),
    )  # fmt: skip


def _queues(read: BodyReadings) -> tuple[QueueLine, ...]:
    longest = max((queue.age(read.at) for queue in read.queues), default=0.0)
    return tuple(_queue(queue, read.at, longest) for queue in read.queues)


def _queue(queue: Queue, at: datetime, longest: float) -> QueueLine:
    seconds = queue.age(at)
    return QueueLine(
        queue.label, _count(queue.backlog), _span(seconds) if queue.backlog.depth else "－", _share(seconds, longest),
        queue.backlog.parked, queue.backlog.expired, seconds > LIMITS["queue"],
    )  # fmt: skip


def _held(read: BodyReadings) -> Iterable[HeldLine]:
    states = ((PackageState.PENDING, read.pending), (PackageState.QUARANTINED, read.quarantined))
    largest = max((count for _, counts in states for count in counts.values()), default=0)
    for state, counts in states:
        for code, count in sorted(counts.items()):
            yield HeldLine(state, code, count, _share(count, largest))


def _settled(at: datetime) -> Mapping[PackageState, int]:
    """What became of the packages of the last day, every state named."""
    found = relay.arrived_lately(at - timedelta(days=1))
    return {state: found.get(state, 0) for state in PackageState}


def _channels(read: BodyReadings) -> Iterable[ChannelLine]:
    for one in read.channels:
        yield ChannelLine(one.channel, one.read_at, _lag(one), _is_silent(one, read.at))


def _is_silent(channel: ChannelReading, at: datetime) -> bool:
    return channel.read_at is not None and at - channel.read_at > timedelta(seconds=LIMITS["channel"])


def _lag(channel: ChannelReading) -> str:
    return "－" if channel.lag is None else _span(channel.lag / timedelta(seconds=1))


def _count(backlog: Backlog) -> str:
    return f"{backlog.depth:,} 以上" if backlog.is_capped else f"{backlog.depth:,}"


def _share(part: float, whole: float) -> int:
    return max(1, round(100 * part / whole)) if part and whole else 0


def _span(seconds: float) -> str:
    """A span of time in the two largest units that matter."""
    whole = int(seconds)
    if whole >= DAY:
        return f"{whole // DAY}日{whole % DAY // HOUR}時間"
    if whole >= HOUR:
        return f"{whole // HOUR}時間{whole % HOUR // MINUTE}分"
    return f"{whole // MINUTE}分" if whole >= MINUTE else f"{whole}秒"
