"""Sorting more rows than memory holds: sorted runs in a file that has no name, merged when they are read back.

Ten million rows in the order of an index are stored page by page; in the order of a file each would touch a page of
its own. The file lies beside the database, and is gone with the process that made it, however that ends.
"""

import errno
import marshal
import os
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar

Row = TypeVar("Row", bound="tuple[str | int | float | bytes | None, ...]")
Item = TypeVar("Item")
RUN_ROWS, BLOCK_ROWS = 200_000, 2_000


class SortedRows(Generic[Row]):
    """Takes rows（plain tuples of texts and numbers）in any order and gives them back by `key`; equal keys as they came.

    Holds `run_rows` rows in memory, and a block of each run while they are merged.
    """

    def __init__(self, folder: Path, *, key: Callable[[Row], Any], run_rows: int = 0) -> None:
        """`folder` gets the file when there is more than one run."""
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._key = key
        self._run_rows = run_rows or RUN_ROWS
        self._held: list[Row] = []
        self._runs: list[list[tuple[int, int]]] = []
        self._end = 0

    def __enter__(self) -> Self:
        """Itself; the file goes at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, which removes it."""
        if self._file is not None:
            self._file.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows."""
        self._held += rows
        while len(self._held) >= self._run_rows:
            run, self._held = self._held[: self._run_rows], self._held[self._run_rows :]
            self._put_down(run)

    def ordered(self) -> Iterator[Row]:
        """Every row in order."""
        self._held.sort(key=self._key)
        if not self._runs:
            return iter(self._held)
        return merge(*(self._run(blocks) for blocks in self._runs), self._held, key=self._key)

    def _put_down(self, run: list[Row]) -> None:
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115  # closed by __exit__
        run.sort(key=self._key)
        blocks: list[tuple[int, int]] = []
        for start in range(0, len(run), BLOCK_ROWS):
            block = marshal.dumps(run[start : start + BLOCK_ROWS])
            if self._file.write(block) != len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            blocks.append((self._end, len(block)))
            self._end += len(block)
        self._runs.append(blocks)

    def _run(self, blocks: list[tuple[int, int]]) -> Iterator[Row]:
        assert self._file is not None
        for at, length in blocks:
            yield from marshal.loads(os.pread(self._file.fileno(), length, at))  # noqa: S302  # nobody else's file


def batches(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The rows in lists of `size`, the last one shorter."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
