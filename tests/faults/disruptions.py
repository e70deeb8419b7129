"""What befalls an installation from outside: peers, clock, disk, memory, keys, a bit, a row. One function per disruption.

Each leaves the installation as it is afterwards; whoever calls drains and checks the invariants.
"""

import logging
import os
import random
import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from tests.support.proxy import Fault, FaultProxy, Towards
from tests.support.town import Process, Town
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.cli import work
from todoke.foundation import asking, health
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import queries as vault

from .crew import Hand
from .installation import Ground, forget, installation
from .powercut import Disk

HOUR = 3600.0


@contextmanager
def proxied(ground: Ground, folder: Path) -> Iterator[tuple[Town, dict[str, FaultProxy]]]:
    """A town that reaches its portal and its core system through a network that fails on demand."""
    proxies: dict[str, FaultProxy] = {}

    def stand_between(name: str, port: int) -> int:
        proxies[name] = FaultProxy(port).start()
        return proxies[name].port

    try:
        with installation(ground, folder, between=stand_between) as town:
            yield town, proxies
    finally:
        for one in proxies.values():
            one.stop()


FAULTS: tuple[Callable[[FaultProxy, random.Random], None], ...] = (
    lambda proxy, _: proxy.set(Fault.REFUSE),
    lambda proxy, _: proxy.set(Fault.BLACKHOLE),
    lambda proxy, rng: proxy.set(Fault.LATENCY, seconds=rng.uniform(0.01, 0.1)),
    lambda proxy, rng: proxy.set(Fault.TRICKLE, seconds=rng.uniform(0.0001, 0.001)),
    lambda proxy, rng: proxy.set(Fault.DROP_REPLY, times=rng.randint(1, 4)),
    lambda proxy, rng: proxy.set(Fault.CUT_AFTER, after_bytes=rng.randint(1, 3000), times=rng.randint(1, 4)),
    lambda proxy, rng: proxy.set(
        Fault.CUT_AFTER, after_bytes=rng.randint(1, 3000), towards=Towards.PEER, times=rng.randint(1, 4)
    ),
    lambda proxy, _: proxy.set(Fault.GARBAGE),
)


def bad_network(proxies: dict[str, FaultProxy], rng: random.Random, *, times: int) -> None:
    """Dead, slow, lying and half-acknowledging peers, one fault after the other while a worker works（F14–F17）."""
    hand = Hand()
    connections.close_all()
    hand.start()
    try:
        for number in range(times):
            proxy = rng.choice(list(proxies.values()))
            FAULTS[number % len(FAULTS)](proxy, rng)
            time.sleep(rng.uniform(0.1, 0.5))
            proxy.heal()
            time.sleep(rng.choice((0, 0.1)))
    finally:
        for proxy in proxies.values():
            proxy.heal()
        hand.kill()


def clock_jumps(rng: random.Random, *, jumps: tuple[float, ...]) -> None:
    """Workers whose clocks are wrong by so many seconds, killed in the middle; then the right time again（F13）."""
    right = settings.TODOKE_CLOCK_OFFSET_SECONDS
    for seconds in jumps:

        def jump(by: float = seconds) -> None:
            settings.TODOKE_CLOCK_OFFSET_SECONDS = right + by

        hand = Hand(before=jump)
        connections.close_all()
        hand.start()
        time.sleep(rng.uniform(0.3, 1.0))
        hand.kill()


def stood_still(*, days: int) -> None:
    """Everything is received and opened, and then no worker for so many days; then two at once（F12）."""
    _rounds(1, only="daily")
    _rounds(2, only="relay")
    _rounds(3, only="intake")
    settings.TODOKE_CLOCK_OFFSET_SECONDS += days * 24 * HOUR
    crew = [Hand(), Hand()]
    connections.close_all()
    for hand in crew:
        hand.start()
    time.sleep(1.0)
    for hand in crew:
        hand.kill()


def full_disk(home: Path, *, leave: tuple[int, ...]) -> list[str]:
    """A worker on a disk that has so many KiB left, and again; then there is room（F07）. What went wrong meanwhile."""
    wrong = []
    for kibibytes in leave:
        ballast = home / "ballast"
        with open(ballast, "wb") as file:
            free = os.statvfs(home)
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - kibibytes * 1024)))
        if _ended(Hand(), seconds=1.0):
            wrong.append(f"the worker ended on a disk with {kibibytes} KiB left")
        ballast.unlink()
        forget()
    return wrong


def _ended(hand: Hand, *, seconds: float) -> bool:
    """Whether a worker, left alone for a while, ended by itself; it is killed otherwise."""
    connections.close_all()
    hand.start()
    time.sleep(seconds)
    is_gone = bool(os.waitpid(hand.process.pid, os.WNOHANG)[0])
    if is_gone:
        hand.process.pid = 0
    hand.kill()
    return is_gone


def no_inodes(home: Path, *, leave: tuple[int, ...]) -> list[str]:
    """A worker on a disk on which so many more files can be made, and again; then more（F07）. What went wrong."""
    wrong = []
    for files in leave:
        ballast = home / "ballast"
        ballast.mkdir()
        free = os.statvfs(home).f_favail
        for number in range(max(0, free - files)):
            (ballast / str(number)).touch()
        if _ended(Hand(), seconds=0.6):
            wrong.append(f"the worker ended on a disk with room for {files} files")
        shutil.rmtree(ballast)
        forget()
    return wrong


def no_room_beside(temporary: Path) -> list[str]:
    """A worker whose log and temporary files have no room, and whose originals all need the latter（F07）. What was lost.

    Originals and database have room. Nothing may be judged meanwhile that could not be opened.
    """
    (temporary / "ballast").write_bytes(
        bytes(os.statvfs(temporary).f_bavail * os.statvfs(temporary).f_frsize)
    )

    def without_room() -> None:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
        logging.getLogger("todoke").setLevel(logging.INFO)
        vault.IN_MEMORY = -1  # no original lies in memory, neither here nor for the child
        asking.SHARE_BYTES = 0  # type: ignore[attr-defined]  # as that module knows it

    is_gone = _ended(Hand(before=without_room), seconds=1.0)
    (temporary / "ballast").unlink()
    forget()
    settled = received = 0
    for body in organisations():
        with scope(body.code, read_only=True):
            received += Package.objects.count()
            settled += Package.objects.exclude(state=PackageState.PENDING.value).count()
    return [
        *([] if received else ["nothing was received: the trial shows nothing"]),
        *(["the worker ended when it could write no log and no temporary file"] if is_gone else []),
        *([f"{settled} packages were settled that could not be opened"] if settled else []),
    ]


def stalled_disk(one: Disk) -> list[str]:
    """A worker, and what asks for its health, while the disk of the originals hangs; then it goes on（F08）."""
    readiness, wrong = health.Readiness(), list[str]()
    hand = Hand()
    connections.close_all()
    hand.start()
    time.sleep(0.3)
    with one.stalled():
        for _ in range(3):
            if health.NO_ROOM not in readiness.missing():
                wrong.append("a disk that hangs was called well")
        time.sleep(0.3)
        waiting = [thread for thread in threading.enumerate() if thread.name == "patience"]
        if len(waiting) != 1:
            wrong.append(f"{len(waiting)} threads wait for the disk")
        if os.waitpid(hand.process.pid, os.WNOHANG)[0]:
            hand.process.pid = 0
            wrong.append("the worker ended on a disk that hangs")
    for thread in waiting:
        thread.join(10)
    if readiness.missing():
        wrong.append("a disk that answers again was not called well")
    hand.kill()
    forget()
    return wrong


def little_memory(rng: random.Random, *, times: int) -> None:
    """Workers that may take only some MiB more than they have at birth（F26）."""
    for _ in range(times):
        more = rng.randint(1, 24) << 20

        def limit(room: int = more) -> None:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            ceiling = pages * resource.getpagesize() + room
            resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))

        hand = Hand(before=limit)
        connections.close_all()
        hand.start()
        time.sleep(rng.uniform(0.3, 0.8))
        hand.kill()


def without_key(town: Town, *, wrong: bytes | None) -> list[str]:
    """A worker whose master key is missing, or another; nothing may be judged by that（F22）. What was."""
    key = Path(settings.TODOKE_MASTER_KEY_FILE)
    _rounds(1, only="relay")
    kept = key.read_bytes()
    key.unlink()
    if wrong is not None:
        key.write_bytes(wrong)
    forget()
    _rounds(3)
    found = []
    for body in organisations():
        with scope(body.code, read_only=True):
            settled = Package.objects.exclude(state=PackageState.PENDING.value).count()
            if settled:
                found.append(f"{settled} packages of {body.code} were settled without the right key")
    key.write_bytes(kept)
    forget()
    return found


def _rounds(count: int, *, only: str = "") -> None:
    """Some rounds of a worker that is forked, so that it knows no key from before."""

    def some() -> None:
        selection = work.Selection(frozenset({only})) if only else None
        worker = work.Worker(selection=selection)
        for _ in range(count):
            worker.round()

    process = Process(some)
    process.start()
    os.waitpid(process.pid, 0)
    process.pid = 0


def poisoned_row(receipt_number: str) -> Callable[[], None]:
    """Let the database refuse one application, whatever is tried; returns what takes the poison away."""
    name = "todoke_poison"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON casework_application "  # noqa: S608  # a test's own words
            f"WHEN NEW.receipt_number = '{receipt_number}' BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )

    def take_away() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}")

    return take_away


def flip_a_bit(segment: Path, offset: int) -> None:
    """One bit of a stored original is another（F24）."""
    with open(segment, "r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 1]))
