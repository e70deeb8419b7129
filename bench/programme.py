"""`python -m bench.programme`: one schedule, a thousand runs, a what-if answer, the early-start curve; beside the floor.

The floor is the least that the same question can cost in plain Python: one pass over the same lists in topological order
per schedule or run, without capacity, dates, reasons or hashes. The plan of the shipped guideline is read from a new
installation of its own, as a page reads it.
"""

import argparse
import itertools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from todoke.programme.forecast.rules.branches import compare, tried
from todoke.programme.forecast.rules.compiling import Compiled, compile_network
from todoke.programme.forecast.rules.early_start import early_start_curve
from todoke.programme.forecast.rules.explaining import explain
from todoke.programme.forecast.rules.safe_dates import last_safe_dates
from todoke.programme.forecast.rules.scheduling import schedule
from todoke.programme.forecast.rules.simulating import simulate
from todoke.programme.forecast.values import (
    BoughtSlots,
    Branch,
    EarlyStartCurve,
    Network,
    Schedule,
    ShiftStart,
)

from .__main__ import HERE, _own_installation
from .meters import Cost, measure
from .town_plan import VENDOR, many_towns, town_plan

if TYPE_CHECKING:  # reads Django's settings, which are made first
    from .figures import Figure

RUNS = 1000


def plans() -> dict[str, Network]:
    """Plans by their size: the town, 20 事務 × 40 steps, and a thousand items."""
    return {
        "225件（4 + 13 × 17事務）": town_plan(vendor=40, with_windows=True),
        "800件（20事務 × 40）": many_towns(20, 40),
        "1,005件（4 + 13 × 77事務）": town_plan(77, staff=240, vendor=160, with_windows=True),
    }


def figures(name: str, network: Network, rounds: int) -> "list[Figure]":
    """What one plan costs, in milliseconds of CPU; medians beside the best floor of the same rounds."""
    compiled = compile_network(network)
    placed = schedule(network)
    last = network.activities[-1].key
    runs = max(rounds // 5, 3)
    asked: list[tuple[str, Callable[[], object], int, int]] = [
        ("日程 schedule", lambda: schedule(network), 1, rounds),
        ("日程、20通りの最良 schedule ×20", lambda: schedule(network, tries=20), 20, rounds),
        (f"試行{RUNS:,}回 simulate", lambda: simulate(network, runs=RUNS, along=placed), RUNS, runs),
        (
            f"試行{RUNS:,}回（順序だけ）",
            lambda: simulate(network, runs=RUNS, along=placed, with_capacity=False), RUNS, runs,
        ),
        ("もしも what-if 初めて（100回ずつ）", lambda: _first(network, placed), 202, runs),
        ("もしも what-if 次から（100回）", lambda: compare(network, _another(), base=placed), 101, runs),
        ("この日付の理由 explain", lambda: explain(network, placed, last), 1, rounds),
        ("期限の一覧 last safe dates", lambda: last_safe_dates(network, placed), 1, rounds),
    ]  # fmt: skip
    return [_figure(f"{name} {label}", work, passes, count, compiled) for label, work, passes, count in asked]


TURNS = itertools.count(1)  # each branch is another one, so that nothing of it is known before


def _another() -> Branch:
    return Branch("枠を買い足す", (BoughtSlots(VENDOR, 1000 + next(TURNS)),))


def _first(network: Network, placed: Schedule) -> None:
    tried.cache_clear()
    compare(network, _another(), base=placed)


def _figure(name: str, work: Callable[[], object], passes: int, rounds: int, compiled: Compiled) -> "Figure":
    from .figures import Figure

    times = 10 if passes == 1 else 1  # what takes a few milliseconds is asked ten times, and divided
    costs = [measure(lambda: _repeat(work, times)) for _ in range(rounds)]
    floors = [measure(lambda: _floor(compiled, passes)) for _ in range(rounds)]
    cpu = [one.cpu / times for one in costs]
    spread = (max(cpu) - min(cpu)) / 2 / median(cpu) if median(cpu) else None
    return Figure(name, median(cpu) * 1000, "ms", min(one.cpu for one in floors) * 1000, spread)


def _repeat(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def _floor(compiled: Compiled, passes: int) -> None:
    """So many times through the lists in topological order: every finish is the latest predecessor's and the duration."""
    order, preds, durations = compiled.order, compiled.preds, compiled.likely
    for _ in range(passes):
        finish = [0] * len(durations)
        for one in order:
            day = 0
            for before in preds[one]:
                if finish[before] > day:
                    day = finish[before]
            finish[one] = day + durations[one]


def page(rounds: int) -> "list[Figure]":
    """A what-if answer as a page gives it: the plan of the shipped guideline for all its 事務 read from the database."""
    from todoke.foundation.calendars.queries import japanese_date, now
    from todoke.foundation.fence import scope
    from todoke.programme.forecast import queries

    from .packages import TOWN

    plan, today = _kept_plan(), japanese_date(now())
    with scope(TOWN, read_only=True):
        network = queries.network_of(plan, as_of=today)
    days = queries.working_days(today).days

    def compared() -> None:
        branch = Branch("開始を遅らせる", (ShiftStart(days[60 + next(TURNS)]),))
        with scope(TOWN, read_only=True):
            compare(queries.network_of(plan, as_of=today), branch)

    def asked_first() -> None:
        tried.cache_clear()
        compared()

    def read() -> None:
        with scope(TOWN, read_only=True):
            queries.network_of(plan, as_of=today)

    name, compiled = f"手順書第1.0版の計画 {len(network.activities)}件", compile_network(network)
    return [
        _figure(f"{name} 読む（データベースから）", read, 1, rounds, compiled),
        _figure(f"{name} 読んで、もしも 初めて（100回ずつ）", asked_first, 202, rounds, compiled),
        _figure(f"{name} 読んで、もしも 次から（100回）", compared, 102, rounds, compiled),
    ]


def _kept_plan() -> UUID:
    from todoke.foundation.accounts.values import Right, Viewer
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.fence import scope
    from todoke.programme.packs import queries as packs
    from todoke.programme.packs.values import EditionRef
    from todoke.programme.plans import services as plans
    from todoke.programme.plans.values import PlanKind

    from . import links
    from .packages import TOWN

    links.prepare()
    ref = EditionRef("urn:jp:soumu:tejunsho:hyojunka", "1.0", 1)
    viewer = Viewer(TOWN, 1, "bench", frozenset(Right), frozenset())
    with scope(TOWN):
        codes = tuple(one.code for one in packs.edition(ref).codelists["business"])
        given = {"scope:business": codes}
        return plans.make_plan(
            viewer, PlanKind.STANDARDISATION, ref, title="標準化の計画", given=given, at=now()
        ).uuid


def curve() -> tuple[EarlyStartCurve, Cost]:
    """The early-start curve of the town with sixty slots of its vendors, and what it cost."""
    network = town_plan(vendor=60)
    found: list[EarlyStartCurve] = []
    cost = measure(lambda: found.append(early_start_curve(network)))
    return found[0], cost


def main() -> None:
    """Measure, print, and write beside the other results."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.programme", description="工程計算の速さを下限と並べて測る"
    )
    parser.add_argument(
        "--rounds", type=int, default=int(os.environ.get("ROUNDS", "15")), help="回数（既定15）"
    )
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="結果を書くファイル")
    args = parser.parse_args()
    console = Console()
    with _own_installation():
        from .reads import show

        found = [one for name, network in plans().items() for one in figures(name, network, args.rounds)]
        found += page(max(args.rounds // 3, 3))
        shown, cost = curve()
        show("工程計算（CPU時間）", found, console)
        _show_curve(shown, cost, console)
        write(found, shown, cost, args.results)
    console.print(f"結果: {args.results}")


def _show_curve(shown: EarlyStartCurve, cost: Cost, console: Console) -> None:
    console.print(
        f"早期着手の曲線（{cost.cpu * 1000:,.0f} ms）: 開始の月ごとの、必要な職員の山と、期限に間に合う確率"
    )
    for point in shown.points:
        peak = "見つからない" if point.peak is None else f"{point.peak / 100:.1f}人"
        chance = "―" if point.chance is None else f"{point.chance.permille / 10:.1f}%"
        console.print(
            f"  +{point.months_later:>2}か月 {point.start}  {peak:>10}  {chance:>6}  P80 {point.p80}"
        )


def write(found: "Sequence[Figure]", shown: EarlyStartCurve, cost: Cost, target: Path) -> None:
    """Add to the file of results under "programme", and leave there what else was measured."""
    from . import report

    document = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    document["programme"] = {
        "machine": report.machine(), "load": list(os.getloadavg()),
        "figures": [{**asdict(one), "ratio": one.ratio} for one in found],
        "early_start": {
            "milliseconds": cost.cpu * 1000, "runs": shown.runs,
            "points": [
                {
                    "months_later": one.months_later, "start": one.start.isoformat(), "verdict": one.verdict.value,
                    "peak_persons": None if one.peak is None else one.peak / 100,
                    "chance_permille": None if one.chance is None else one.chance.permille,
                    "p50": str(one.p50), "p80": str(one.p80),
                }
                for one in shown.points
            ],
        },
    }  # fmt: skip
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
