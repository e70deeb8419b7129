"""The readings of every body as Prometheus gauges, taken anew when they are old, at most for a twentieth of the time."""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib.metadata import version

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection

from todoke.foundation import databases
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import whereabouts
from todoke.foundation.fence import scope
from todoke.foundation.logs import log
from todoke.foundation.meters import Gauge
from todoke.foundation.organisations.queries import organisations

from . import readings
from .readings import BodyReadings, HouseReadings

FRESH_SECONDS = 15.0
PATIENCE_SECONDS = 2.0  # readings that take longer than this are taken in the background
SHARE = 20
GAUGES = {
    "todoke_info": ("版とデータベース", ("version", "database")),
    "todoke_readings_failed": ("1: 計器を読めない（データベースなど）", ()),
    "todoke_readings_age_seconds": ("計器を読んでからの秒数", ()),
    "todoke_readings_seconds": ("計器を読むのにかかった秒数", ()),
    "todoke_queue_depth": ("処理を待つ行の数（1万で打ち切り）", ("body", "stage")),
    "todoke_queue_age_seconds": ("いちばん古い行が待っている秒数", ("body", "stage")),
    "todoke_parked_rows": ("続けて失敗して止まった行、人を待つ行の数", ("body", "stage")),
    "todoke_expired_leases": ("受け持ちの期限が切れたままの行の数", ("body", "stage")),
    "todoke_packages_held": (
        "いま確認待ち・隔離の申請データの数（千で打ち切り）",
        ("body", "outcome", "code"),
    ),
    "todoke_outbox_to_type": ("手入力を待つ処理状況の数", ("body",)),
    "todoke_channel_age_seconds": ("受付経路を最後に読み切ってからの秒数", ("body", "channel")),
    "todoke_channel_lag_seconds": ("最新の申請データがポータルの受付から届くまでの秒数", ("body", "channel")),
    "todoke_core_away_seconds": ("基幹が応答しなくなってからの秒数", ("body", "system")),
    "todoke_seal_age_seconds": ("監査証跡のいちばん古い未封印の記録の秒数", ("body",)),
    "todoke_originals_damaged": ("読めない原本、または受け取ったときと違う原本の数", ("body",)),
    "todoke_reread_age_seconds": ("夜間に原本を最後に読み直してからの秒数", ("body",)),
    "todoke_revocation_list_age_seconds": ("失効リストの古さの秒数", ("issuer",)),
    "todoke_revocation_list_left_seconds": ("失効リストの期限までの秒数（負は期限切れ）", ("issuer",)),
    "todoke_revocation_lists_refused": ("使えない失効リストの数", ()),
    "todoke_trust_readable": ("1: トラストアンカーを読める", ()),
    "todoke_scanner_up": ("1: ウイルス対策ソフトが応答し、試験用のファイルを見つける", ()),
    "todoke_storage_up": ("1: S3互換の保管が応答する", ()),
    "todoke_vault_free_ratio": ("原本の置き場所の空きの割合", ()),
}
Found = dict[str, Gauge]


class Panel:
    """The gauges of one process, with the moment at which they were read."""

    def __init__(self, read: Callable[[], list[Gauge]] | None = None) -> None:
        """Read nothing yet."""
        self._read = read or take
        self._lock = threading.Lock()
        self._found: list[Gauge] = []
        self._read_at = self._took = 0.0
        self._is_reading = False

    def gauges(self) -> list[Gauge]:
        """The readings: fresh where that is quick, else those before while new ones are taken in the background."""
        with self._lock:
            is_old = not self._read_at or time.monotonic() - self._read_at > max(
                FRESH_SECONDS, SHARE * self._took
            )
            begins = is_old and not self._is_reading
            self._is_reading = self._is_reading or begins
        if begins and self._took <= PATIENCE_SECONDS:
            self._renew()
        elif begins:
            threading.Thread(target=self._renew_apart, daemon=True).start()
        return [*self._found, *self._of_itself()]

    def _renew(self) -> None:
        began = time.monotonic()
        try:
            found = self._read()
        except Exception as trouble:  # noqa: BLE001  # an alert is raised by the gauge; the counters are still told
            log.error("gauges.unread error=%s", whereabouts(trouble))
            found = [_gauge("todoke_readings_failed", {(): 1.0})]
        with self._lock:
            self._found, self._read_at = found, time.monotonic()
            self._took, self._is_reading = self._read_at - began, False

    def _renew_apart(self) -> None:
        try:
            self._renew()
        finally:
            connection.close()  # the thread's own

    def _of_itself(self) -> Iterable[Gauge]:
        age = time.monotonic() - self._read_at if self._read_at else 0.0
        yield _gauge("todoke_readings_age_seconds", {(): age})
        yield _gauge("todoke_readings_seconds", {(): self._took})


def _gauge(name: str, found: dict[tuple[str, ...], float] | None = None) -> Gauge:
    return Gauge(name, *GAUGES[name], found or {})


def take() -> list[Gauge]:
    """Read everything now, body by body, each in its own scope."""
    of_itself = ("todoke_readings_age_seconds", "todoke_readings_seconds")
    found = {name: _gauge(name) for name in GAUGES if name not in of_itself}
    found["todoke_info"].found[version("todoke"), connection.vendor] = 1.0
    found["todoke_readings_failed"].found[()] = 0.0
    _note_house(found, readings.of_house(now()))
    for body in organisations():
        try:
            with scope(body.code, read_only=True):
                _note_body(found, body.code, readings.of_body(now()))
        except (
            DatabaseError
        ) as trouble:  # one group's database is away: an alert, and the others are still read
            if databases.group_of(body.code) == DEFAULT_DB_ALIAS:
                raise
            log.error("gauges.unread organisation=%s error=%s", body.code, whereabouts(trouble))
            found["todoke_readings_failed"].found[()] = 1.0
    return list(found.values())


def _note_body(found: Found, body: str, read: BodyReadings) -> None:
    for queue in read.queues:
        where = (body, queue.stage)
        found["todoke_queue_depth"].found[where] = queue.backlog.depth
        found["todoke_queue_age_seconds"].found[where] = queue.age(read.at)
        found["todoke_parked_rows"].found[where] = queue.backlog.parked
        found["todoke_expired_leases"].found[where] = queue.backlog.expired
    for outcome, counts in (("pending", read.pending), ("quarantined", read.quarantined)):
        for code, many in counts.items():
            found["todoke_packages_held"].found[body, outcome, code] = many
    found["todoke_outbox_to_type"].found[(body,)] = read.to_type
    found["todoke_seal_age_seconds"].found[(body,)] = read.seal_age
    found["todoke_originals_damaged"].found[(body,)] = read.reread.damaged
    if read.reread.read_at is not None:
        found["todoke_reread_age_seconds"].found[(body,)] = read.reread_age
    for channel in read.channels:
        if channel.read_at is not None:
            age = (read.at - channel.read_at) / timedelta(seconds=1)
            found["todoke_channel_age_seconds"].found[body, channel.channel] = max(age, 0.0)
        if channel.lag is not None:
            found["todoke_channel_lag_seconds"].found[body, channel.channel] = channel.lag / timedelta(
                seconds=1
            )
    for system, since in read.cores_away.items():
        found["todoke_core_away_seconds"].found[body, system] = (read.at - since) / timedelta(seconds=1)


def _note_house(found: Found, read: HouseReadings) -> None:
    at = now()
    for one in read.lists:
        issuer = (one.issuer_key[:16],)
        found["todoke_revocation_list_age_seconds"].found[issuer] = one.age / timedelta(seconds=1)
        left = (one.next_update - at) / timedelta(seconds=1)
        found["todoke_revocation_list_left_seconds"].found[issuer] = left
    found["todoke_revocation_lists_refused"].found[()] = read.refused_lists
    found["todoke_trust_readable"].found[()] = float(read.is_trust_readable)
    if read.scanner_problems is not None:
        found["todoke_scanner_up"].found[()] = float(not read.scanner_problems)
    if read.is_storage_near is not None:
        found["todoke_storage_up"].found[()] = float(read.is_storage_near)
    if read.free_share is not None:
        found["todoke_vault_free_ratio"].found[()] = read.free_share


PANEL = Panel()
