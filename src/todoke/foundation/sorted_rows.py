"""Sorting more rows than memory holds: sorted runs in a file that has no name, merged when they are read back.

Ten million rows in the order of an index are stored page by page; in the order of a file each would touch a page of
its own. The file lies beside the database, and is gone with the process that made it, however that ends.
"""

import errno
import marshal
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar

Row = TypeVar("Row", bound="tuple[Any, ...]")
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
        return chain.from_iterable(self.parts())

    def parts(self) -> Iterator[list[Row]]:
        """Every row in order, many at a time. May be asked for again.

        Each part is what of all runs is surely smaller than anything not yet read back; sorting runs that are sorted
        already is one pass in C, several times quicker than merging row by row.
        """
        self._held.sort(key=self._key)
        sources = [*(self._run(blocks) for blocks in self._runs), iter([self._held] if self._held else [])]
        windows: list[list[Row]] = [[] for _ in sources]
        waiting = set(range(len(sources)))  # whose rows are not all in their window yet
        while True:
            for place in sorted(waiting):
                if not windows[place]:
                    self._read_on(sources, windows, waiting, place)
            if not waiting:
                break
            limit = min(self._key(windows[place][-1]) for place in waiting)
            if part := self._below(windows, limit):
                yield part
            else:  # whole blocks of one key: the rest of its rows has to be read first
                for place in sorted(waiting):
                    if self._key(windows[place][-1]) == limit:
                        self._read_on(sources, windows, waiting, place)
        if rest := sorted(chain.from_iterable(windows), key=self._key):
            yield rest

    def _below(self, windows: list[list[Row]], limit: Any) -> list[Row]:
        """Take the rows below a key out of all windows, in order; equal keys as they came."""
        part: list[Row] = []
        for window in windows:
            if cut := bisect_left(window, limit, key=self._key):
                part += window[:cut]
                del window[:cut]
        part.sort(key=self._key)
        return part

    @staticmethod
    def _read_on(
        sources: list[Iterator[list[Row]]], windows: list[list[Row]], waiting: set[int], place: int
    ) -> None:
        block = next(sources[place], None)
        if block is None:
            waiting.discard(place)
        else:
            windows[place] = windows[place] + block

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

    def _run(self, blocks: list[tuple[int, int]]) -> Iterator[list[Row]]:
        assert self._file is not None
        for at, length in blocks:
            yield marshal.loads(os.pread(self._file.fileno(), length, at))  # noqa: S302  # nobody else's file


def batches(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The rows in lists of `size`, the last one shorter."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
