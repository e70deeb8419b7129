"""An append-only file of JSON lines, durable line by line: what a sandbox server remembers after kill -9."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]  # JSON, whose shape each server owns


class Journal:
    """Lines that are fsynced before anybody is told of them; a torn last line is dropped when it is opened."""

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.Lock()
        self._cut_torn_line()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _cut_torn_line(self) -> None:
        if self.path.exists():
            data = self.path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if len(whole) < len(data):
                with open(self.path, "r+b") as file:
                    file.truncate(len(whole))

    def lines(self) -> Iterator[Line]:
        """Every line, oldest first."""
        if self.path.exists():
            for text in self.path.read_bytes().split(b"\n")[:-1]:  # splitlines() also splits at U+2028
                yield json.loads(text)

    def append(self, *lines: Line) -> None:
        """Write lines durably, all in one go."""
        data = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines).encode()
        with self._lock:
            os.write(self._file, data)
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
