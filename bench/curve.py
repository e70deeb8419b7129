"""`python -m bench.curve`: what one application, page, search or look-up costs in a database of 1,000 to 1,000,000 cases.

One row per size, so that a bend shows: each figure is CPU, the least of the rounds. Rows are laid down by SQL alone; the
answers are those of the product.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .__main__ import SEED, _own_installation
from .results import RESULTS, Figure, add

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PACKAGES, WAITING, ASKED = 60, 100, 2_000
MISSING, FREQUENT = "龍馬", "佐藤"


@dataclass(frozen=True, slots=True)
class Point:
    """One size: microseconds per application taken in, and per link; milliseconds per page, search and batch of candidates."""

    cases: int
    intake: float
    page: float
    search: float
    miss: float
    candidates: float
    prepared: float
    look_up: float
    megabytes: float


HEADINGS = (
    "申請・番号紐付情報（件）", "受信・検証・格納 µs/件", "一覧の一頁 ms", "検索（多い語）ms", "検索（ない語）ms",
    "引渡しの候補100件 ms", "引渡しの準備 µs/件", "発行番号の照会 µs/件", "データベース MB",
)  # fmt: skip


def main() -> None:
    """Measure size by size; print each as it is known, and how the last compares with the first."""
    parser = argparse.ArgumentParser(prog="python -m bench.curve", description="件数による費用の曲がりを測る")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="申請の件数")
    parser.add_argument("--rounds", type=int, default=5, help="回数（既定5、最小をとる）")
    parser.add_argument("--results", type=Path, default=RESULTS, help="結果を書くファイル")
    args = parser.parse_args()
    console = Console(width=160)
    with _own_installation() as work:
        points = []
        for cases in args.sizes:
            points.append(measure(cases, args.rounds, work))
            console.print(points[-1])
    show(points, console)
    add("curve", figures(points), args.results, rounds=args.rounds, load=list(os.getloadavg()))


def figures(points: Sequence[Point]) -> list[Figure]:
    """Every cost at every size, and how the largest compares with the smallest: 1 is a straight line."""
    found = []
    for place, heading in enumerate(HEADINGS[1:], start=1):
        name, _, unit = heading.rpartition(" ") if " " in heading else (heading.removesuffix("ms"), "", "ms")
        values = [_values(point)[place] for point in points]
        found += [
            Figure(f"{name}、{point.cases:,}件", value, unit)
            for point, value in zip(points, values, strict=True)
        ]
        if unit != "MB":
            found.append(Figure("  同 最大の件数 ÷ 最小の件数", values[-1] / values[0], "倍"))
    return found


def measure(cases: int, rounds: int, work: Path) -> Point:
    """Everything at one size, in databases of its own that go afterwards."""
    intake = _intake(cases, rounds, work)
    place = work / f"desk-{cases}"
    place.mkdir()
    desk = Desk(cases, place)
    try:
        return Point(
            cases, intake, desk.page("", rounds), desk.page(FREQUENT, rounds), desk.page(MISSING, rounds),
            desk.candidates(rounds), desk.prepared(), desk.look_up(rounds), (place / "todoke.sqlite3").stat().st_size / 1e6,
        )  # fmt: skip
    finally:
        shutil.rmtree(place)


def _intake(cases: int, rounds: int, work: Path) -> float:
    """CPU per package of small packages, with so many applications in the database."""
    from .endurance import bulk_load
    from .intake import Product
    from .packages import make, take_apart

    folder = work / f"curve-{cases}"
    bundle = make(folder, n=PACKAGES, seed=SEED, size="small")
    signed = sum(one.signature is not None for one in take_apart(bundle))
    product = Product(bundle, folder, signed=signed, loaded=cases)
    bulk_load(product.template, cases)
    passed = [product.measure() for _ in range(rounds + 1)][1:]  # the first one warms
    shutil.rmtree(folder)
    return min(one.relay.cpu + one.intake.cpu for one in passed) / PACKAGES * 1e6


class Desk:
    """A town with so many cases, as many links, and a core system; a hundred cases wait to be handed over."""

    def __init__(self, cases: int, place: Path) -> None:
        """Migrate, register, lay down."""
        from django.conf import settings

        from todoke.foundation.accounts.values import Right, Viewer
        from todoke.foundation.calendars.queries import now
        from todoke.foundation.fence import scope
        from todoke.foundation.organisations import services

        from . import links, many_cases
        from .intake import _connect
        from .packages import TOWN
        from .worklist import MADE

        self._cases, self._place, self._town = cases, place, TOWN
        _connect(place / "todoke.sqlite3")
        settings.TODOKE_VAULT_DIR = place / "vault"  # sorted runs lie beside it
        links.prepare()
        with scope(TOWN):
            sections = [services.register_section(f"s{one}", name=f"第{one}課").id for one in range(8)]
        many_cases.without_foreign_keys()
        many_cases.lay_down(1, min(cases, MADE), sections, now())
        many_cases.multiply(cases, MADE)
        self._viewer = Viewer(TOWN, 1, "測定", frozenset({Right.VIEW_CASES}), None)
        self._file = place / "links.csv"
        links.write(self._file, cases)
        links._load(self._file)
        self._wait()

    def _wait(self) -> None:
        """Let a hundred cases all over the table wait for the hand-over."""
        from django.db import connection

        step = max(1, self._cases // WAITING)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE casework_case SET handover_state = 'undecided', hold_code = '' WHERE id %% %s = 0",
                [step],
            )

    def _least(self, rounds: int, work: Callable[[], object]) -> float:
        """CPU seconds of the quickest round, with the scope that the work needs."""
        from todoke.foundation.fence import scope

        costs = []
        for _ in range(rounds + 2):
            with scope(self._town, read_only=True):
                began = time.process_time()
                work()
                costs.append(time.process_time() - began)
        return min(costs)

    def page(self, text: str, rounds: int) -> float:
        """Milliseconds for the newest page of the worklist, or of a search."""
        from todoke.casework.cases import queries
        from todoke.casework.cases.values import Filters

        filters = Filters(text=text)
        return self._least(rounds * 4, lambda: queries.worklist(self._viewer, filters, size=50)) * 1e3

    def candidates(self, rounds: int) -> float:
        """Milliseconds for finding the cases that wait for the hand-over."""
        from todoke.casework.cases import queries

        def ask() -> None:
            assert len(queries.cases_to_hand_over(WAITING)) == WAITING

        return self._least(rounds, ask) * 1e3

    def prepared(self) -> float:
        """Microseconds per case for looking at the candidates: none of them is for a core system here."""
        from todoke.casework.handover import services
        from todoke.foundation.calendars.queries import now
        from todoke.foundation.fence import scope

        from .intake import ACTOR

        began = time.process_time()
        with scope(self._town):
            assert services.prepare_cases(limit=WAITING, actor=ACTOR, at=now()) == WAITING
        return (time.process_time() - began) / WAITING * 1e6

    def look_up(self, rounds: int) -> float:
        """Microseconds per certificate, a hundred at a time, with the other certificates of the same people."""
        from . import links

        return min(links._look_up(self._file, ASKED) for _ in range(rounds)) * 1e6


def show(points: Sequence[Point], console: Console) -> None:
    """The table, and how the largest compares with the smallest."""
    table = Table(title="件数による費用（CPU、最良の回）", title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for one in points:
        table.add_row(*(f"{value:,.0f}" if value >= 100 else f"{value:,.2f}" for value in _values(one)))
    first, last = _values(points[0]), _values(points[-1])
    table.add_row("最大 ÷ 最小", *(f"{b / a:.2f}" for a, b in list(zip(first, last, strict=True))[1:]))
    console.print(table)


def _values(point: Point) -> tuple[float, ...]:
    return (
        point.cases, point.intake, point.page, point.search, point.miss, point.candidates, point.prepared, point.look_up,
        point.megabytes,
    )  # fmt: skip


if __name__ == "__main__":
    main()
