"""The clean process between a worker and its confined children: it knows the target and nothing else.

Started by `python -I` with an empty environment and no open files, it imports the target once, gives up network, files
and privileges, and then forks a child per batch, in a millisecond. It never sees what the children are asked.
"""

import ctypes
import gc
import importlib
import json
import mmap
import os
import resource
import select
import signal
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from . import cell, seccomp
from .cell import ConfinedLimits, Target, Walls
from .errors import whereabouts
from .trays import TRAY_BYTES

BOOT = (
    "import json, sys; order = json.loads(sys.argv[1]); sys.path[:] = order['path']; "
    "from todoke.foundation.spawner import main; main(order)"
)
_NEW_USER, _NEW_NET, _NEW_IPC, _NEW_UTS = 0x10000000, 0x40000000, 0x08000000, 0x04000000
_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every architecture
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# ABI: (bits of file access that it knows, bits of TCP, bits of scope, bytes of the structure); landlock(7)
_LANDLOCK = {
    1: (13, 0, 0, 8),
    2: (14, 0, 0, 8),
    3: (15, 0, 0, 8),
    4: (15, 2, 0, 16),
    5: (16, 2, 0, 16),
    6: (16, 2, 2, 24),
}
_MESSAGE = 4_096


def main(order: Mapping[str, Any]) -> None:
    """Serve one worker until it hangs up. `order`: path, target, limits and the number of the control line."""
    control = socket.socket(fileno=order["control"])
    try:
        limits = ConfinedLimits(**{**order["limits"], "readable": tuple(order["limits"]["readable"])})
        walls, target = _prepare(order["target"], limits)
    except Exception as trouble:  # noqa: BLE001  # whatever it is, the worker must hear of it
        _tell(control, {"failed": whereabouts(trouble)})
        return
    ready = {"seccomp": walls.has_seccomp, "landlock": walls.has_landlock, "namespaces": walls.has_namespaces}
    _tell(control, {"ready": ready})
    _Spawner(control, target, limits, walls).serve()


def _prepare(name: str, limits: ConfinedLimits) -> tuple[Walls, Target]:
    """Import the target while files can still be read, then give them up."""
    libc = ctypes.CDLL(None, use_errno=True)
    has_namespaces = libc.unshare(_NEW_USER | _NEW_NET | _NEW_IPC | _NEW_UTS) == 0
    module_name, _, attribute = name.partition(":")
    module = importlib.import_module(module_name)
    target = cast("Target", getattr(module, attribute))
    if (prepare := getattr(module, "prepare", None)) is not None:
        prepare()  # what is otherwise loaded at first use
    os.chdir("/")
    cell.drop_capabilities(libc)
    libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    has_seccomp, mapped = _can_filter(), _mapped_bytes()
    has_landlock = fence_files(libc, limits.readable)
    gc.collect()
    gc.freeze()
    return Walls(has_seccomp, has_landlock, has_namespaces, os.getpid(), mapped), target


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * mmap.PAGESIZE


def _can_filter() -> bool:
    """Whether a child can be put under the filter: tried, not asked."""
    child = os.fork()
    if child == 0:
        try:
            seccomp.install(seccomp.program(os.getpid(), may_read=False))
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def fence_files(libc: ctypes.CDLL, readable: Sequence[str]) -> bool:
    """From now on no file can be opened but for reading below these folders（landlock(7)）; False where it is unknown."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    files, tcp, scopes, size = _LANDLOCK[min(version, max(_LANDLOCK))]
    rules = struct.pack("=QQQ", (1 << files) - 1, (1 << tcp) - 1, (1 << scopes) - 1)[:size]
    ruleset = libc.syscall(_CREATE_RULESET, rules, size, 0)
    if ruleset < 0:
        return False
    for folder in readable:
        if os.path.isdir(folder):
            opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", _READ_FILE | _READ_FOLDER, opened), 0)
            os.close(opened)
    done = bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    os.close(ruleset)
    return done


class _Spawner:
    """The loop: fork and kill as the worker says, tell it how each child ended."""

    def __init__(self, control: socket.socket, target: Target, limits: ConfinedLimits, walls: Walls) -> None:
        self._control, self._target, self._limits, self._walls = control, target, limits, walls
        self._children: set[int] = set()
        self._is_asked_for_times = False
        self._wakes, self._wake = socket.socketpair()
        self._wakes.setblocking(False)
        self._wake.setblocking(False)

    def serve(self) -> NoReturn:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wakes, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._wakes.fileno() in ready:
                self._wakes.recv(_MESSAGE)
                self._reap()
            if self._control.fileno() in ready and not self._obey():
                os._exit(0)  # and every child with it: see cell
            if self._is_asked_for_times and not self._children:
                self._is_asked_for_times = False
                _tell(self._control, {"times": _cpu_seconds()})

    def _obey(self) -> bool:
        """Do what the worker says; False when it has gone."""
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
        if not message:
            return False
        order = json.loads(message)
        if "kill" in order and order["kill"] in self._children:
            os.kill(order["kill"], signal.SIGKILL)
        self._is_asked_for_times |= "times" in order
        if "room" in order:
            self._fork(socket.socket(fileno=descriptors[0]), order["room"] + TRAY_BYTES)
        return True

    def _fork(self, line: socket.socket, room: int) -> None:
        child = os.fork()
        if child == 0:
            try:
                signal.set_wakeup_fd(-1)
                cell.live(line, self._target, self._limits, self._walls, room)
            finally:
                os._exit(os.EX_SOFTWARE)
        line.close()
        self._children.add(child)
        _tell(self._control, {"born": child})

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self._children.discard(child)
            _tell(self._control, {"ended": child, "status": status})


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _tell(control: socket.socket, message: Mapping[str, object]) -> None:
    try:
        control.send(json.dumps(message).encode())
    except OSError:
        os._exit(0)  # nobody listens
