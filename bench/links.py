"""Loading and reloading links（番号紐付情報）and looking them up, beside the same rows in plain SQLite.

The reload is a second full file in which one certificate in a hundred was renewed: history is carried over, the former
rows are swept away. Numbers are in no order in which serials are.
"""

import csv
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import beside
from .figures import Figure
from .meters import peak_memory

BATCH, ASKED, CHUNK, FLOOR_ROWS, ISSUER = 100, 10_000, 20_000, 2_000_000, "a1" * 20
_FLOOR_TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE link (id INTEGER PRIMARY KEY, body TEXT, generation INTEGER, issuer TEXT, serial TEXT, number TEXT,
    kind TEXT, start TEXT, stop TEXT, reason TEXT, inferred INTEGER);
CREATE INDEX by_serial ON link (body, serial); CREATE INDEX by_number ON link (body, number);
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading `rows` links cost: seconds of CPU and wall clock, of the first load and of the reload."""

    rows: int
    carried: int
    load: tuple[float, float]
    reload: tuple[float, float]
    look_up: float
    floor: float
    floor_look_up: float
    database_bytes: int
    memory: int
    meanwhile: list[beside.Beside] = field(default_factory=list)


def write(path: Path, count: int, *, renewed: bool = False) -> None:
    """A link file of so many certificates, in no order: odd multipliers visit every serial and number once."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("issuer_key", "serial", "number", "number_kind", "valid_from", "valid_to", "reason"))
        for place in range(1, count + 1):
            newer = place + count if renewed and place % 100 == 0 else place
            serial, number = newer * 0x5BD1E995 & 0x7FFFFFFF, place * 0x2545F491 & 0x7FFFFFFF
            day = f"202{serial % 6}-0{serial % 9 + 1}-1{serial % 9}"
            rows.writerow((ISSUER, f"{serial:08X}", f"{number:010d}", "atena", day, "", "issued"))


def measure(
    count: int, work: Path, *, beside: int = 0, tell: Callable[[str], None] = lambda _: None
) -> Loaded:
    """Load, look up, load again（with so many packages going through `beside` it）, and do the same with SQLite alone."""
    prepare()
    first, second = work / "links.csv", work / "renewed.csv"
    write(first, count)
    write(second, count, renewed=True)
    tell(f"{count:,}行を取り込む")
    load = _timed(lambda: _load(first))[:2]
    tell(f"CPU {load[0]:.0f} 秒、経過 {load[1]:.0f} 秒。同じ人の新しい証明書を含む全件を取り込み直す")
    memory = peak_memory()
    look_up = _look_up(first)
    *reload, carried, meanwhile = _reload(second, work, beside)
    tell(f"CPU {reload[0]:.0f} 秒、経過 {reload[1]:.0f} 秒、並行 {meanwhile}。下限を測る")
    size = (work / "todoke.sqlite3").stat().st_size
    floor, floor_look_up = _floor(first, work)
    return Loaded(
        count, carried, load, (reload[0], reload[1]), look_up, floor, floor_look_up, size, memory, meanwhile
    )


def prepare() -> None:
    """The tables and the town, unless they are there already."""
    from django.core.management import call_command
    from django.db import connection

    from todoke.foundation.calendars.queries import now
    from todoke.foundation.first_tables import made_quickly
    from todoke.foundation.organisations import services as organisations
    from todoke.foundation.organisations.values import OrganisationKind

    from .packages import TOWN

    with made_quickly(connection):
        call_command("migrate", verbosity=0, interactive=False)
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=now())


def _load(path: Path) -> int:
    """Load a full file; returns how many links were carried over from the one before."""
    from todoke.casework.identify import services
    from todoke.casework.identify.values import LoadKind
    from todoke.foundation.calendars.queries import now

    from .intake import ACTOR
    from .packages import TOWN

    report = services.load_links(TOWN, path, kind=LoadKind.FULL, actor=ACTOR, at=now())
    assert report.is_current
    return report.carried


def _timed(work: Callable[[], int]) -> tuple[float, float, int]:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def _reload(path: Path, work: Path, packages: int) -> tuple[float, float, int, list[beside.Beside]]:
    if not packages:
        return *_timed(lambda: _load(path)), []
    with beside.intake(work / "beside", packages) as told:
        cost = _timed(lambda: _load(path))
    return *cost, told


def _look_up(path: Path, asked: int = ASKED) -> float:
    """Seconds per certificate, a hundred at a time, with the other certificates of the same people."""
    from todoke.casework.identify import queries
    from todoke.casework.identify.values import LinkKey
    from todoke.foundation.fence import scope

    from .packages import TOWN

    keys = [LinkKey(ISSUER, serial) for serial in _some_serials(path)[:asked]]
    found, began = 0, time.process_time()
    with scope(TOWN, read_only=True):
        for start in range(0, len(keys), BATCH):
            found += len(queries.link_book(keys[start : start + BATCH]).by_key)
    assert found == len(keys)
    return (time.process_time() - began) / len(keys)


def _some_serials(path: Path) -> list[str]:
    return [f"{int(row[1], 16):x}" for row in islice(_rows(path), ASKED)]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines


def _floor(path: Path, work: Path) -> tuple[float, float]:
    """CPU seconds per row of inserting the same rows（two million at most）under the same two indexes, and per look-up."""
    place = work / "floor.sqlite3"
    database = sqlite3.connect(place, isolation_level=None)
    database.executescript(_FLOOR_TABLES)
    rows, loaded, loaded_rows = _rows(path), 0.0, 0
    while loaded_rows < FLOOR_ROWS and (part := sorted(islice(rows, CHUNK), key=lambda row: row[1])):
        loaded_rows += len(part)
        began = time.process_time()
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "INSERT INTO link (body, generation, issuer, serial, number, kind, start, stop, reason, inferred)"
            " VALUES ('992011', 1, ?, ?, ?, ?, ?, ?, ?, 0)",
            part,
        )
        database.execute("COMMIT")
        loaded += time.process_time() - began
    each = _floor_look_up(database, [row[1] for row in islice(_rows(path), ASKED)])
    database.close()
    place.unlink()
    return loaded / max(loaded_rows, 1), each


def _floor_look_up(database: sqlite3.Connection, serials: Sequence[str]) -> float:
    began = time.process_time()
    for serial in serials:
        database.execute("SELECT number FROM link WHERE body = '992011' AND serial = ?", (serial,)).fetchone()
    return (time.process_time() - began) / len(serials)


def figures(found: Loaded) -> list[Figure]:
    """The lines of the table; floors are CPU too."""
    each = 1e6 / found.rows
    lines = [
        Figure("番号紐付情報の取込み CPU", found.load[0] * each, "µs/行", found.floor * 1e6),
        Figure("同 経過時間", found.load[1], "秒"),
        Figure("全件の取込み直し CPU（引継ぎと前の世代の削除を含む）", found.reload[0] * each, "µs/行", found.floor * 1e6),
        Figure("同 経過時間", found.reload[1], "秒"),
        Figure(
            f"発行番号の照会（{BATCH}件ずつ、同じ人のほかの証明書も）", found.look_up * 1e6, "µs/件",
            found.floor_look_up * 1e6,
        ),
        Figure("データベースの大きさ（二世代が並んだあと）", found.database_bytes / 1e6, "MB"),
        Figure("最大メモリ peak RSS", found.memory / 1e6, "MB"),
    ]  # fmt: skip
    for one in found.meanwhile:
        lines += [
            Figure("取込み直しの間に受信・検証した申請", one.packages, "件"),
            Figure("  10件の経過時間（中央値）", one.middle, "秒"),
            Figure("  10件の経過時間（最長）", one.longest, "秒"),
        ]
    return lines


def show(found: Loaded, console: Console) -> None:
    """Print the table."""
    table = Table(title=f"番号紐付情報 {found.rows:,}行（引継ぎ {found.carried:,}行）", title_justify="left")
    for heading in ("項目", "値", "単位", "下限", "比"):
        table.add_column(heading, justify="left" if heading in {"項目", "単位"} else "right")
    for one in figures(found):
        floor = "" if one.floor is None else f"{one.floor:.1f}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        table.add_row(one.name, f"{one.value:,.1f}", one.unit, floor, ratio)
    console.print(table)
