"""`python -m bench`: measure durable batched intake beside its floor. A figure, not a gate."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:  # the parts read Django's settings, which are made first
    from .goals import Goal
    from .report import Part

HERE = Path(__file__).resolve().parent
SIZES = ("standard", "small")
SEED = 2026


def main() -> None:
    """Measure and report. Ends with an error when the product accepted or refused anything it must not."""
    args = _arguments()
    console = Console()
    with _own_installation() as work:
        from . import report, spoiled
        from .packages import make

        with _progress(console) as progress:
            task = progress.add_task("不正な申請データを確かめる", total=None)
            refused = spoiled.refuse_all(make(work / "check", n=40, seed=SEED, size="small"), work)
            progress.remove_task(task)
            goals: list[Goal] = []
            parts = [_measured(size, args, work, progress, goals) for size in args.size]
            if not args.quick:
                goals += _among_processes(args, work, progress)
    for part in parts:
        report.show(part, console)
    report.show_goals(goals, console)
    report.write(parts, goals, seed=SEED, refused=refused, target=args.results)
    console.print(f"不正な申請データ {refused}件は正しく隔離。結果: {args.results}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="受信・検証・格納の速さを下限と並べて測る"
    )
    parser.add_argument(
        "-n", type=int, default=int(os.environ.get("N", "100")), help="申請の件数（既定100、環境変数 N）"
    )
    parser.add_argument(
        "--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")), help="回数（既定5）"
    )
    parser.add_argument("--size", nargs="+", choices=SIZES, default=list(SIZES), help="申請データの大きさ")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="目標のうち、一件ずつ・複数の作業・PostgreSQL・素朴な書き方を測らない",
    )
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="結果を書くファイル")
    return parser.parse_args()


@contextmanager
def _own_installation() -> Iterator[Path]:
    """An empty folder on the disk of the repository, and Django set up for it, at the time of the samples."""
    from samples.places import CLOCK

    parent = HERE.parent / "var"
    parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    for name in [name for name in os.environ if name.startswith("TODOKE_")]:
        del os.environ[name]
    os.environ["TODOKE_VAR"] = str(work)
    os.environ["TODOKE_CLOCK_OFFSET_SECONDS"] = str((CLOCK - datetime.now(UTC)).total_seconds())
    os.environ["DJANGO_SETTINGS_MODULE"] = "todoke.settings"
    try:
        import django

        django.setup()
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    )


def _measured(
    size: str, args: argparse.Namespace, work: Path, progress: Progress, goals: "list[Goal]"
) -> "Part":
    """Floor, product, floor, product … after a round of each that does not count."""
    from . import goals as targets
    from .figures import Rounds, figures, floor_figures
    from .floor import Floor
    from .intake import Product
    from .looks import Looks
    from .meters import Neighbours
    from .packages import make
    from .report import Part

    task = progress.add_task(f"{size}: {args.n}件を用意", total=args.rounds + 2)
    bundle = make(work / size, n=args.n, seed=SEED, size=size)
    floor = Floor(bundle, work)
    product = Product(bundle, work, signed=floor.signed)
    looks = Looks(floor.packages)
    progress.update(task, advance=1, description=f"{size}: 慣らし")
    floor.measure()
    commits = product.commits()
    progress.update(task, advance=1, description=f"{size}: 測定")
    neighbours, floors, passed = Neighbours(), [], []
    for _ in range(args.rounds):
        floors.append(floor.measure())
        passed.append(product.measure())
        looks.measure()
        progress.update(task, advance=1)
    rounds = Rounds(args.n, floor.signed, bundle.total_bytes, floor.steps(), floors, passed, commits)
    found = (figures(rounds, looks.figure()), floor_figures(rounds))
    goals += targets.of_floor(size, rounds)
    if not args.quick and size == args.size[0]:
        more = progress.add_task(f"{size}: 一件ずつ、素朴な書き方", total=4 * targets.ROUNDS)
        goals += targets.of_batches(product, rounds, lambda: progress.advance(more))
        goals += targets.of_naive(bundle, work, rounds, lambda: progress.advance(more))
    return Part(bundle, floor.signed, args.rounds, *found, neighbours.share())


def _among_processes(args: argparse.Namespace, work: Path, progress: Progress) -> "list[Goal]":
    """What needs processes of its own: two workers, PostgreSQL, memory. Enough packages that two can share them evenly."""
    from . import goals as targets
    from .packages import make

    size, n = args.size[0], max(args.n, targets.SHARED_PACKAGES)
    task = progress.add_task(f"作業一つ・二つ、PostgreSQL（{n}件）", total=4 * targets.ROUNDS)
    bundle = make(work / f"{size}-shared", n=n, seed=SEED, size=size)
    return targets.of_workers(bundle, work, work / "template.sqlite3", lambda: progress.advance(task))


if __name__ == "__main__":
    main()
