"""`python -m bench.endurance`: what takes long and is run by hand — E7 with a full database, a long drain, a huge package.

--loaded 1000000   the rate with so many applications in the database beside the rate with 1,000
--drain 10000      one worker over so many small packages: rate, and the memory of worker and confined child
--large            one package of 590 MB beside one of 6 MB: the memory must not grow with the package
"""

import argparse
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console

from samples import zips

from .__main__ import SEED, _own_installation, _progress
from .results import RESULTS, Figure, add, show

if TYPE_CHECKING:  # reads Django's settings, which are made first
    from .workers import Run

PACKAGES, ROUNDS = 100, 5
_FIXED = {
    "organisation_id": "'992011'",
    "channel_id": "1",
    "state": "'accepted'",
    "layout": "'pittari-xml-sample'",
}
_BULK = {
    "foundation_blob": {"segment": "'bulk.seg'", "sha256": "{hex}", "content_tag": "{hex}"},
    "casework_package": {"uuid": "{uuid}", "receipt_number": "printf('9%014d', i)", "content_hash": "{hex}", "blob_id": "i"},
    "casework_application": {
        "id": "i", "uuid": "{uuid}", "package_id": "i", "receipt_number": "printf('9%014d', i)", "content_hash": "{hex}",
        "procedure": "'P' || (i % 40)", "applicant_key": "{hex}", "signed_digest": "{hex}", "next_step": "'done'",
        "document": "'{{\"A票\":\"' || hex(randomblob(150)) || '\"}}'",
    },
    "casework_evidencerecord": {"package_id": "i", "sha256": "{hex}", "document": "hex(randomblob(150))"},
    "foundation_auditentry": {"object_kind": "'package'", "object_id": "i", "action": "'package.accepted'", "facts": "'{{}}'"},
    "foundation_auditlink": {"sequence": "i", "entry_id": "i", "hash": "{hex}"},
}  # fmt: skip
_WORDS = {"hex": "lower(hex(randomblob(32)))", "uuid": "lower(hex(randomblob(16)))"}
_MOMENT = "datetime('2025-04-01', '+' || (i % 300000) || ' minutes')"


def main() -> None:
    """Run what was asked for, one after the other; print each, and write it beside what else was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.endurance", description=__doc__)
    parser.add_argument("--loaded", type=int, metavar="件数", help="E7: 格納済みの申請の件数")
    parser.add_argument("--drain", type=int, metavar="件数", help="一つの作業で続けて処理する件数")
    parser.add_argument("--large", action="store_true", help="590MB の申請データ一件のメモリ")
    parser.add_argument("--results", type=Path, default=RESULTS, help="結果を書くファイル")
    args = parser.parse_args()
    console = Console()
    wanted: list[tuple[str, str, Callable[[Path], list[Figure]]]] = []
    if args.loaded:
        wanted.append(("loaded", "格納済みの件数（E7）", lambda work: _loaded(args.loaded, work)))
    if args.drain:
        wanted.append(("drain", "続けて処理する", lambda work: _drained(args.drain, work)))
    if args.large:
        wanted.append(("large", "大きな一件", _large))
    with _own_installation() as work, _progress(console) as progress:
        for key, title, measure in wanted:
            task = progress.add_task(title, total=None)
            found = measure(work)
            progress.remove_task(task)
            show(title, found, console)
            add(key, found, args.results, load=list(os.getloadavg()))


def _loaded(applications: int, work: Path) -> list[Figure]:
    """CPU per package in alternation: a database with 1,000 applications, one with so many."""
    from .figures import per_application
    from .intake import Product
    from .packages import make, take_apart

    bundle = make(work / "standard", n=PACKAGES, seed=SEED, size="standard")
    signed = sum(one.signature is not None for one in take_apart(bundle))
    few, many = (Product(bundle, work, signed=signed, loaded=number) for number in (1_000, applications))
    for product, number in ((few, 1_000), (many, applications)):
        bulk_load(product.template, number)
        product.measure()  # warm
    cpu: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for place, product in enumerate((few, many)):
            passed = product.measure()
            cpu[place].append(passed.relay.cpu + passed.intake.cpu)
    sizes = zip((1_000, applications), (few, many), (cpu[0], cpu[1]), strict=True)
    return [
        *(
            figure
            for number, product, seconds in sizes
            for figure in (
                per_application(f"受信・検証・格納、{number:,}件のとき", seconds, None, PACKAGES),
                Figure(f"  データベース、{number:,}件", product.template.stat().st_size / 1e6, "MB"),
            )
        ),
        Figure("E7 速さの比（中央値）、目標 0.9 以上", median(cpu[0]) / median(cpu[1]), "倍"),
        Figure("  同（最小どうし）", min(cpu[0]) / min(cpu[1]), "倍"),
    ]


def bulk_load(database: Path, applications: int) -> None:
    """Fill the tables of the hot path with so many rows, by SQL alone; hashes lie scattered, as real ones do."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    for table, given in _BULK.items():
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        values = {}
        for _, name, kind, is_needed, _, is_key in columns:
            if name in given or name in _FIXED:
                values[name] = given.get(name, _FIXED.get(name, "")).format(**_WORDS)
            elif is_needed and not is_key:
                is_number = any(word in kind.lower() for word in ("int", "bool", "real", "decimal"))
                values[name] = _MOMENT if "date" in kind.lower() else ("0" if is_number else "''")
        connection.execute(
            f"INSERT INTO {table} ({', '.join(f'{chr(34)}{one}{chr(34)}' for one in values)}) "  # names are ours
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {applications}) "
            f"SELECT {', '.join(values.values())} FROM n"
        )
        connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def _drained(packages: int, work: Path) -> list[Figure]:
    from .intake import Product
    from .packages import make
    from .workers import sqlite_site

    bundle = make(work / "drain", n=packages, seed=SEED, size="small")
    product = Product(bundle, work, signed=0)
    run = sqlite_site(work, product.template).run(bundle, workers=1)
    return [
        Figure(f"{packages:,}件を続けて", run.rate, "件/秒"),
        Figure("  CPU", run.cpu / packages * 1e6, "µs/件"),
        *_memory(run),
    ]


def _large(work: Path) -> list[Figure]:
    from .intake import Product
    from .packages import make, take_apart
    from .workers import sqlite_site

    bundle = make(work / "large", n=20, seed=SEED, size="small")
    product = Product(bundle, work, signed=0)
    place, one = next(
        (listed, one)
        for listed, one in zip(bundle.listed, take_apart(bundle), strict=True)
        if one.signature is None and any(member.name.endswith(".pdf") for member in one.members)
    )
    contents = {member.name: plain for member, plain in zip(one.members, one.plain, strict=True)}
    name = next(each for each in contents if each.endswith(".pdf"))
    shutil.rmtree(work / "large" / "portal")
    (work / "large" / "portal").mkdir()
    found: list[Figure] = []
    for size in (6_000_000, 500_000_000):
        content = contents[name] + Random(SEED).randbytes(size // 8) * 8
        path = work / "large" / f"{size}.zip"
        path.write_bytes(_repacked(contents, name, content))
        single = replace(bundle, listed=(replace(place, path=path),))
        run = sqlite_site(work, product.template).run(single, workers=1)
        found += [Figure(f"{path.stat().st_size / 1e6:,.0f} MB の一件の CPU", run.cpu, "秒"), *_memory(run)]
    return found


def _memory(run: "Run") -> list[Figure]:
    return [
        Figure("  最大メモリ 親（目標 400 MB 以下）", run.worker_peak / 1e6, "MB"),
        Figure("  最大メモリ 隔離した子", run.child_peak / 1e6, "MB"),
    ]


def _repacked(contents: dict[str, bytes], name: str, content: bytes) -> bytes:
    """The package with another attachment, and the manifest that fits it."""
    import hashlib

    line = f'<file name="{name}" size="{len(content)}" sha256="{hashlib.sha256(content).hexdigest()}"/>'
    manifest = re.sub(
        rb'<file name="%s"[^>]*/>' % re.escape(name.encode()), line.encode(), contents["manifest.xml"]
    )
    changed = {**contents, name: content, "manifest.xml": manifest}
    return zips.archive([zips.entry(each, plain) for each, plain in changed.items()])


if __name__ == "__main__":
    main()
