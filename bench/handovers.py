"""Handing over（引渡し）: from an identified case to its receipt, through a folder; the floor in the same run.

`python -m bench.reads --parts handovers` for a few whole packages; `python -m bench.handing_many 1000000` for so many cases that
wait（copies of a few, see `copies.py`）, handed over in rounds.

The floor makes the same files durable（SHA-256, one write, one fsync each）and inserts and twice updates as many rows in plain
SQLite, a hundred to a transaction.
"""

import csv
import hashlib
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from todoke.casework.cases import jobs as cases
from todoke.casework.handover import jobs, services
from todoke.casework.handover.models import Handover
from todoke.casework.handover.values import AdapterKind, CoreSettings, HandoverState
from todoke.casework.identify import jobs as identify
from todoke.casework.identify import services as links
from todoke.casework.identify.values import LoadKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope

from . import intake
from .copies import multiply_cases
from .figures import Figure
from .meters import measure
from .packages import TOWN, make
from .resident import peak_during

BATCH, SEED = 100, 2026
BEFORE = (("本人特定", identify.identify_applications), ("申請の開始", cases.open_cases))
HANDING = (
    ("引渡しの準備", jobs.prepare),
    ("ファイルに書く", jobs.write_batches),
    ("送る", jobs.send_batches),
)


def figures(count: int, work: Path) -> list[Figure]:
    """Per application, step by step. Raises AssertionError when nothing reached the core system, or was not receipted."""
    core = _opened(count, work)
    costs = {name: _drained(job) for name, job in (*BEFORE, *HANDING)}
    sent = _receipt(core)
    costs["受領を読む"] = _drained(jobs.read_receipts)
    _check(sent)
    handing = sum(costs[name] for name in ("引渡しの準備", "ファイルに書く", "送る", "受領を読む"))
    floor = _floor(core, work, sent)
    return [
        Figure(f"引渡し（準備から受領まで。{count:,}件中{sent:,}件）", handing / sent * 1e6, "µs/件", floor / sent * 1e6),
        *(Figure(f"  うち {name}", cost / count * 1e6, "µs/件") for name, cost in costs.items()),
    ]  # fmt: skip


def many(count: int, work: Path, *, round_size: int = 10_000) -> Iterator[str]:
    """So many cases that wait, handed over in rounds as the worker does: CPU and memory of each round."""
    core = _opened(300, work)
    for _, job in BEFORE:
        _drained(job)
    waiting = multiply_cases(count)
    yield f"{waiting:,}件が引渡しを待つ"
    done = sent = 0
    total, seconds = Counter[str](), time.perf_counter()
    while done < waiting:
        done += round_size
        costs, peak = peak_during(lambda: _round(core, round_size))
        total.update(costs)
        receipted = costs.pop("sent")
        sent += int(receipted)
        cpu = sum(costs.values()) / max(receipted, 1) * 1e6
        yield f"{min(done, waiting):>9,}件: {receipted:,.0f}件を送り {cpu:,.0f} µs/件（CPU）、増えたメモリ {peak / 1e6:.1f} MB"
    total.pop("sent")
    each = {name: f"{cost / sent * 1e6:,.0f}" for name, cost in total.items()}
    seconds = time.perf_counter() - seconds
    yield f"{sent:,}件を受領まで: {sum(total.values()) / sent * 1e6:,.0f} µs/件（CPU）、経過 {seconds:,.0f} 秒。内訳 {each}"


def _round(core: Path, size: int) -> dict[str, float]:
    """Prepare, write and send so many, receipt them, and read that: what each took, and how many were sent."""
    costs = {name: _drained(job, times=size // BATCH) for name, job in HANDING}
    for path in (core / "receipts").iterdir():
        path.unlink()  # read in the round before
    costs["sent"] = _receipt(core)
    costs["受領を読む"] = _drained(jobs.read_receipts, times=1)
    assert not _waiting_for_receipts()
    return costs


def _waiting_for_receipts() -> int:
    with scope(TOWN, read_only=True):
        return Handover.objects.filter(state=HandoverState.SENT.value).count()


def _opened(count: int, work: Path) -> Path:
    """A town, a core system（its folder is returned）, and so many packages taken in."""
    bundle = make(work / "handed", n=count, seed=SEED, size="small")
    settings.TODOKE_TRUST_DIR = bundle.folder / "trust"
    channel = intake.found_town()
    links.load_links(
        TOWN, bundle.folder / "links" / f"{TOWN}.csv", kind=LoadKind.FULL, actor=intake.ACTOR, at=now()
    )
    core = work / "core-folder"
    for name in ("in", "receipts", "ledger"):
        (core / name).mkdir(parents=True)
    with scope(TOWN):
        services.register_core_system(
            "folder", profile="sample-core", adapter=AdapterKind.FOLDER, settings=CoreSettings(folder=str(core)),
            actor=intake.ACTOR, at=now(),
        )  # fmt: skip
    intake.receive(channel, bundle.listed)
    intake.open_until_drained()
    return core


def _drained(job: Callable[[JobContext], int], *, times: int = 10_000) -> float:
    """CPU seconds until nothing is due for the job; a second look sees what the first has made due."""

    def drain() -> None:
        for _ in range(times):
            if not job(JobContext(TOWN, Claimant("bench", now() + timedelta(minutes=20)), BATCH)):
                return

    return measure(drain).cpu


def _receipt(core: Path) -> int:
    """Receipts for everything that was sent, as the core system would write them; returns how many."""
    with scope(TOWN, read_only=True):
        rows = Handover.objects.filter(state=HandoverState.SENT.value).order_by("pk")
        lines = list(rows.values_list("batch__file_name", "idempotency_key"))
        before = Handover.objects.exclude(receipted_at=None).count()
    with open(core / "receipts" / "r1.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("seq", "batch", "key", "outcome", "code", "message"))
        table.writerows(
            (place, name, key, "accepted", "", "") for place, (name, key) in enumerate(lines, before + 1)
        )
    (core / "receipts" / "r1.done").touch()
    return len(lines)


def _check(sent: int) -> None:
    with scope(TOWN, read_only=True):
        receipted = Handover.objects.filter(state=HandoverState.RECEIPTED.value).count()
    assert receipted == sent > 0, f"送付 {sent}件、受領 {receipted}件"


def _floor(core: Path, work: Path, sent: int) -> float:
    files = [path.read_bytes() for path in sorted((core / "in").glob("*.csv"))]
    with scope(TOWN, read_only=True):
        rows = list(
            Handover.objects.values_list("pk", "idempotency_key", "receipt_number", "row_sha256")[:sent]
        )
    return min(measure(lambda: _bare(work, files, rows)).cpu for _ in range(3))


def _bare(work: Path, files: Sequence[bytes], rows: Sequence[tuple[object, ...]]) -> None:
    for content in files:
        hashlib.sha256(content).digest()
        with open(work / "floor-file", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    place = work / "floor-handover.sqlite3"
    database = sqlite3.connect(place, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE row (id INTEGER PRIMARY KEY, key TEXT UNIQUE, receipt TEXT, hash TEXT, state TEXT);"
    )
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        ids = [(one[0],) for one in part]
        for statement, values in (
            ("INSERT INTO row VALUES (?, ?, ?, ?, 'ready')", part),
            ("UPDATE row SET state = 'sent' WHERE id = ?", ids),
            ("UPDATE row SET state = 'receipted' WHERE id = ?", ids),
        ):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, values)
            database.execute("COMMIT")
    database.close()
    place.unlink()
