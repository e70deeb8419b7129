"""Several worker processes over one installation, on SQLite or PostgreSQL: rates, memory, and what they must agree on."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .packages import TOWN, Bundle, Listed

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: packages per second by the clock, CPU seconds in all, fsyncs, and the largest process (bytes)."""

    rate: float
    cpu: float
    fsyncs: int
    worker_peak: int
    child_peak: int


class Site:
    """A place where fresh installations are made, each from a migrated template."""

    def __init__(self, work: Path, name: str, *, fresh: Callable[[], tuple[str, str]]) -> None:
        """`fresh` makes an empty migrated database and returns its address for workers and for the owner."""
        self._work, self._name, self._fresh = work, name, fresh

    def run(self, bundle: Bundle, *, workers: int, batch: int = 100, is_pinned: bool = False) -> Run:
        """Let so many workers take the bundle in together. Raises ChecksDropped when a package is not accepted.

        `is_pinned`: each worker and its confined children on one core of its own.
        """
        cores = _cores(workers) if is_pinned else [None] * workers
        place = Path(tempfile.mkdtemp(prefix=f"{self._name}-", dir=self._work))
        environment = self._environment(place, bundle)
        try:
            _call("from bench.workers import found; found()", environment)
            run = _together(bundle.listed, environment, cores, batch)
            _call(f"from bench.workers import check; check({len(bundle.listed)})", environment)
        finally:
            shutil.rmtree(place)
        return run

    def _environment(self, place: Path, bundle: Bundle) -> dict[str, str]:
        url, owner = self._fresh()
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TODOKE_")}
        return {
            **kept,
            "TODOKE_VAR": str(place),
            "TODOKE_DATABASE_URL": url,
            "TODOKE_DATABASE_OWNER_URL": owner,
            "TODOKE_TRUST_DIR": str(bundle.folder / "trust"),
            "TODOKE_CLOCK_OFFSET_SECONDS": os.environ["TODOKE_CLOCK_OFFSET_SECONDS"],
            "DJANGO_SETTINGS_MODULE": "todoke.settings",
        }


def _cores(workers: int) -> list[int | None]:
    """One core for each; where there are too few, some get the same one."""
    ours = sorted(os.sched_getaffinity(0))
    return [ours[number % len(ours)] for number in range(workers)]


def sqlite_site(work: Path, template: Path) -> Site:
    """Installations on SQLite, as copies of a migrated file."""

    def fresh() -> tuple[str, str]:
        target = work / f"{secrets.token_hex(6)}.sqlite3"
        shutil.copyfile(template, target)
        url = f"sqlite:////{quote(str(target).lstrip('/'))}"
        return url, url

    return Site(work, "sqlite", fresh=fresh)


@contextmanager
def postgres_site(work: Path) -> Iterator[Site]:
    """Installations on a PostgreSQL of our own, as durable as in production. Raises PostgresMissing."""
    from tests.support import postgres
    from tests.support.databases import PostgresDatabases

    postgres.SETTINGS.update(
        {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
    )
    databases = PostgresDatabases.for_worker("bench")
    databases.create_template()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TODOKE_")}
    url, owner = databases.url(databases.template), databases.owner_url(databases.template)
    _call(
        "from todoke.cli.migrate import bring_up_to_date; bring_up_to_date()",
        {**kept, "TODOKE_VAR": str(work), "TODOKE_DATABASE_URL": url, "TODOKE_DATABASE_OWNER_URL": owner,
         "DJANGO_SETTINGS_MODULE": "todoke.settings"},
    )  # fmt: skip
    made: list[str] = []

    def fresh() -> tuple[str, str]:
        name = f"{databases.live}_{secrets.token_hex(4)}"
        databases.copy(name)
        made.append(name)
        return databases.url(name), databases.owner_url(name)

    try:
        yield Site(work, "postgresql", fresh=fresh)
    finally:
        for name in made:
            databases.drop(name)


def _call(code: str, environment: dict[str, str]) -> None:
    prepared = f"import django; django.setup(); {code}"
    subprocess.run([sys.executable, "-c", prepared], env=environment, cwd=HERE.parent, check=True)  # ours


def _together(
    packages: Sequence[Listed], environment: dict[str, str], cores: Sequence[int | None], batch: int
) -> Run:
    """Start all, let them begin at once, and count from then until the last has ended."""
    begun = [
        subprocess.Popen(  # our own interpreter
            [sys.executable, "-m", "bench.worker"], env=environment, cwd=HERE.parent, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in cores
    ]  # fmt: skip
    for number, (process, core) in enumerate(zip(begun, cores, strict=True)):
        share = [
            (str(one.path), one.receipt_number, one.received_at.isoformat())
            for one in packages[number :: len(cores)]
        ]
        order = {"packages": share, "batch": batch, "owner": f"bench-{number}", "core": core}
        _say(process, json.dumps(order))
    for process in begun:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("a worker did not start")
    for process in begun:
        _say(process, "go")
    told = [json.loads(process.communicate()[0]) for process in begun]
    wall = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return Run(
        len(packages) / wall, sum(one["cpu"] for one in told), sum(one["fsyncs"] for one in told),
        max(one["peak"] for one in told), max(one["child"] for one in told),
    )  # fmt: skip


def _say(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def found() -> None:
    """In a process of its own: the town and its channel."""
    from .intake import found_town

    found_town()


def check(packages: int) -> None:
    """In a process of its own: every package was accepted, once. Raises ChecksDropped."""
    from todoke.casework.relay.models import Package
    from todoke.casework.relay.values import PackageState
    from todoke.foundation.fence import scope

    from .intake import ChecksDropped

    with scope(TOWN, read_only=True):
        accepted = Package.objects.filter(state=PackageState.ACCEPTED.value).count()
    if accepted != packages:
        raise ChecksDropped(f"受理 {accepted}件、正しくは {packages}件")
