"""`python -m bench.fairness`: one town floods, another's first package arrives: how long does it wait?

The flood lies in a watched folder of みなせ市; when the worker is in the middle of it, one package is laid into the
folder of ひより町. Counted is how many batches of the flood the worker does before that one is judged, and the seconds.
The target is at most one batch of each job.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .results import RESULTS, Figure, add

FLOODED, OTHER = "992011", "993018"
TURNS = 3  # rounds of the worker before the other town's package comes


def main() -> None:
    """Measure on the database of the environment（SQLite in a folder of its own without one）and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.fairness", description="二つの町の公平さを測る")
    parser.add_argument("-n", type=int, default=5_000, help="あふれる町の申請データの件数")
    parser.add_argument("--url", default="", help="PostgreSQL の接続先（省略時は SQLite）")
    parser.add_argument("--owner-url", default="", help="その所有者の接続先")
    parser.add_argument("--results", type=Path, default=RESULTS, help="結果を書くファイル")
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.apart:
        print(json.dumps(_measure(args.n)))
        return
    work = Path(tempfile.mkdtemp(prefix="bench-fairness-"))
    try:
        found = _in_a_process(args, work)
        _show(found, args)
        _keep(found, args)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _in_a_process(args: argparse.Namespace, work: Path) -> dict[str, float]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TODOKE_")}
    environment = {
        **kept, "TODOKE_VAR": str(work), "TODOKE_DATABASE_URL": args.url, "TODOKE_DATABASE_OWNER_URL": args.owner_url,
        "TODOKE_CONFINEMENT": "best-effort", "DJANGO_SETTINGS_MODULE": "todoke.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.fairness", "--apart", "-n", str(args.n)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(n: int) -> dict[str, float]:
    """Fill, work into the flood, lay the one package down, and count what is done before it is judged."""
    import django

    django.setup()
    from django.conf import settings

    from todoke.casework.relay.models import Package
    from todoke.cli import work
    from todoke.cli.migrate import bring_up_to_date
    from todoke.foundation.fence import scope

    bring_up_to_date()
    _register()
    _flood(Path(settings.VAR) / "flood", n)
    batches: list[str] = []
    worker = work.Worker(lambda name, _count: batches.append(name))
    for _ in range(TURNS):
        worker.round()
    _import(OTHER, [_written(Path(settings.VAR) / "one.zip")])
    begun, before, rounds, waits = time.monotonic(), len(batches), 0, True
    while waits:
        worker.round()
        rounds += 1
        with scope(OTHER, read_only=True):
            waits = Package.objects.filter(state="pending", code="").exists()
    seconds = time.monotonic() - begun
    with scope(FLOODED, read_only=True):
        left = Package.objects.filter(state="pending", code="").count()
    most = batches[before:].count("intake.open_packages") - 1  # one of them was its own
    return {"rounds": rounds, "batches": most, "seconds": seconds, "left": left}


def _register() -> None:
    from django.conf import settings

    from tests.casework.intake.packages import write_trust
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.organisations import services
    from todoke.foundation.organisations.values import OrganisationKind

    write_trust(Path(settings.TODOKE_TRUST_DIR))
    for code, name in ((FLOODED, "みなせ市"), (OTHER, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=now())


def _flood(folder: Path, n: int) -> None:
    """So many applications that are verified to their end: one signed package, told apart by a comment in the ZIP."""
    from tests.casework.intake.packages import package

    folder.mkdir()
    content = package("P32", 0)
    paths = []
    for number in range(n):
        mark = f"{number:08}".encode()
        paths.append(folder / f"2699{number:011}.zip")
        paths[-1].write_bytes(content[:-2] + len(mark).to_bytes(2, "little") + mark)
    _import(FLOODED, paths)


def _written(path: Path) -> Path:
    from tests.casework.intake.packages import package

    path.write_bytes(package("P32", 1))
    return path.rename(path.with_name("269900000000001.zip"))


def _import(code: str, paths: list[Path]) -> None:
    from todoke.casework.relay import services
    from todoke.cli.package_import import hand_channel
    from todoke.cli.verbs import command_actor
    from todoke.foundation.calendars.queries import now

    channel = hand_channel(code, "hand", "pittari-xml-sample")
    for start in range(0, len(paths), 100):
        services.import_files(paths[start : start + 100], channel, actor=command_actor(), at=now())


def _keep(found: dict[str, float], args: argparse.Namespace) -> None:
    lines = [
        Figure(
            f"隣の町の{args.n:,}件の途中で届いた一件が待つまとまり、目標 1 以下", found["batches"], "まとまり"
        ),
        Figure("  同", found["seconds"], "秒"),
    ]
    add(f"fairness {'postgresql' if args.url else 'sqlite'}", lines, args.results, load=list(os.getloadavg()))


def _show(found: dict[str, float], args: argparse.Namespace) -> None:
    kind = "PostgreSQL" if args.url else "SQLite"
    print(
        f"{kind}: 隣の町の {args.n:,} 件の途中で届いた一件は、隣の町の {found['batches']:.0f} まとまり、"
        f"{found['seconds']:.2f} 秒待って判定された（{found['rounds']:.0f} 巡、隣の町の残り {found['left']:.0f} 件）。"
        f"目標: 一まとまり以下 {'✓' if found['batches'] <= 1 else '✗'}"
    )


if __name__ == "__main__":
    main()
