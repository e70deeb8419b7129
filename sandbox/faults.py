"""Faults on demand: armed over HTTP or by the data, used up one request at a time."""

import threading
from dataclasses import dataclass

STALL_SECONDS = 20.0


@dataclass(slots=True)
class Armed:
    """One fault: what happens, how often still, to which addresses, and a number where the fault takes one."""

    kind: str
    left: int
    path: str = ""
    n: int = 0


class Faults:
    """What is armed now."""

    def __init__(self) -> None:
        """Nothing is armed at first."""
        self._armed: list[Armed] = []
        self._lock = threading.Lock()
        self.closing = threading.Event()

    def arm(self, kind: str, count: int = 1, path: str = "", n: int = 0) -> None:
        """Arm a fault for the next `count` requests below `path`."""
        with self._lock:
            self._armed.append(Armed(kind, count, path, n))

    def take(self, kind: str, path: str = "") -> Armed | None:
        """Use one count of a fault up, if it is armed for this address."""
        with self._lock:
            for armed in self._armed:
                if armed.kind == kind and armed.left > 0 and path.startswith(armed.path):
                    armed.left -= 1
                    return armed
        return None

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def stall(self) -> None:
        """Say nothing until the client has surely given up, or the server ends."""
        self.closing.wait(STALL_SECONDS)
