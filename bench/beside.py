"""`python -m bench.beside PACKAGES STOP`: receives and judges packages until the file STOP exists, and tells how it went.

Runs as a process of its own in an installation that something else is busy in: a load of links, a reconciliation.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the product is imported once Django is set up
    from todoke.casework.relay.values import ChannelRef

BATCH, SEED, PAUSE = 10, 2026, 0.5
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Beside:
    """Packages that went through meanwhile, and seconds of wall clock per batch of ten: the median and the longest."""

    packages: int
    middle: float
    longest: float


@contextmanager
def intake(folder: Path, packages: int) -> Iterator[list[Beside]]:
    """Intake of so many small packages, at most, beside the block, in a new folder; afterwards the list holds how it went."""
    folder.mkdir()
    stop, told = folder / "stop", list[Beside]()
    command = [sys.executable, "-m", "bench.beside", str(packages), str(stop)]
    child = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        child.stdout.readline()  # ready: its packages are made and its first batch has gone through
        yield told
    finally:
        stop.touch()
        last, _ = child.communicate(timeout=600)
    if child.returncode:
        raise RuntimeError("並行して動かした受信・検証が失敗しました。")
    told.append(Beside(**json.loads(last)))


def _environment() -> dict[str, str]:
    from samples.places import CLOCK

    offset = (CLOCK - datetime.now(UTC)).total_seconds()
    return {**os.environ, "TODOKE_CLOCK_OFFSET_SECONDS": str(offset)}


def _channel(name: str) -> "ChannelRef":
    from todoke.casework.relay import services as relay
    from todoke.casework.relay.values import ChannelKind, ChannelSettings
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.fence import scope

    from .intake import ACTOR
    from .packages import TOWN

    with scope(TOWN):
        return relay.register_channel(
            name, kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=ACTOR, at=now(),
        )  # fmt: skip


def _check(received: int) -> None:
    from todoke.casework.relay.models import Package
    from todoke.casework.relay.values import PackageState
    from todoke.foundation.fence import scope

    from .packages import TOWN

    with scope(TOWN, read_only=True):
        accepted = Package.objects.filter(state=PackageState.ACCEPTED.value).count()
    assert accepted == received, f"受理 {accepted}件、正しくは {received}件"


def main() -> None:
    """Make the packages, say so, and let them through batch by batch."""
    import django

    django.setup()
    from django.conf import settings

    from . import intake as product
    from .packages import make

    count, stop = int(sys.argv[1]), Path(sys.argv[2])
    bundle = make(stop.parent / "beside", n=count, seed=SEED, size="small")
    settings.TODOKE_TRUST_DIR = bundle.folder / "trust"
    channel = _channel(stop.parent.name)
    seconds: list[float] = []
    for start in range(0, count, BATCH):
        if stop.exists():
            break
        began = time.perf_counter()
        product.receive(channel, bundle.listed[start : start + BATCH])
        product.open_until_drained()
        seconds.append(time.perf_counter() - began)
        if not start:
            print("ready", flush=True)
        time.sleep(PAUSE)  # packages arrive, they do not queue up
    _check(len(seconds) * BATCH)
    later = seconds[1:] or seconds
    print(json.dumps({"packages": len(seconds) * BATCH, "middle": median(later), "longest": max(later)}))


if __name__ == "__main__":
    main()
