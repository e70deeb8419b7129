"""`todoke work`: the worker. It goes round the bodies, one batch of each job for each, until told to stop.

Going round in turns is what keeps a flood in one town from delaying another: nobody gets a second batch before
everybody else has had a first.
"""

import argparse
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from todoke.casework import journey
from todoke.foundation import confined, databases, health, logs, meters, traces
from todoke.foundation.backup.services import refuse_while_restoring
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Job
from todoke.foundation.errors import TodokeError, whereabouts
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations.queries import organisations

from . import lines
from .homes import AWAY, Homes, is_lost
from .progress import Tell, bars
from .turns import Share, ShareWrong, Turns
from .verbs import DONE, NOT_DRAINED, USAGE, Verb, console, print_json
from .watched import watched

log = logging.getLogger("todoke.work")
IDLE_SECONDS = 1.0
SHORT_WAIT = 0.05
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which jobs a worker does: all, only some, or all but some; named one by one or by their stage."""

    only: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether a job of this name is among them."""
        names = {name, name.split(".", maxsplit=1)[0]}
        return bool(not self.only or names & self.only) and not names & self.but

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.only and not self.but

    @property
    def unknown(self) -> list[str]:
        """What names neither a job nor a stage."""
        known = {part for job in lines.jobs() for part in (job.name, job.name.split(".", maxsplit=1)[0])}
        return sorted((self.only | self.but) - known)


class Worker:
    """One worker process: its name in every lease, and what it has moved so far."""

    def __init__(
        self,
        tell: Callable[[str, int], None] | None = None,
        *,
        selection: Selection | None = None,
        share: Share | None = None,
    ) -> None:
        """`tell` hears the name of a job and how many rows it moved; `selection` says which jobs, `share` whose."""
        self.owner = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.moved: dict[str, int] = {}
        self.is_told_to_stop = False
        self.is_without_database = False
        self._busy: frozenset[str] = frozenset()
        self._resting: dict[tuple[str, str], float] = {}
        self._tell = tell
        self.selection = selection or Selection()
        self.turns = Turns(share or Share())
        self.homes = Homes()
        self.last_sign = time.monotonic()

    def stop_when_told(self) -> None:
        """SIGTERM and Ctrl-C let the batch at hand end, then the worker."""

        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.is_told_to_stop = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def round(self) -> int:
        """One batch of every job for every body; returns how many rows moved.

        A database that is away (restart, failover) ends no worker: the round moves nothing and says so in
        `is_without_database`; the next one asks again. That of a group only lets the bodies of the group wait.
        """
        moved = 0
        if self.selection.has("intake.open_packages"):
            self._make_ready()
        jobs = [job for job in lines.jobs() if self.selection.has(job.name)]
        self.last_sign = time.monotonic()
        codes = self._bodies()
        for code in codes:
            if not self._is_up(code, len(codes)):
                continue
            moved += self._work_for(code, jobs)
            if self.is_told_to_stop or self.is_without_database:
                return moved
        if not moved:
            confined.rest_crews()
        return moved

    def _work_for(self, code: str, jobs: Sequence[Job]) -> int:
        """One batch of every job for a body; where the round before moved nothing, only of those that find something waiting.

        Once anything has moved, every later job has its turn: it may have got its work just now.
        """
        moved, quiet = 0, frozenset[str]() if code in self._busy else self._quiet(code, jobs)
        for job in jobs:
            if self.is_told_to_stop or self.is_without_database or self.homes.rests(code):
                return moved
            if moved or job.name not in quiet:
                moved += self._run(job, code)
        self._busy = self._busy | {code} if moved else self._busy - {code}
        return moved

    def _quiet(self, code: str, jobs: Sequence[Job]) -> frozenset[str]:
        """The jobs that find nothing waiting, by looking alone: no turn to write is taken for them."""
        try:
            with scope(code, read_only=True):
                at = now()
                return frozenset(job.name for job in jobs if job.waits is not None and not job.waits(at))
        except Exception as trouble:  # noqa: BLE001  # whatever it is, it comes up again in the job that it concerns
            self._lost_database(code, trouble)
            return frozenset()

    def _bodies(self) -> list[str]:
        try:
            codes = [body.code for body in organisations()]
        except AWAY as trouble:
            self._miss_database(trouble)
            return []
        self.is_without_database = False
        return self.turns.order(codes)

    def _is_up(self, code: str, among: int) -> bool:
        if self.is_without_database or self.is_told_to_stop or self.homes.rests(code):
            return False
        try:
            return code not in databases.moving() and self.turns.is_up(code, among)
        except AWAY as trouble:
            if not self.homes.note(code, trouble):
                self._miss_database(trouble)
            return False

    def _miss_database(self, trouble: Exception) -> None:
        if connection.in_atomic_block:  # inside a caller's transaction the connection is the caller's
            raise trouble
        if not self.is_without_database:
            log.error("work.database_away error=%s", whereabouts(trouble))
        self.is_without_database = True
        connection.close()

    def _lost_database(self, code: str, trouble: Exception) -> bool:
        """Whether a job failed because its connection is gone: then no job is to blame and none has to rest."""
        if not isinstance(trouble, AWAY) or not is_lost(code):
            return False
        if not self.homes.note(code, trouble):
            self._miss_database(trouble)
        return True

    def unfinished(self, horizon: timedelta) -> float | None:
        """Seconds until the next unfinished work is due; 1 s while a database is away."""
        if not self.is_without_database and not self.homes.are_resting:
            try:
                return unfinished(horizon)
            except AWAY as trouble:
                self._miss_database(trouble)
        return IDLE_SECONDS

    def _make_ready(self) -> None:
        """New lists are read before they are needed; what cannot be read is told by the job that needs it."""
        try:
            journey.make_ready()
        except TodokeError as trouble:
            log.warning("work.not_ready error=%s", trouble.code)

    def _run(self, job: Job, organisation: str) -> int:
        """One batch. Whatever goes wrong in it is an event in the log; the job rests a little, the others go on."""
        if time.monotonic() < self._resting.get((job.name, organisation), 0.0):
            return 0
        by = Claimant(self.owner, now(), settings.TODOKE_LEASE_SECONDS)
        self.last_sign = time.monotonic()
        try:
            moved = _watched(job, JobContext(organisation, by, settings.TODOKE_BATCH_LIMIT))
        except Exception as trouble:  # noqa: BLE001  # a bug in one job must not stop the others, nor another body
            if self._lost_database(organisation, trouble):
                return 0
            meters.count_failure(job.name, organisation)
            log.error(
                "work.job_failed job=%s organisation=%s error=%s",
                job.name,
                organisation,
                whereabouts(trouble),
            )
            self._resting[job.name, organisation] = time.monotonic() + settings.TODOKE_RETRY_BASE_SECONDS
            if not connection.in_atomic_block:  # inside a caller's transaction the connection is the caller's
                connection.close_if_unusable_or_obsolete()
            return 0
        if moved:
            self.moved[job.name] = self.moved.get(job.name, 0) + moved
            if self._tell is not None:
                self._tell(job.name, self.moved[job.name])
        return moved


def _watched(job: Job, context: JobContext) -> int:
    """Run a batch and note what it was, how long it took and how much it moved."""
    began = time.monotonic()
    with logs.about(job=job.name, organisation=context.organisation):
        with traces.span(job.name, organisation=context.organisation) as span:
            moved = job.run(context)
            span.note(moved=moved)
        seconds = time.monotonic() - began
        if moved:
            meters.count_batch(job.name, context.organisation, moved=moved, seconds=seconds)
            logs.tell("work.batch", moved=moved, seconds=round(seconds, 3))
    return moved


def unfinished(horizon: timedelta) -> float | None:
    """Seconds until the next unfinished work of any body is due within the horizon; None when there is none."""
    moments = [lines.next_due(body.code, horizon=horizon) for body in organisations()]
    waits = [(moment - now()).total_seconds() for moment in moments if moment is not None]
    return min(waits, default=None)


def drain(*, patience: float = PATIENCE_SECONDS, worker: Worker | None = None) -> bool:
    """Work until nothing is due; True when everything was finished, False when something still was not in time.

    Waits up to `patience` seconds without any progress for rows that are to be tried again or are leased by
    a worker that has died.
    """
    worker = worker or Worker()
    last_progress = time.monotonic()
    while not worker.is_told_to_stop:
        if worker.round():
            last_progress = time.monotonic()
            continue
        wait = worker.unfinished(timedelta(seconds=patience)) if worker.selection.is_all else None
        if wait is None and not worker.is_without_database:
            return True
        if time.monotonic() - last_progress > patience:
            return False
        time.sleep(min(max(wait or 0.0, SHORT_WAIT), IDLE_SECONDS))
    return False


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--drain", action="store_true", help="処理待ちがなくなったら終わる / end when nothing is due"
    )
    names = "、".join(sorted({job.name.split(".", maxsplit=1)[0] for job in lines.jobs()}))
    for option, ja, en in (
        ("--only", "これだけを行う", "do only these"),
        ("--except", "これ以外を行う", "do all but these"),
    ):
        parser.add_argument(
            option, action="append", default=[], metavar="JOB", dest=f"{option[2:]}_jobs",
            help=f"{ja}（仕事の名前か段: {names}。繰り返せる） / {en} (a job or a stage; repeatable)",
        )  # fmt: skip
    parser.add_argument(
        "--share", default="1/1", metavar="N/M",
        help="団体を M 個に分けたうちの N 番目だけを受け持つ / serve part N of M of the bodies",
    )  # fmt: skip
    parser.add_argument("--once", action="store_true", help="一巡だけして終わる / one round only")
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE_SECONDS,
        help="再試行を待つ秒数 / seconds to wait for retries",
    )


def _run(args: argparse.Namespace) -> int:
    selection = Selection(frozenset(args.only_jobs), frozenset(args.except_jobs))
    if selection.unknown:
        console().print(f"知らない仕事です: {'、'.join(selection.unknown)}。名前: {'、'.join(_names())}")
        return USAGE
    try:
        share = Share.parse(args.share)
    except ShareWrong:
        console().print("--share は 2/4 のように書いてください（四つに分けたうちの二番目）。")
        return USAGE
    refuse_while_restoring()
    _refuse_newer_database()
    traces.check()
    with bars({job.name: job.label for job in lines.jobs()}) as tell:
        worker = Worker(_teller(tell) if args.drain or args.once else None, selection=selection, share=share)
        worker.stop_when_told()
        with_originals = any(selection.has(name) for name in _names() if name != "audit.seal")
        with watched(lambda: time.monotonic() - worker.last_sign, with_originals=with_originals):
            code = _work(args, worker)
    if args.json:
        print_json({"moved": dict(worker.moved), "drained": code == DONE})
    elif code == NOT_DRAINED:
        console().print("終わらない処理が残りました。`todoke doctor` で原因を確かめてください。")
    return code


def _refuse_newer_database() -> None:
    """Old code writes into no newer schema; a database that is away is waited for as ever. Raises DatabaseAhead."""
    with suppress(OperationalError, InterfaceError):
        health.refuse_newer_database()


def _names() -> list[str]:
    return [job.name for job in lines.jobs()]


def _teller(tell: Tell) -> Callable[[str, int], None]:
    return lambda name, count: tell(name, count, count)


def _work(args: argparse.Namespace, worker: Worker) -> int:
    if args.drain:
        return DONE if drain(patience=args.patience, worker=worker) or worker.is_told_to_stop else NOT_DRAINED
    while not worker.is_told_to_stop:
        moved = worker.round()
        if args.once:
            break
        if not moved:
            time.sleep(IDLE_SECONDS)
    return DONE


VERB = Verb(_arguments, _run)
