"""The confined child: it gives up everything that it does not need, then answers one question after the other.

Layers, each enough against a plain mistake, together against a library that a document has taken over: limits of
memory, CPU time, files and processes; no new privileges, no capabilities; not to be looked into; dead when its parent
dies; a filter on system calls. What its parent, the spawner, gave up before stands too（spawner）.
"""

import ctypes
import gc
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from . import frames, seccomp
from .errors import whereabouts
from .frames import Buffer, Frame, FrameBroken, Kind

Document = dict[str, Any]  # JSON
Target = Callable[[Document, memoryview], tuple[Mapping[str, Any], Buffer]]
BYTES_PER_SECOND = 33_554_432  # large documents may take longer: a second more for each 32 MiB
LIVES = 60  # a child may answer many questions; after so many times the CPU seconds of one it is replaced
POPULATED = 33_554_432  # mapped at once up to this size; larger ones page by page
QUIET_OBJECTS = 200_000  # so many more objects may be made before cycles of them are looked for
_SET_DEATH_SIGNAL, _SET_DUMPABLE = 1, 4
_CAPABILITIES_VERSION = 0x20080522


@dataclass(frozen=True, slots=True)
class ConfinedLimits:
    """What one question may use, beside its own bytes; `readable` are folders whose files may be read (fonts, …).

    `answers` is how many questions one child is asked at most: one that hostile bytes have taken over could answer
    falsely for those that come after it.
    A question whose bytes are large may take a second of CPU longer for each 32 MiB, and twice that by the clock.
    """

    memory_bytes: int = 536_870_912
    cpu_seconds: int = 10
    wall_seconds: int = 20
    file_bytes: int = 0
    open_files: int = 32
    document_bytes: int = 8_388_608
    output_bytes: int = 268_435_456
    answers: int = 1_000
    readable: tuple[str, ...] = ()

    def cpu_for(self, size: int) -> float:
        """Seconds of CPU for a question over so many bytes."""
        return self.cpu_seconds + size / BYTES_PER_SECOND

    def wall_for(self, size: int) -> float:
        """Seconds by the clock for a question over so many bytes."""
        return self.wall_seconds + 2 * size / BYTES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Walls:
    """What the spawner found out: what the kernel offers, its own number, and how many bytes it has mapped itself."""

    has_seccomp: bool
    has_landlock: bool
    has_namespaces: bool
    spawner: int
    mapped_bytes: int


def live(line: socket.socket, target: Target, limits: ConfinedLimits, walls: Walls, room: int) -> NoReturn:
    """Shut the doors and answer until the worker hangs up; `room` bytes of questions may be mapped beside the limit."""
    try:
        _shut(line, limits, walls, room)
        _answer_all(line, target, limits)
    except (FrameBroken, OSError):
        os._exit(0)  # the worker is gone or speaks another tongue: there is nobody to tell
    except MemoryError:
        os._exit(os.EX_OSERR)
    finally:
        os._exit(os.EX_SOFTWARE)


def _shut(line: socket.socket, limits: ConfinedLimits, walls: Walls, room: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != walls.spawner:
        os._exit(0)  # it died before it was asked to take us along
    libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    drop_capabilities(libc)
    os.closerange(3, line.fileno())
    os.closerange(line.fileno() + 1, 1024)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    _limit(limits, walls.mapped_bytes + limits.memory_bytes + room)
    if walls.has_seccomp:
        may_read = bool(limits.readable) and walls.has_landlock
        seccomp.install(seccomp.program(os.getpid(), may_read=may_read))


def drop_capabilities(libc: ctypes.CDLL) -> None:
    """Give up every capability（capset(2)）; where there are none, nothing happens."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    libc.capset(ctypes.byref(head), ctypes.byref(none))


def _limit(limits: ConfinedLimits, addresses: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, addresses),
        (resource.RLIMIT_CPU, limits.cpu_seconds * LIVES),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _answer_all(line: socket.socket, target: Target, limits: ConfinedLimits) -> None:
    briefing: Document = {}
    desk = _Desk()
    gc.set_threshold(QUIET_OBJECTS, 5, 5)
    questions = frames.Questions(line)
    while (frame := questions.next()) is not None:
        if frame.kind is Kind.BRIEFING:
            briefing = dict(frame.document)
            continue
        signal.setitimer(signal.ITIMER_PROF, limits.cpu_for(frame.size))  # SIGPROF ends the process
        try:
            with desk.before(frame) as view:
                document, output = target({**briefing, **frame.document}, view)
                frames.send_answer(line, Kind.ANSWER, frame.number, document, output)
        except MemoryError:
            frames.send_answer(line, Kind.MEMORY, frame.number, {})
            os._exit(os.EX_OSERR)  # what is left of the heap is good for nothing
        except Exception as trouble:  # noqa: BLE001  # a bug in the target is told; the next question may be well
            frames.send_answer(line, Kind.FAILED, frame.number, {"where": whereabouts(trouble)})
    os._exit(0)


class _Desk:
    """Where questions lie before the child: in the worker's tray, behind a descriptor of their own, or in the frame."""

    def __init__(self) -> None:
        self._tray: mmap.mmap | None = None

    @contextmanager
    def before(self, frame: Frame) -> Iterator[memoryview]:
        """The question's bytes; where they lie behind a descriptor, mapped and not to be written."""
        mapped: mmap.mmap | None = None
        if frame.place >= 0:
            view = self._in_tray(frame)
        elif frame.descriptor >= 0:
            mapped = _mapped(frame.descriptor, frame.size, populate=frame.size <= POPULATED)
            view = memoryview(mapped)
        else:
            view = memoryview(frame.rest)
        try:
            yield view
        finally:
            with suppress(BufferError):  # the target has kept a part: it lies there until this child ends
                view.release()
                if mapped is not None:
                    mapped.close()

    def _in_tray(self, frame: Frame) -> memoryview:
        if frame.descriptor >= 0:
            self._tray = _mapped(frame.descriptor, os.fstat(frame.descriptor).st_size, populate=False)
        assert self._tray is not None  # it comes with the first question that lies in it
        return memoryview(self._tray)[frame.place : frame.place + frame.size]


def _mapped(descriptor: int, size: int, *, populate: bool) -> mmap.mmap:
    """The file behind a descriptor, which is closed. Raises MemoryError when there is no room for it."""
    flags = mmap.MAP_SHARED | (mmap.MAP_POPULATE if populate else 0)
    try:
        return mmap.mmap(descriptor, size, flags=flags, prot=mmap.PROT_READ)
    except OSError as trouble:
        raise MemoryError from trouble  # the descriptor is sound: no room is left
    finally:
        os.close(descriptor)
