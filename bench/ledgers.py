"""突合 of two ledgers of equal length, and keeping the core system's; floors in the same run.

The floor reads the same columns of both tables in the order of their keys with plain SQLite, compares the keys and hashes each
row: what no comparison can do without.
"""

import hashlib
import sqlite3
from datetime import timedelta
from pathlib import Path

from django.db import connection

from todoke.casework.handover import queries, services
from todoke.casework.handover.models import CoreLedgerRow, Handover
from todoke.casework.handover.values import (
    AdapterKind,
    CoreSettings,
    CoreSystemRef,
    HandoverState,
    LedgerOutcome,
    LedgerRow,
)
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

from .figures import Figure
from .intake import ACTOR
from .meters import measure
from .packages import TOWN
from .resident import peak_during
from .rows import lay_down

SYSTEM = "bench"


def figures(count: int, rounds: int, folder: Path) -> list[Figure]:
    """Per row of both ledgers, with the memory that each takes, and how it grows from a tenth of the rows to all."""
    system = _system(folder)
    few = count // 10
    _lay_down(system, 0, few)
    fetched = _rows(count)
    _store(system, fetched[:few])
    short = min(_compared(few, rounds))
    _lay_down(system, few, count)
    stored, storing = peak_during(lambda: _store(system, fetched))
    again = _store(system, fetched)
    _, memory = peak_during(lambda: _compared(count, 1))  # it warms, too
    pairs = [(_compared(count, 1)[0], _floor(system, count)) for _ in range(rounds)]
    compared, floor = [one[0] for one in pairs], min(one[1] for one in pairs)
    each, spread = 1e6 / count, (max(compared) - min(compared)) / 2 / min(compared)
    return [
        Figure("突合（両側の台帳の一行）", min(compared) * each, "µs/行", floor * each, spread),
        Figure("  同 十分の一の行数で", short / few * 1e6, "µs/行", floor * each),
        Figure("  突合の間に増えたメモリ", memory / 1e6, "MB"),
        Figure("基幹の台帳の写しを取る（九割が新しい）", stored * each, "µs/行"),
        Figure("  同 もう一度（変わりなし）", again * each, "µs/行"),
        Figure("  写しを取る間に増えたメモリ", storing / 1e6, "MB"),
    ]


def _system(folder: Path) -> CoreSystemRef:
    folder.mkdir(exist_ok=True)
    with scope(TOWN):
        return services.register_core_system(
            SYSTEM, profile="sample-core", adapter=AdapterKind.FOLDER, settings=CoreSettings(folder=str(folder)),
            actor=ACTOR, at=now(),
        )  # fmt: skip


def _key(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def _lay_down(system: CoreSystemRef, first: int, last: int) -> None:
    """Rows that were sent and receipted long ago."""
    at = now()
    template = Handover(
        organisation_id=TOWN, core_system_id=system.id, case_id=1, idempotency_key="", receipt_number="1", batch_id=1,
        state=HandoverState.RECEIPTED.value, row_sha256="h" * 64, prepared_at=at, sent_at=at, receipted_at=at,
        due_at=at + timedelta(days=1),
    )  # fmt: skip

    def own(number: int) -> dict[str, object]:
        return {"idempotency_key": _key(first + number), "case_id": first + number + 1}

    lay_down(template, last - first, own)


def _rows(count: int) -> list[LedgerRow]:
    return [LedgerRow(_key(number), "h" * 64, LedgerOutcome.ACCEPTED) for number in range(count)]


def _store(system: CoreSystemRef, rows: list[LedgerRow]) -> float:
    def store() -> None:
        with scope(TOWN):
            services.store_ledger(system, rows, actor=ACTOR, at=now())

    return measure(store).cpu


def _compared(count: int, rounds: int) -> list[float]:
    def compare() -> None:
        with scope(TOWN, read_only=True):
            table = queries.reconcile(SYSTEM)
        assert table.is_equal
        assert table.core_count == count

    return [measure(compare).cpu for _ in range(rounds)]


def _floor(system: CoreSystemRef, count: int) -> float:
    """CPU seconds over the very tables of the product."""
    database = sqlite3.connect(connection.settings_dict["NAME"])
    ours, theirs = Handover._meta.db_table, CoreLedgerRow._meta.db_table
    left_rows = f"SELECT idempotency_key, row_sha256, state FROM {ours} WHERE core_system_id = ? ORDER BY idempotency_key"
    right_rows = f"SELECT key, row_sha256, outcome FROM {theirs} WHERE core_system_id = ? ORDER BY key"

    def walk() -> None:
        left, right, seen = hashlib.sha256(), hashlib.sha256(), 0
        for our, core in zip(
            database.execute(left_rows, (system.id,)), database.execute(right_rows, (system.id,)), strict=True
        ):
            assert our[0] == core[0]
            left.update(our[1].encode())
            right.update(core[1].encode())
            seen += 1
        assert seen == count

    cost = measure(walk).cpu
    database.close()
    return cost
