"""`python -m tests.trials.standby`: lists from a real streaming standby（docs/operations/scale-out.md）.

Needs PostgreSQL with pg_basebackup（Debian: postgresql）. A leader and a standby of its own on loopback. Asked: does a list come
from the standby, within the fence of its body only? Is the standby left alone while it replays nothing, when it receives
nothing any more（the line to the leader is cut, and it has replayed all that it ever received）, and when it is gone?
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.support import postgres
from tests.support.databases import PostgresDatabases

OURS, THEIRS = "992011", "993018"
PATIENCE = 30.0


def main() -> int:
    """0 when every question has the wanted answer."""
    leader = PostgresDatabases.for_worker("standby")
    leader.create_template()
    standby = _standby_of(leader.server)
    if standby is None:
        print("この試験はできません: pg_basebackup が要ります（apt-get install -y postgresql）")
        return 2
    work = tempfile.mkdtemp(prefix="todoke-standby-")
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    address = leader.url(leader.template)
    os.environ.update(
        TODOKE_VAR=work, TODOKE_DATABASE_URL=address, TODOKE_DATABASE_OWNER_URL=leader.owner_url(leader.template),
        TODOKE_DATABASE_FOLLOWER_URL=address.replace(f":{leader.server.port}/", f":{standby.port}/"),
        TODOKE_FOLLOWER_LAG_SECONDS="1", DJANGO_SETTINGS_MODULE="todoke.settings",
    )  # fmt: skip
    import django

    django.setup()
    answers = _asked(standby)
    for words, is_so in answers.items():
        print(f"{'✓' if is_so else '✗'} {words}")
    return 0 if all(answers.values()) else 1


def _standby_of(leader: postgres.Server) -> postgres.Server | None:
    """A standby of everything on a leader, streaming; None without pg_basebackup."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-sb-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    owner = postgres._unprivileged_user()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    binaries = postgres._binaries(folder, owner)
    if not (binaries / "pg_basebackup").exists():
        return None
    command: list[str | Path] = [
        binaries / "pg_basebackup", "-d", leader.url("postgres"), "-D", folder / "data", "-R", "-X", "stream", "-c", "fast",
    ]  # fmt: skip
    postgres._run(command, owner, folder)
    return postgres._launch(binaries, folder, owner, leader.password)


def _asked(standby: postgres.Server) -> dict[str, bool]:
    from django.db import connection

    from todoke.cli.migrate import bring_up_to_date
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.fence import from_follower, scope
    from todoke.foundation.organisations import services
    from todoke.foundation.organisations.models import Section
    from todoke.foundation.organisations.values import OrganisationKind

    def read() -> tuple[str, list[str]]:
        with scope(OURS, read_only=True), from_follower():
            return connection.alias, list(Section.objects.order_by("pk").values_list("code", flat=True))

    def add(code: str) -> None:
        with scope(OURS):
            services.register_section(code, name=code)

    bring_up_to_date()
    for body in (OURS, THEIRS):
        services.register_organisation(body, name=body, kind=OrganisationKind.MUNICIPALITY, at=now())
        with scope(body):
            services.register_section(f"of-{body}", name="課")
    follower, ours = "default-follower", [f"of-{OURS}"]
    found = {"一覧は複製から、その団体の行だけ": _in_time(lambda: read() == (follower, ours))}
    _tell(standby, "SELECT pg_wal_replay_pause()")
    add("paused")
    time.sleep(2)  # longer than the lag allowed
    found["適用が止まった複製は使わない"] = read() == ("default", [*ours, "paused"])
    _tell(standby, "SELECT pg_wal_replay_resume()")
    found["追い付けば、また使う"] = _in_time(lambda: read() == (follower, [*ours, "paused"]))
    _tell(standby, "ALTER SYSTEM SET primary_conninfo = ''")
    _tell(standby, "SELECT pg_reload_conf()")
    _in_time(lambda: not _tell(standby, "SELECT pid FROM pg_stat_wal_receiver"))
    add("cut")
    time.sleep(2)
    found["受信の切れた複製は、受け取った分をすべて適用していても使わない"] = read() == (
        "default",
        [*ours, "paused", "cut"],
    )
    found["複製の側は、自分では遅れていないと言う"] = _tell(
        standby, "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
    ) == [(True,)]
    subprocess.run(["fuser", "-k", "-INT", f"{standby.port}/tcp"], check=False, capture_output=True)
    found["なくなった複製は使わない"] = _in_time(lambda: read()[0] == "default")
    return found


def _tell(server: postgres.Server, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        answer = connection.execute(statement)
        return list(answer.fetchall()) if answer.description else []


def _in_time(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main())
