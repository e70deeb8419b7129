"""The worker's side of the spawner: starting it, having children forked, learning how each of them ended."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from .cell import ConfinedLimits
from .frames import Patient
from .spawner import BOOT
from .trays import Tray

START_SECONDS = 60.0  # a cold disk under load; usually 0.3
REPLY_SECONDS = 10.0
_MESSAGE = 4_096


def elapsed() -> float:
    """Seconds that only grow, also while a test holds the clock."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class SpawnerAway(Exception):
    """The spawner could not be started, or has ended; `where` is the place of its failure, if it could tell."""

    def __init__(self, where: str = "") -> None:
        self.where = where
        super().__init__(where)


@dataclass(slots=True)
class Child:
    """One confined child: its process number, the line to it, and how many bytes of questions it may map."""

    pid: int
    line: Patient
    room: int
    spawner: "Spawner"
    tray: Tray | None = None

    def kill(self) -> None:
        """End it at once."""
        self.spawner.kill(self.pid)

    def hang_up(self) -> None:
        """Close the line: the child ends when it next listens."""
        self.line.close()
        if self.tray is not None:
            self.tray.close()
            self.tray = None

    def status(self) -> int:
        """How it ended, as waitpid says; call it for one that has ended or was killed. Raises SpawnerAway."""
        self.hang_up()
        return self.spawner.status_of(self.pid)


class Spawner:
    """One spawner process of this worker. Raises SpawnerAway when it does not come up."""

    def __init__(self, target: str, limits: ConfinedLimits) -> None:
        self._owner = os.getpid()
        self._is_lost = False  # the line to it is broken, or it no longer answers
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            order = {
                "path": [os.path.abspath(place) for place in sys.path if place],
                "target": target,
                "limits": asdict(limits),
                "control": theirs.fileno(),
            }
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own words
                [sys.executable, "-I", "-S", "-c", BOOT, json.dumps(order)],
                env={}, cwd="/", pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self.walls: dict[str, bool] = {}
        self._greet()

    def _greet(self) -> None:
        try:
            greeting = self._heard(START_SECONDS)
        except SpawnerAway:
            self.close()
            raise
        if "ready" not in greeting:
            self.close()
            raise SpawnerAway(str(greeting.get("failed", "")))
        self.walls = greeting["ready"]

    def _heard(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            message = self._control.recv(_MESSAGE)
        except OSError:
            message = b""
        if not message:
            raise self._lost()
        heard: dict[str, Any] = json.loads(message)
        return heard

    def _say(self, order: dict[str, int], descriptors: list[int]) -> None:
        self._control.settimeout(REPLY_SECONDS)
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
        except OSError:
            raise self._lost() from None

    def _lost(self) -> SpawnerAway:
        self._is_lost = True
        self._process.kill()
        return SpawnerAway()

    @property
    def is_mine(self) -> bool:
        """Whether this process started it, and was not forked off afterwards."""
        return self._owner == os.getpid()

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return not self._is_lost and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def fork(self, room: int) -> Child:
        """A fresh confined child. Raises SpawnerAway."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._say({"room": room}, [theirs.fileno()])
                while "born" not in (heard := self._heard(REPLY_SECONDS)):
                    pass  # the end of a child that was let go before
            except SpawnerAway:
                ours.close()
                raise
        return Child(heard["born"], Patient(ours, elapsed), room, self)

    def kill(self, pid: int) -> None:
        """Kill a child; nothing happens when it has ended, or the spawner has."""
        try:
            self._say({"kill": pid}, [])
        except SpawnerAway:
            pass  # its children died with it

    def status_of(self, pid: int) -> int:
        """How a child ended. Raises SpawnerAway."""
        while (heard := self._heard(REPLY_SECONDS)).get("ended") != pid:
            pass  # another child's
        return int(heard["status"])

    def cpu_seconds(self) -> float:
        """CPU seconds that it and all its children have used, once none of them is left. Raises SpawnerAway."""
        self._say({"times": 1}, [])
        while "times" not in (heard := self._heard(REPLY_SECONDS)):
            pass
        return float(heard["times"])

    def close(self) -> None:
        """End it, with every child, and wait for it."""
        self._control.close()
        try:
            self._process.wait(REPLY_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Let go of a spawner that belongs to the process from which this one was forked."""
        self._control.close()
        self._process.returncode = 0  # not ours to wait for
