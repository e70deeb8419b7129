"""The tray: shared memory in which a worker lays originals before its confined child; written here, only read there.

What is laid there is copied nowhere: the vault decrypts straight into it, and the child reads it where it lies. A child
gets a tray of its own, so that nothing of what an earlier child was asked lies in it.
"""

import fcntl
import mmap
import os
from collections import deque
from contextlib import AbstractContextManager, suppress
from typing import Protocol

TRAY_BYTES = 8_388_608
SHARE_BYTES = 4_194_304  # larger originals are lent as files of their own
_SEAL_FUTURE_WRITE = 0x10  # F_SEAL_FUTURE_WRITE, since Linux 5.1: no further mapping may write
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


class Lendable(Protocol):
    """Bytes that lie elsewhere and are laid where a child can read them when it is asked."""

    @property
    def size(self) -> int:
        """How many bytes."""

    def read_into(self, place: memoryview) -> None:
        """Write the bytes into a place of exactly their size."""

    def lent(self) -> AbstractContextManager[int]:
        """A descriptor of the bytes, for what is too large for a tray; closed afterwards."""


class Tray:
    """Places in a ring, given back in the order in which they were taken."""

    def __init__(self) -> None:
        """Nothing lies in it yet; `descriptor` is for the child, and cannot be written through."""
        own = os.memfd_create("tray", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(own, TRAY_BYTES)
            self._memory = mmap.mmap(own, TRAY_BYTES)
            fcntl.fcntl(own, fcntl.F_ADD_SEALS, _SEALS)
            with suppress(OSError):  # an older kernel: the child's descriptor is for reading only anyway
                fcntl.fcntl(own, fcntl.F_ADD_SEALS, _SEAL_FUTURE_WRITE)
            fcntl.fcntl(own, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SEAL)
            self.descriptor = os.open(f"/proc/self/fd/{own}", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.close(own)
        self._taken: deque[tuple[int, int]] = deque()

    def lay(self, original: Lendable) -> int | None:
        """Where the original now lies; None when there is no room before others are given back."""
        size = original.size
        start = self._start_for(size)
        if start is None:
            return None
        with memoryview(self._memory) as whole, whole[start : start + size] as place:
            original.read_into(place)
        self._taken.append((start, start + size))
        return start

    def _start_for(self, size: int) -> int | None:
        """The lowest place that is free, so that the same warm memory serves again and again."""
        if not self._taken:
            return 0 if size <= TRAY_BYTES else None
        oldest, newest = self._taken[0][0], self._taken[-1][1]
        if newest <= oldest:  # it has gone round
            return newest if newest + size <= oldest else None
        if size <= oldest:
            return 0
        return newest if newest + size <= TRAY_BYTES else None

    def give_back(self) -> None:
        """The oldest place is free again."""
        self._taken.popleft()

    def close(self) -> None:
        """Let go of the memory; the child has its own hold on it."""
        self._memory.close()
        os.close(self.descriptor)
