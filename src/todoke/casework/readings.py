"""What the journey's instruments show: queues, outcomes, channels, seals, lists — read from the stages, changing nothing.

Metrics belong to no stage, so they are composed here, beside the journey. Every reading of a body is a fixed number of
questions over a bounded number of rows: watching costs the same in a flood.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from todoke.foundation import objects
from todoke.foundation.audit import queries as audit
from todoke.foundation.claims import Backlog
from todoke.foundation.errors import TodokeError
from todoke.foundation.outbox import queries as outbox
from todoke.foundation.vault import queries as vault
from todoke.foundation.vault.values import RereadStanding

from . import journey
from .cases import queries as cases
from .handover import queries as handover
from .intake import queries as intake
from .intake.values import ListStatus, NextStep
from .notify.queries import KIND as NOTICES
from .relay import queries as relay
from .relay.values import ChannelReading
from .screening import queries as screening

LIMITS: Mapping[str, float] = {
    "queue": 600.0,  # seconds that a due row may wait
    "seal": 600.0,  # seconds that an entry may wait for its seal; at TODOKE_SEAL_LIMIT_HOURS writes stop
    "channel": 3600.0,  # seconds since a channel was last read to its end
    "list": 0.0,  # seconds that a revocation list must still have
    "reread": 172_800.0,  # seconds since an original was last read again at night
    "free": 0.1,  # share of the device on which originals lie
}


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of a body: the stage whose work it is, its Japanese name, and what waits in it."""

    stage: str
    label: str
    backlog: Backlog

    def age(self, at: datetime) -> float:
        """For how many seconds its oldest row has been due; 0 when nothing is."""
        return _seconds(self.backlog.due_since, at)


@dataclass(frozen=True, slots=True)
class BodyReadings:
    """How the work of one body stands at a moment."""

    at: datetime
    queues: tuple[Queue, ...]
    pending: Mapping[str, int]
    quarantined: Mapping[str, int]
    to_type: int
    channels: tuple[ChannelReading, ...]
    cores_away: Mapping[str, datetime]
    unsealed_since: datetime | None
    reread: RereadStanding

    @property
    def reread_age(self) -> float:
        """For how many seconds no original was read again; 0 while there was none to read."""
        return _seconds(self.reread.read_at, self.at)

    @property
    def seal_age(self) -> float:
        """For how many seconds the oldest entry of the audit has waited for its seal."""
        return _seconds(self.unsealed_since, self.at)


@dataclass(frozen=True, slots=True)
class HouseReadings:
    """What the whole installation shares: revocation lists, the scanner, room for originals."""

    lists: tuple[ListStatus, ...] = ()
    refused_lists: int = 0
    is_trust_readable: bool = True
    scanner_problems: tuple[str, ...] | None = None
    free_share: float | None = None
    is_storage_near: bool | None = None


def _seconds(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max(0.0, (at - since) / timedelta(seconds=1))


def of_body(at: datetime) -> BodyReadings:
    """The readings of the body in scope."""
    return BodyReadings(
        at=at, queues=_queues(at), pending=relay.waiting_by_code(), quarantined=intake.quarantined_by_code(),
        to_type=outbox.count_to_type(NOTICES), channels=tuple(relay.channel_readings()),
        cores_away=handover.away_since(), unsealed_since=audit.unsealed_since(),
        reread=vault.reread_standing(),
    )  # fmt: skip


def _queues(at: datetime) -> tuple[Queue, ...]:
    """In the order of the journey; the names are those of the jobs that empty them."""
    to_write, to_send, to_receipt = handover.backlogs(at)
    return (
        Queue("intake.open_packages", "開封・検証", relay.backlog(at)),
        Queue("identify.identify_applications", "申請者特定", intake.backlog(NextStep.IDENTIFY, at)),
        Queue("cases.open_cases", "窓口に登録", intake.backlog(NextStep.OPEN, at)),
        Queue("handover.prepare", "引渡しの準備", cases.backlog_to_hand_over(at)),
        Queue("handover.write_batches", "引渡しファイル作成", to_write),
        Queue("handover.send_batches", "引渡し", to_send),
        Queue("handover.read_receipts", "受領の読取り", to_receipt),
        Queue("notify.queue_notices", "通知の準備", cases.backlog_to_tell(at)),
        Queue("notify.send_notices", "通知", outbox.backlog(NOTICES, at)),
        Queue("screening.screen", "添付の検査", screening.backlog(at)),
        Queue("screening.make_copies", "添付の無害化", screening.copies_backlog(at)),
    )


def of_house(at: datetime) -> HouseReadings:
    """The readings of the installation. Asks scanner and storage, so not within a transaction; needs no scope."""
    problems = tuple(journey.scanner_problems()) if settings.TODOKE_CLAMD else None
    plain = HouseReadings(
        scanner_problems=problems, free_share=free_share(), is_storage_near=_is_storage_near()
    )
    try:
        trust = intake.trust_status(at=at)
    except TodokeError:
        return replace(plain, is_trust_readable=False)
    return replace(plain, lists=trust.lists, refused_lists=len(trust.refused))


def _is_storage_near() -> bool | None:
    """Whether S3-compatible storage answers; None where originals lie in files."""
    if not objects.is_set_up():
        return None
    try:
        next(iter(objects.listing("nothing/")), None)
    except TodokeError:
        return False
    return True


def free_share() -> float | None:
    """The free share of the device on which originals lie; None where there is no such folder."""
    place = Path(settings.TODOKE_VAULT_DIR)
    try:
        room = os.statvfs(place if place.exists() else place.parent)
    except OSError:
        return None
    return room.f_bavail / room.f_blocks if room.f_blocks else None
