"""All trials on one database, one after the other: what each found, how long it took, and whether all was well."""

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections

from tests.support import migrated, network
from tests.support.databases import SqliteDatabases
from tests.support.environment import DATABASES

from . import cuts, databases, disruptions, frozen, invariants, kills, planted, powercut, shim, sweep, worlds
from .installation import Ground, installation
from .tried import Tried

BLOWS_AT_ONCE = 300  # on one installation, if its work lasts so long
TELL_SECONDS = 15.0
BROKEN_AT_MOST = 20  # sentences, before a sweep gives up


@dataclass
class Board:
    """The screen: progress now and then, a line per kind of trial, and what did not hold."""

    database: str
    seed: int
    begin: float = field(default_factory=time.monotonic)
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _told_at: float = 0.0

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far it is, every 15 seconds."""
        if time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = time.monotonic()
            print(
                f"    {self.database} {what} {done:,}/{total:,}  {time.monotonic() - self.begin:,.0f} s",
                flush=True,
            )

    def close(self, what: str, counted: str, begin: float, wrong: list[str]) -> None:
        """One kind of trial is over."""
        mark = "✗" if wrong else "✓"
        print(
            f"{mark} {self.database:<10} {what:<28} {time.monotonic() - begin:7.1f} s  {counted}", flush=True
        )
        for sentence in wrong[:20]:
            print(f"      {sentence}", flush=True)
        self.wrong += wrong
        self.said.append(f"{what} {counted}")


@dataclass(frozen=True, slots=True)
class Trials:
    """Where and with what the trials of this run are made."""

    args: argparse.Namespace
    board: Board
    folder: Path
    sixty: Ground
    tiny: Ground


def run_all(args: argparse.Namespace) -> int:
    """Everything; 0 when every invariant held."""
    network.close()
    migrated.make_template(DATABASES)
    DATABASES.copy(DATABASES.live)
    migrated.switch(DATABASES, DATABASES.live)
    board = Board(args.database, args.seed)
    folder = Path(tempfile.mkdtemp(prefix="todoke-faults-"))
    try:
        sixty, tiny = worlds.sixty(folder / "sixty"), worlds.tiny(folder / "tiny")
        trials = Trials(args, board, folder, Ground(DATABASES, sixty), Ground(DATABASES, tiny))
        for name, one in KINDS.items():
            if not args.only or name in args.only:
                one(trials)
    finally:
        connections.close_all()
        shutil.rmtree(folder, ignore_errors=True)
        DATABASES.drop(DATABASES.template)
    return _last_line(board, args)


def _last_line(board: Board, args: argparse.Namespace) -> int:
    seconds = time.monotonic() - board.begin
    outcome = f"✗ {len(board.wrong)} invariants broken" if board.wrong else "✓ every invariant held"
    print(
        f"\n{outcome}: {board.database}, {'; '.join(board.said)}; {seconds:,.0f} s, seed {args.seed}\n",
        flush=True,
    )
    return 1 if board.wrong else 0


def _kills(trials: Trials) -> None:
    """kill -9 and its like at random moments, over as many installations as it takes（F01, F10, F27）."""
    begin, struck, wrong, total = time.monotonic(), kills.Struck(), list[str](), trials.args.kills
    rng, towns = random.Random(trials.args.seed), 0
    while struck.kills < total and not wrong:
        plan = kills.Plan(
            min(BLOWS_AT_ONCE, total - struck.kills + 5), rng.randrange(2**32), rng.choice((2, 2, 3, 4))
        )
        here = trials.folder / f"kills-{towns}"
        with installation(trials.sixty, here) as town:
            before = struck.kills
            run = kills.Run(town, plan)
            struck.add(run.strike(lambda dealt, b=before: trials.board.progress("kill -9", b + dealt, total)))  # type: ignore[misc]  # the default binds the loop's value
            wrong += [f"seed {plan.seed}, {plan.workers} workers: {one}" for one in invariants.broken(town)]
        shutil.rmtree(here, ignore_errors=True)
        towns += 1
    if struck.ended_badly:
        wrong.append(f"{struck.ended_badly} workers did not end by SIGTERM")
    print(
        f"    by kind: {dict(struck.kinds.most_common())}\n    by job: {dict(struck.jobs.most_common())}",
        flush=True,
    )
    trials.board.close("kill -9", f"{struck.kills:,} kills, {towns} installations", begin, wrong)


def _frozen(trials: Trials) -> None:
    begin, wrong, reached = time.monotonic(), list[str](), 0
    for place, moment in enumerate(frozen.MOMENTS):
        with installation(trials.sixty, trials.folder / f"frozen-{place}") as town:
            reached += frozen.trial(town, moment)
            wrong += [f"{moment.name}: {one}" for one in invariants.broken(town)]
    trials.board.close("frozen workers", f"{reached} of {len(frozen.MOMENTS)} moments", begin, wrong)


def _network(trials: Trials) -> None:
    begin, times = time.monotonic(), 32
    with disruptions.proxied(trials.sixty, trials.folder / "network") as (town, proxies):
        disruptions.bad_network(proxies, random.Random(trials.args.seed), times=times)
        wrong = invariants.broken(town)
    trials.board.close("bad network", f"{times} faults", begin, wrong)


def _clock(trials: Trials) -> None:
    begin, jumps = time.monotonic(), (-2 * disruptions.HOUR, 600.0, -600.0, 1800.0)
    with installation(trials.sixty, trials.folder / "clock") as town:
        disruptions.clock_jumps(random.Random(trials.args.seed), jumps=jumps)
        settings.TODOKE_CLOCK_OFFSET_SECONDS += max(jumps) + 20.0
        wrong = invariants.broken(town)
    trials.board.close("clock jumps", f"{len(jumps)} jumps", begin, wrong)


def _memory(trials: Trials) -> None:
    begin, times = time.monotonic(), 12
    with installation(trials.sixty, trials.folder / "memory") as town:
        disruptions.little_memory(random.Random(trials.args.seed), times=times)
        wrong = invariants.broken(town)
    trials.board.close("little memory", f"{times} workers", begin, wrong)


def _full_disk(trials: Trials) -> None:
    begin, leave = time.monotonic(), (0, 40, 100, 200, 400, 800, 1600)
    if (why := powercut.missing()) is not None:
        trials.board.close("full disk", f"skipped: {why}", begin, [])
        return
    with cuts.on_small_disk(trials.sixty, trials.folder / "full", megabytes=96) as town:
        wrong = disruptions.no_inodes(Path(settings.VAR).parent, leave=(0, 1, 3, 10))
        wrong += disruptions.full_disk(Path(settings.VAR).parent, leave=leave)
        wrong += invariants.broken(town)
    trials.board.close("full disk", f"{len(leave)} times full, 4 times without inodes", begin, wrong)


def _stalled_disk(trials: Trials) -> None:
    begin = time.monotonic()
    if (why := powercut.missing()) is not None:
        trials.board.close("stalled disk", f"skipped: {why}", begin, [])
        return
    with (
        powercut.disk(trials.folder / "stalled-disk", megabytes=64) as one,
        installation(trials.sixty, trials.folder / "stalled") as town,
    ):
        vault, settings.TODOKE_VAULT_DIR = settings.TODOKE_VAULT_DIR, one.mount / "vault"
        wrong = [sentence for _ in range(3) for sentence in disruptions.stalled_disk(one)]
        wrong += invariants.broken(town)
        settings.TODOKE_VAULT_DIR = vault
    trials.board.close("stalled disk", "3 times stalled", begin, wrong)


def _sweep(trials: Trials) -> None:
    begin = time.monotonic()
    if not isinstance(DATABASES, SqliteDatabases) or not shim.is_loaded():
        trials.board.close("n-th failure", "skipped: SQLite over the shim only", begin, [])
        return
    noted, bug = Tried.read(trials.args.resume), planted.BY_NAME[trials.args.planted]
    with bug(), sweep.sweep(trials.tiny, trials.folder / "sweep") as one:
        wrong = one.learn()
        if not noted.counts:
            noted.begin({folder: one.count(folder) for folder in one.below if folder in trials.args.below})
        every = sweep.points(noted.counts, most=trials.args.sweep)
        points = sweep.share(every, trials.args.share, seed=trials.args.seed)
        before = len(noted.clean.intersection(points))
        wrong += _swept(trials, one, points, noted)
    counted = (
        f"{len(points)} places（{before} of an earlier run）of {noted.counts} calls × {len(sweep.MODES)}"
    )
    trials.board.close("n-th failure", counted, begin, wrong)


def _swept(trials: Trials, one: sweep.Sweep, points: list[sweep.Point], noted: Tried) -> list[str]:
    """Every place that was not found clean before; what is broken is said at once, for a sweep may be cut off."""
    wrong = list[str]()
    for number, point in enumerate(points):
        trials.board.progress("n-th failure", number, len(points))
        if point in noted.clean:
            continue
        begin = time.monotonic()
        found = one.run(point)
        noted.note(point, found, time.monotonic() - begin)
        wrong += found
        for sentence in found:
            print(f"    ✗ {sentence}", flush=True)
        if len(wrong) > BROKEN_AT_MOST:
            break
    return wrong


def _cuts(trials: Trials) -> None:
    begin, total = time.monotonic(), trials.args.cuts
    why = powercut.missing() or (None if isinstance(DATABASES, SqliteDatabases) else "SQLite only")
    if why is not None or not total:
        trials.board.close("power cut", f"skipped: {why or '--cuts 0'}", begin, [])
        return
    try:
        done, wrong = cuts.trials(
            trials.sixty, trials.folder / "cuts", cuts=total, seed=trials.args.seed,
            tell=lambda number: trials.board.progress("power cut", number, total),
        )  # fmt: skip
    except PermissionError as forbidden:
        trials.board.close("power cut", f"skipped: cannot mount: {forbidden}", begin, [])
        return
    trials.board.close("power cut", f"{done} cuts", begin, wrong)


def _migrations(trials: Trials) -> None:
    begin = time.monotonic()
    times, wrong = databases.killed_migrations(DATABASES, trials.folder / "migrations", seed=trials.args.seed)
    trials.board.close("killed migrations", f"{times} kills", begin, wrong)


def _servers(trials: Trials) -> None:
    """kill -9 of the database's own processes（F02）."""
    begin = time.monotonic()
    if isinstance(DATABASES, SqliteDatabases):
        trials.board.close("database server", "skipped: SQLite has none", begin, [])
        return
    with installation(trials.sixty, trials.folder / "server") as town:
        killed = databases.killed_backends(town, DATABASES, seed=trials.args.seed)
        wrong = invariants.broken(town)
    trials.board.close("database server", f"{killed} backends killed, each a crash recovery", begin, wrong)


KINDS: dict[str, Callable[[Trials], None]] = {
    "kills": _kills,
    "frozen": _frozen,
    "network": _network,
    "clock": _clock,
    "memory": _memory,
    "disk": _full_disk,
    "stall": _stalled_disk,
    "sweep": _sweep,
    "cuts": _cuts,
    "migrations": _migrations,
    "servers": _servers,
}
