"""`python -m bench.many_bodies`: what one installation for many bodies asks of a worker while hardly anybody has work.

So many invented bodies（1,788: every town and prefecture）are registered in an empty SQLite database. Measured are a round in
which nobody has work, wholly and by asking only, the share of one of four workers, the readings for Prometheus, and how
long the one package that arrives at one of them waits for its verdict.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from .meters import measure
from .results import HERE, RESULTS, Figure, add, show

if TYPE_CHECKING:  # reads Django's settings, which are made first
    from todoke.cli.work import Worker

BODIES, SHARES = 1_788, 4


def main() -> None:
    """Register, measure, print, and write beside what else was measured."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.many_bodies", description="多くの団体を預かる設置の費用を測る"
    )
    parser.add_argument("-n", type=int, default=BODIES, help="団体の数（既定 1,788）")
    parser.add_argument("--results", type=Path, default=RESULTS, help="結果を書くファイル")
    args = parser.parse_args()
    parent = HERE.parent / "var"
    parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    for name in [name for name in os.environ if name.startswith("TODOKE_")]:
        del os.environ[name]
    os.environ.update(
        TODOKE_VAR=str(work), TODOKE_CONFINEMENT="best-effort", DJANGO_SETTINGS_MODULE="todoke.settings"
    )
    try:
        import django

        django.setup()
        found = figures(args.n)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    show(f"{args.n:,} 団体を預かる一つの設置（SQLite）", found, Console())
    add("many bodies", found, args.results, bodies=args.n, load=list(os.getloadavg()))


def figures(count: int) -> list[Figure]:
    """CPU of rounds and readings, in milliseconds per body and in all."""
    from todoke.casework import gauges
    from todoke.cli import work
    from todoke.cli.turns import Share

    codes = _codes(count)
    _prepare()
    registered = measure(lambda: _register(codes)).cpu
    worker = work.Worker()
    first = measure(lambda: _until_nothing(worker)).cpu  # everybody's first entries are chained and sealed
    whole = measure(lambda: work.Worker().round()).cpu
    asked = _cpu(worker.round)
    sharing = work.Worker(share=Share(1, SHARES))
    _until_nothing(sharing)
    shared = _cpu(sharing.round)
    read = _cpu(gauges.take)
    waited, rounds = _first_package(worker, codes[len(codes) // 2])
    return [
        *_both("登録", registered, count),
        *_both("はじめの巡回（監査の封印を含む）", first, count),
        *_both("することのない一巡、十分に一度の全部の訪問", whole, count),
        *_both("することのない一巡、問い合わせだけ", asked, count),
        Figure(f"  同 {SHARES}つに分けた一つ", shared, "秒"),
        *_both("計器の読み直し", read, count),
        Figure("まん中の団体に届いた一件が判定されるまで（経過）", waited, "秒"),
        Figure("  同", rounds, "巡"),
    ]


def _both(name: str, seconds: float, count: int) -> list[Figure]:
    return [Figure(f"{name} CPU", seconds, "秒"), Figure("  一団体あたり", seconds / count * 1e3, "ms")]


def _cpu(work: Callable[[], object]) -> float:
    return measure(work).cpu


def _until_nothing(worker: "Worker") -> None:
    while worker.round():
        pass


def _codes(count: int) -> list[str]:
    """Invented bodies; every prefecture and its towns, as many as wanted."""
    from .rollup import codes

    return [one for prefecture, towns in codes().items() for one in (prefecture, *towns)][:count]


def _prepare() -> None:
    from django.conf import settings

    from tests.casework.intake.packages import write_trust
    from todoke.cli.migrate import bring_up_to_date

    bring_up_to_date()
    write_trust(Path(settings.TODOKE_TRUST_DIR))


def _register(codes: list[str]) -> None:
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.organisations import services
    from todoke.foundation.organisations.values import OrganisationKind

    for code in codes:
        is_town = code[2:5] != "000"
        kind = OrganisationKind.MUNICIPALITY if is_town else OrganisationKind.PREFECTURE
        services.register_organisation(code, name=f"団体{code}", kind=kind, at=now())


def _first_package(worker: "Worker", code: str) -> tuple[float, int]:
    """Seconds and rounds until the one package that is laid down for a body has its verdict."""
    from django.conf import settings

    from todoke.casework.relay.models import Package
    from todoke.foundation.fence import scope

    from . import fairness

    fairness._import(code, [fairness._written(Path(settings.VAR) / "one.zip")])
    began, rounds, waits = time.monotonic(), 0, True
    while waits:
        worker.round()
        rounds += 1
        with scope(code, read_only=True):
            waits = Package.objects.filter(state="pending", code="").exists()
    return time.monotonic() - began, rounds


if __name__ == "__main__":
    main()
