"""`python -m bench.worklist`: list, filters and Japanese search over many cases, on SQLite or PostgreSQL.

Each question is asked many times, with other cursors; the figures are the middle and the 95th percentile by the
clock and of the CPU of this process and, on PostgreSQL, of the server's process that answers（Linux tells it）: on a machine
that others use too, the CPU is what a quiet machine would take. The floor, in the same run: one
bare statement that fetches fifty rows by the index of the list. Every answer is compared with what is known of the rows,
so that a fast wrong answer fails.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.table import Table

from .results import Figure, machine, read, store

if TYPE_CHECKING:  # reads Django's settings, which are made first
    from todoke.casework.cases.values import Filters, WorklistPage

Answer = TypeVar("Answer")
HERE = Path(__file__).resolve().parent
SEED, PAGE, DEEP = 2026, 50, 10_000
MADE = 100_000  # so many cases are made one by one; more are copies of them with other ids
INSERTED = 2_000  # rows whose insertion is measured with the index and without
FREQUENT, MIDDLE, RARE, MISSING = "佐藤", "林　健一", "龗見", "龍馬"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: milliseconds by the clock and of CPU（middle and 95th percentile）, and how many rows came."""

    name: str
    p50: float
    p95: float
    cpu50: float
    cpu95: float
    rows: int


def main() -> None:
    """Lay the cases down, ask, print, and write beside what else was measured."""
    args = _arguments()
    console = Console()
    with _installation(args.database):
        measured = Worklist(args.n, args.rounds, console)
        found = measured.figures()
        added = measured.index_cost()
    _show(found, added, args, console)
    _write(found, added, args)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.worklist", description="一覧と検索の速さを測る")
    parser.add_argument(
        "-n", type=int, default=int(os.environ.get("CASES", "100000")), help="申請の件数（既定10万）"
    )
    parser.add_argument(
        "--rounds", type=int, default=int(os.environ.get("ASKED", "40")), help="問いの回数（既定40）"
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="データベース")
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="結果を書くファイル")
    return parser.parse_args()


@contextmanager
def _installation(database: str) -> Iterator[None]:
    """An empty folder and database of this run alone, and Django set up for them."""
    parent = HERE.parent / "var"
    parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    for name in [name for name in os.environ if name.startswith("TODOKE_")]:
        del os.environ[name]
    os.environ.update({"TODOKE_VAR": str(work), "DJANGO_SETTINGS_MODULE": "todoke.settings"})
    if database == "postgresql":
        from tests.support import postgres
        from tests.support.databases import PostgresDatabases

        postgres.SETTINGS["shared_buffers"] = "1GB"
        server = PostgresDatabases.for_worker("bench")
        server.create_template()
        os.environ["TODOKE_DATABASE_URL"] = server.url(server.template)
        os.environ["TODOKE_DATABASE_OWNER_URL"] = server.owner_url(server.template)
    try:
        import django

        django.setup()
        yield
    finally:
        shutil.rmtree(work, ignore_errors=True)


class Worklist:
    """One body with eight sections and `n` cases."""

    def __init__(self, n: int, rounds: int, console: Console) -> None:
        """Migrate, register, and lay the cases down."""
        from todoke.cli.migrate import as_owner, bring_up_to_date
        from todoke.foundation.accounts.values import Right, Viewer
        from todoke.foundation.calendars.queries import now
        from todoke.foundation.fence import scope
        from todoke.foundation.organisations import services
        from todoke.foundation.organisations.values import OrganisationKind

        from . import many_cases
        from .packages import TOWN

        bring_up_to_date()
        self._at, self._n, self._rounds, self._random = now(), n, rounds, Random(SEED)
        services.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=self._at)
        with scope(TOWN):
            self._sections = [services.register_section(f"s{one}", name=f"第{one}課").id for one in range(8)]
        with as_owner():
            many_cases.without_foreign_keys()
        if _is_sqlite():
            many_cases.without_foreign_keys()
        began = time.perf_counter()
        many_cases.lay_down(1, min(n, MADE), self._sections, self._at)
        many_cases.multiply(n, MADE)
        _gather_statistics()
        console.print(f"申請 {n:,}件を {time.perf_counter() - began:.0f} 秒で用意")
        self._viewer = Viewer(TOWN, 1, "測定", frozenset({Right.VIEW_CASES}), None)
        self._clerk = Viewer(TOWN, 2, "課", frozenset({Right.VIEW_CASES}), frozenset(self._sections[:1]))

    def figures(self) -> list[Asked]:
        """Ask everything."""
        from todoke.casework.cases.values import CaseStatus, Filters
        from todoke.casework.identify.values import IdentityState

        two = Filters(status=CaseStatus.RETURNED, identity=IdentityState.MATCHED)
        three = Filters(status=CaseStatus.COMPLETED, procedure="P08", section_id=self._sections[0])
        scarce = Filters(status=CaseStatus.OPENED, procedure="P08", identity=IdentityState.CONFLICT)
        lists = [
            ("最新の一頁", Filters(), None), ("三つの条件", three, self._anywhere),
            ("三つの条件（まれな組合せ）", scarce, self._anywhere), ("保留中", Filters(is_held=True), self._anywhere),
            (f"{min(DEEP, self._n // PAGE - 1):,}頁目", Filters(), lambda: self._n - PAGE * min(DEEP, self._n // PAGE - 1)),
        ]  # fmt: skip
        of_section = Filters(status=CaseStatus.COMPLETED, section_id=self._sections[0])
        words = [
            ("二文字・多い語", FREQUENT, Filters()), ("二文字・まれな語", RARE, Filters()),
            ("二文字・ない語", MISSING, Filters()),
            ("氏名の全部", MIDDLE, Filters()), ("かな（さとう）", "さとう", Filters()), ("受付番号の一部", "26", Filters()),
            ("多い語と二つの条件", FREQUENT, two), ("まれな語と二つの条件", RARE, two), ("ない語と二つの条件", MISSING, two),
            ("ない語と課・状態", MISSING, of_section), ("多い語と、少ない状態", FREQUENT, Filters(status=CaseStatus.OPENED)),
        ]  # fmt: skip
        found = [self._floor()]
        found += [self._asked(name, filters, after) for name, filters, after in lists]
        for name, text, filters in words:
            after = self._anywhere if filters != Filters() else None
            found.append(self._asked(f"検索: {name}", replace(filters, text=text), after, text))
        found.append(
            self._asked("検索: 課の担当者、多い語", Filters(text=FREQUENT), None, FREQUENT, is_clerk=True)
        )
        return [*found, self._counted()]

    def _anywhere(self) -> int:
        return self._random.randrange(self._n // 2, self._n)

    def _asked(
        self,
        name: str,
        filters: "Filters",
        after: Callable[[], int] | None,
        text: str = "",
        *,
        is_clerk: bool = False,
    ) -> Asked:
        from todoke.casework.cases import queries
        from todoke.casework.cases.rules import search

        viewer = self._clerk if is_clerk else self._viewer

        def ask() -> "WorklistPage":
            return queries.worklist(viewer, filters, after=after() if after else None, size=PAGE)

        asked, page = self._timed(name, ask, lambda page: len(page.rows))
        key = "".join(search.folded(word) for word in text.split())
        plain = [
            search.folded(row.applicant_name + row.applicant_kana) + row.receipt_number for row in page.rows
        ]
        assert all(key in one for one in plain), name
        assert not page.rows or text != MISSING, name
        assert page.rows or text != FREQUENT or filters.identity, name
        return asked

    def _counted(self) -> Asked:
        from todoke.casework.cases import queries

        return self._timed(
            "絞込みの件数（全部）", lambda: queries.counts(self._viewer), lambda counts: len(counts.status)
        )[0]

    def _floor(self) -> Asked:
        from django.db import connection

        from todoke.casework.cases.queries import _ROW

        mark = "?" if _is_sqlite() else "%s"
        statement = f"SELECT {', '.join(_ROW)} FROM casework_case WHERE organisation_id = {mark} ORDER BY id DESC LIMIT {PAGE}"

        def ask() -> list[object]:
            connection.ensure_connection()
            found: list[object] = connection.connection.execute(
                statement, [self._viewer.organisation]
            ).fetchall()
            return found

        return self._timed("下限: 索引で50行を読むSQL一つ", ask, len)[0]

    def _timed(
        self, name: str, ask: "Callable[[], Answer]", count: "Callable[[Answer], int]"
    ) -> "tuple[Asked, Answer]":
        from todoke.foundation.fence import scope

        walls, cpus, server = [], [], _server_process()
        for _ in range(self._rounds + 2):  # the first two do not count
            with scope(self._viewer.organisation, read_only=True):
                wall, cpu = time.perf_counter(), _cpu(server)
                answer = ask()
                cpus.append((_cpu(server) - cpu) * 1e3)
                walls.append((time.perf_counter() - wall) * 1e3)
        walls, cpus = sorted(walls[2:]), sorted(cpus[2:])
        late = int(len(walls) * 0.95)
        return Asked(name, median(walls), walls[late], median(cpus), cpus[late], count(answer)), answer

    def index_cost(self) -> tuple[float, float]:
        """Microseconds per case that is inserted, a hundred in a transaction: with the index of words, and without."""
        from django.db import connection

        from todoke.cli.migrate import as_owner

        costs = [self._inserted(self._n + 1)]
        name = "casework_case_words"
        with as_owner(), connection.cursor() as cursor:
            if _is_sqlite():
                cursor.execute(f"DROP TRIGGER {name}_insert")
            else:
                cursor.execute(f"DROP TRIGGER {name} ON casework_case")
        costs.append(self._inserted(self._n + INSERTED + 1))
        return costs[0], costs[1]

    def _inserted(self, first: int) -> float:
        """By the clock on PostgreSQL, whose work is done elsewhere; else by CPU. The middle of the transactions."""
        from todoke.casework.cases.models import Case
        from todoke.foundation.fence import insert_rows, scope

        from . import many_cases

        if _is_sqlite():
            many_cases.without_foreign_keys()
        clock, costs = time.process_time if _is_sqlite() else time.perf_counter, []
        rows = many_cases.rows_of(first, INSERTED, self._sections, self._at)
        for start in range(0, INSERTED, 100):
            began = clock()
            with scope(self._viewer.organisation):
                insert_rows(Case, many_cases.COLUMNS, rows[start : start + 100])
            costs.append(clock() - began)
        return median(costs) / 100 * 1e6


def _server_process() -> Path | None:
    """Where Linux counts the CPU of the database's process that answers this connection; None without one."""
    from django.db import connection

    if _is_sqlite():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        counted = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return counted if counted.exists() else None


def _cpu(server: Path | None) -> float:
    """Seconds of CPU so far: ours, and the server process's."""
    theirs = int(server.read_text().split()[0]) / 1e9 if server is not None else 0.0
    return time.process_time() + theirs


def _is_sqlite() -> bool:
    from django.db import connection

    return bool(connection.vendor == "sqlite")


def _gather_statistics() -> None:
    """On PostgreSQL, what autovacuum does within a minute of so many insertions."""
    from django.db import connection

    from todoke.cli.migrate import as_owner

    if not _is_sqlite():
        with as_owner(), connection.cursor() as cursor:
            for table in ("casework_case", "todoke_words.casework_case"):
                cursor.execute(f"VACUUM ANALYZE {table}")


def _show(found: list[Asked], added: tuple[float, float], args: argparse.Namespace, console: Console) -> None:
    table = Table(
        title=f"一覧と検索 {args.database} 申請 {args.n:,}件、{args.rounds}回ずつ", title_justify="left"
    )
    for heading in ("問い", "p50 ms", "p95 ms", "CPU p50", "CPU p95", "行"):
        table.add_column(heading, justify="left" if heading == "問い" else "right")
    for one in found:
        table.add_row(
            one.name,
            f"{one.p50:.2f}",
            f"{one.p95:.2f}",
            f"{one.cpu50:.2f}",
            f"{one.cpu95:.2f}",
            str(one.rows),
        )
    console.print(table)
    console.print(f"一件の挿入（100件ずつ）: 索引あり {added[0]:.0f} µs、なし {added[1]:.0f} µs")


def _write(found: list[Asked], added: tuple[float, float], args: argparse.Namespace) -> None:
    """Add to the file of results under "worklist", and leave there what else was measured."""
    floor = found[0].p95
    lines = [Figure(f"{one.name}、p95", one.p95, "ms", floor) for one in found[1:]]
    document = read(args.results)
    document.setdefault("worklist", {})[args.database] = {
        "machine": machine(), "cases": args.n, "rounds": args.rounds,
        "insert_microseconds": {"with_index": added[0], "without": added[1]}, "asked": [asdict(one) for one in found],
        "figures": [one.told() for one in lines],
    }  # fmt: skip
    store(document, args.results)


if __name__ == "__main__":
    main()
