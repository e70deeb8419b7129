"""The audit: writing entries in batches, chaining and sealing them, walking the chain; floors in the same run.

The floor of writing is the same columns in plain SQLite, a hundred to a transaction; that of chaining and of walking is
one SHA-256 per entry over bytes that lie ready.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from todoke.foundation.audit import queries, rules, services
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Entry
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

from .figures import Figure
from .intake import ACTOR
from .meters import measure
from .packages import TOWN
from .resident import peak_during

BATCH = 100


def figures(count: int, work: Path, rounds: int) -> list[Figure]:
    """Per entry, and how the walk grows from a tenth of the entries to all; the median of the rounds."""
    with scope(TOWN):
        services.seal(at=now())  # what setting up has written
    few = max(count // 10, BATCH)
    append = [_append(few)]
    short = _walked(rounds)
    append.append(_append(count - few))
    _, memory = peak_during(lambda: _walked(1))  # it warms, too
    floor_append, chain = _floors(work, rounds)
    pairs = [(_walked(1)[0], chain()) for _ in range(rounds)]
    walked, floor_chain = [one[0] for one in pairs], min(one[1] for one in pairs)
    sealed = [one[1] for one in append]
    written = [one[0] for one in append]
    each = 1e6
    return [
        Figure(f"監査記録を書く（{BATCH}件ずつ）", written[-1] * each, "µs/件", floor_append * each),
        Figure("監査記録を連鎖させ封印する", sealed[-1] * each, "µs/件", floor_chain * each),
        Figure("監査証跡を検証する", min(walked) * each, "µs/件", floor_chain * each, _spread(walked)),
        Figure("  同 1秒あたり", 1 / min(walked), "件/秒"),
        Figure("  同 十分の一の件数で", min(short) * each, "µs/件", floor_chain * each, _spread(short)),
        Figure("  検証の間に増えたメモリ", memory / 1e6, "MB"),
    ]


def _append(count: int) -> tuple[float, float]:
    """CPU seconds per entry of writing, and of chaining and sealing."""
    at = now()
    batches = [
        [Entry("case.moved", "case", str(start + place), ACTOR, at, {"to": "in_review"}) for place in range(BATCH)]
        for start in range(0, count, BATCH)
    ]  # fmt: skip

    def write() -> None:
        for batch in batches:
            with scope(TOWN):
                services.record_many(batch)

    def seal() -> None:
        with scope(TOWN):
            services.seal(at=at)

    return measure(write).cpu / count, measure(seal).cpu / count


def _walked(rounds: int) -> list[float]:
    """CPU seconds per entry of each walk. Raises AssertionError when the chain is not whole."""
    costs = []
    for _ in range(rounds):
        found: list[int] = []

        def walk(found: list[int] = found) -> None:
            with scope(TOWN, read_only=True):
                report = queries.verify()
            assert report.is_whole
            found.append(report.chained)

        cost = measure(walk)
        costs.append(cost.cpu / found[0])
    return costs


def _floors(work: Path, rounds: int) -> tuple[float, Callable[[], float]]:
    """CPU seconds per entry of writing plainly, and what takes those of chaining plainly, once each time."""
    with scope(TOWN, read_only=True):
        columns = [str(one.column) for one in AuditEntry._meta.concrete_fields if not one.primary_key]
        rows = list(AuditEntry.objects.order_by("pk").values_list(*columns)[:20_000])
        entries = [rules.Chained(*row) for row in AuditEntry.objects.values_list(*queries.COVERED)[:20_000]]
    rows = [tuple(str(value) for value in row) for row in rows]
    lines = [rules.canonical(one._asdict()) for one in entries]
    append = min(_plain(work / f"trail-{number}.sqlite3", columns, rows) for number in range(rounds))
    return append / len(rows), lambda: measure(_chain(lines)).cpu / len(lines)


def _plain(place: Path, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> float:
    database = sqlite3.connect(place, isolation_level=None)
    names = ", ".join(columns)
    database.executescript(
        f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry (id INTEGER PRIMARY KEY, {names});"
        "CREATE INDEX by_object ON entry (organisation_id, object_kind, object_id);"
    )
    statement = f"INSERT INTO entry ({names}) VALUES ({', '.join('?' * len(columns))})"  # ours

    def write() -> None:
        for start in range(0, len(rows), BATCH):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, rows[start : start + BATCH])
            database.execute("COMMIT")

    cost = measure(write).cpu
    database.close()
    place.unlink()
    return cost


def _chain(lines: Sequence[bytes]) -> Callable[[], None]:
    def run() -> None:
        head = b"0" * 64
        for line in lines:
            head = hashlib.sha256(head + line).digest()

    return run


def _spread(values: Sequence[float]) -> float:
    return (max(values) - min(values)) / 2 / sorted(values)[len(values) // 2]
