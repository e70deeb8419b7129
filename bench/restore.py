"""`python -m bench.restore`: how long a backup, its verification and a restore of a filled installation take.

Packages are random bytes (nothing can be compressed), received as a channel receives them; links make the database
large. Every step is the command that a person runs, as a process of its own. Without --source, on SQLite.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
TOWN, BATCH = "992011", 100
Step = tuple[str, float, str, str]  # words, seconds of wall clock, seconds of CPU, size


def main() -> None:
    """Fill, back up, add a little, back up again, verify, restore elsewhere; print what each step took."""
    args = _arguments()
    parent = HERE.parent / "var"
    parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-restore-", dir=parent))
    try:
        _show(_drill(args, work), args)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.restore", description="控えと復元の所要時間を測る")
    parser.add_argument("-n", type=int, default=10_000, help="申請データの件数")
    parser.add_argument("--kb", type=int, default=100, help="一件の大きさ（KB）")
    parser.add_argument("--links", type=int, default=500_000, help="番号紐付情報の行数")
    for name in ("source", "source-owner", "target", "target-owner"):
        parser.add_argument(f"--{name}", default="", help="PostgreSQL の接続先 / an address of PostgreSQL")
    return parser.parse_args()


def _drill(args: argparse.Namespace, work: Path) -> list[Step]:
    """Each step with what it took."""
    here = _environment(work / "source", work, args.source, args.source_owner)
    there = _environment(work / "target", work, args.target, args.target_owner)
    identity = work / "sets.key"
    public = _todoke(here, "backup", "keygen", "--to", str(identity))["public"]
    (work / "sets.pub").write_text(f"{public}\n")
    _todoke(here, "migrate")
    os.environ.update(here)
    begun = time.monotonic()
    _fill(args, work)
    steps = [("見本を入れる（測定の外）", time.monotonic() - begun, "", "")]
    steps.append(_timed("控えを取る（一回目、すべて）", here, "backup"))
    _receive(BATCH, args.kb)
    steps.append(_timed(f"控えを取る（二回目、{BATCH}件増えたあと）", here, "backup"))
    steps.append(_timed("確かめる（ハッシュ値）", here, "backup", "verify"))
    steps.append(
        _timed("確かめる（秘密鍵で中身まで）", here, "backup", "verify", "--identity", str(identity))
    )
    keys = max((work / "keys").glob("*.keys.age"))
    words = ("restore", "--identity", str(identity), "--keys", str(keys))
    steps.append(_timed("復元する（監査の検証と全原本の読み戻しを含む）", there, *words))
    return steps


def _environment(var: Path, work: Path, url: str, owner: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TODOKE_")}
    return {
        **kept, "TODOKE_VAR": str(var), "TODOKE_DATABASE_URL": url, "TODOKE_DATABASE_OWNER_URL": owner,
        "TODOKE_BACKUP_DIR": str(work / "sets"), "TODOKE_BACKUP_KEYS_DIR": str(work / "keys"),
        "TODOKE_BACKUP_RECIPIENTS_FILE": str(work / "sets.pub"), "DJANGO_SETTINGS_MODULE": "todoke.settings",
    }  # fmt: skip


def _todoke(environment: dict[str, str], *words: str) -> Any:
    """One command; its answer as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "todoke", *words, "--json"], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return json.loads(done.stdout)


def _timed(words: str, environment: dict[str, str], *command: str) -> Step:
    begun, before = time.monotonic(), _processor()
    answer = _todoke(environment, *command)
    took, used = time.monotonic() - begun, _processor() - before
    size = answer.get("bytes") or answer.get("size") or 0
    return words, took, f"{used:,.1f}", f"{size / 1e6:,.0f} MB"


def _processor() -> float:
    """Seconds of CPU that ended commands have used: what a busy machine does not change much."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _fill(args: argparse.Namespace, work: Path) -> None:
    import django

    django.setup()
    from todoke.casework.identify import services as identify
    from todoke.casework.identify.values import LoadKind
    from todoke.foundation.audit.values import Actor, ActorKind
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.organisations import services as organisations
    from todoke.foundation.organisations.values import OrganisationKind

    from . import links  # it needs Django

    organisations.register_organisation(
        TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=datetime.now(UTC)
    )
    if args.links:
        file = work / "links.csv"
        links.write(file, args.links)
        actor = Actor(ActorKind.COMMAND, "bench")
        identify.load_links(TOWN, file, kind=LoadKind.FULL, actor=actor, at=now())
    _receive(args.n, args.kb)


def _receive(count: int, kilobytes: int) -> None:
    """Store packages in batches as a channel does, and seal what was recorded."""
    from todoke.casework.relay import services as relay
    from todoke.casework.relay.values import Arrival, ChannelKind, ChannelSettings, Listed
    from todoke.foundation.audit import services as audit
    from todoke.foundation.audit.values import Actor, ActorKind
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.fence import scope
    from todoke.foundation.vault import services as vault

    actor = Actor(ActorKind.COMMAND, "bench")
    with scope(TOWN):
        channel = relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=actor, at=now(),
        )  # fmt: skip
    for start in range(0, count, BATCH):
        with vault.batch(TOWN) as batch:
            written = [batch.add([os.urandom(kilobytes * 1000)]) for _ in range(min(BATCH, count - start))]
        arrivals = [
            Arrival(Listed(f"{time.time_ns()}", now() - timedelta(hours=1), size=one.size), one, "bench.zip")
            for one in written
        ]
        with scope(TOWN):
            relay.receive_packages(channel, arrivals, actor=actor, at=now())
    with scope(TOWN):
        audit.seal(at=now())


def _show(steps: list[Step], args: argparse.Namespace) -> None:
    table = Table(title=f"{args.n:,}件 × {args.kb} KB、番号紐付情報 {args.links:,}行")
    for word in ("段", "秒", "CPU秒", "控えの大きさ"):
        table.add_column(word, justify="left" if word == "段" else "right")
    for words, seconds, used, size in steps:
        table.add_row(words, f"{seconds:,.1f}", used, size)
    Console().print(table)


if __name__ == "__main__":
    main()
