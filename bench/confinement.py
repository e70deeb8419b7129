"""`python -m bench.confinement`: what it costs to have packages read in the confined worker, beside reading them here."""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

ROUNDS, PACKAGES = 7, 100


@dataclass(frozen=True, slots=True)
class Figure:
    """One line, in CPU µs per package (best round): read in this process, in the confined worker, and its shares."""

    name: str
    here: float
    confined: float
    worker: float
    child: float


def main() -> None:
    """Measure and show. Raises AssertionError when a package is not read."""
    argparse.ArgumentParser(prog="python -m bench.confinement", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TODOKE_VAR=folder, DJANGO_SETTINGS_MODULE="todoke.settings")
        django.setup()
        figures = [one for size in ("standard", "small") for one in _figures(size, Path(folder))]
    table = Table(title="隔離した解析: CPU µs/件（最良の回）")
    for heading in ("項目", "この処理の中", "隔離", "うち親", "うち子", "増分"):
        table.add_column(heading, justify="left" if heading == "項目" else "right")
    for one in figures:
        numbers = (one.here, one.confined, one.worker, one.child, one.confined - one.here)
        table.add_row(one.name, *(f"{number:,.0f}" for number in numbers))
    Console().print(table)


def _figures(size: str, folder: Path) -> Iterator[Figure]:
    from todoke.casework.intake import queries
    from todoke.casework.intake.rules import opening

    from .packages import make

    profile = queries.load_profile("pittari-xml-sample")
    contents = [one.path.read_bytes() for one in make(folder / size, n=PACKAGES, seed=2026, size=size).listed]

    def here() -> None:
        for content in contents:
            assert opening.open_and_read(content, profile).reading

    def confined(batch: int) -> None:
        for start in range(0, PACKAGES, batch):
            found = queries.read_confined(_lent(contents[start : start + batch]), {"a": profile})
            assert all(isinstance(one, opening.Opened) and one.reading for one in found)

    confined(1)  # starts the spawner
    least = sum(_best(here))
    for batch in (PACKAGES, 1):
        worker, child = _best(lambda size=batch: confined(size))  # type: ignore[misc]  # bound now
        yield Figure(f"{size} {batch}件ずつ", least, worker + child, worker, child)


def _lent(contents: Sequence[bytes]) -> Iterator[tuple[str, bytes | int]]:
    """As the worker lends originals: small ones as they are, others as files in memory."""
    from todoke.foundation.asking import sealed
    from todoke.foundation.confined import INLINE_BYTES

    for content in contents:
        if len(content) <= INLINE_BYTES:
            yield "a", content
            continue
        descriptor = sealed(content)
        try:
            yield "a", descriptor
        finally:
            os.close(descriptor)


def _best(work: Callable[[], None]) -> tuple[float, float]:
    """CPU µs per package of this process and of its confined workers, in the round with the least sum."""
    from todoke.foundation.confined import cpu_seconds

    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        began, theirs = time.process_time(), cpu_seconds()
        work()
        rounds.append((time.process_time() - began, cpu_seconds() - theirs))
    ours, theirs = min(rounds, key=sum)
    return ours / PACKAGES * 1e6, theirs / PACKAGES * 1e6


if __name__ == "__main__":
    main()
