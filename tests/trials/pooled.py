"""`python -m tests.trials.pooled`: Todoke behind PgBouncer with pooling by transaction（docs/operations/scale-out.md）.

Needs pgbouncer（apt-get install pgbouncer）and the PostgreSQL of the tests. A server of its own, a bouncer with few
server connections for many clients; then two questions. Does a journey of sample applications end as it does without?
And while threads of two bodies take turns on the same few server connections: does any of them ever see a row of the
other body, or a connection that still carries somebody's scope?
"""

import argparse
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

OURS, THEIRS = "992011", "993018"
SERVER_CONNECTIONS = 3
_CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
server_reset_query =
logfile = {log}
pidfile = {pid}
"""


def main() -> int:
    """0 when the journey is whole and no turn saw a foreign row or scope."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.pooled", description="PgBouncer の試験")
    parser.add_argument("--packages", type=int, default=60)
    parser.add_argument("--turns", type=int, default=4_000)
    parser.add_argument("--fence", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.fence:
        return _take_turns(args.turns)
    if shutil.which("pgbouncer") is None:
        print("この試験はできません: apt-get install -y pgbouncer が要ります")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="todoke-pooled-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        return _trial(args, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _trial(args: argparse.Namespace, folder: Path) -> int:
    from samples import world
    from tests.support.databases import PostgresDatabases

    data = folder / "samples"
    world.build(data, packages=args.packages, residents=600)
    databases = PostgresDatabases.for_worker("pooled")
    with _bouncer(databases, folder) as port:
        begin = time.monotonic()
        environment = _addresses(databases, "journey", port)
        words = [sys.executable, "-m", "tests.trials.journey", "--data", str(data), "--state", str(folder)]
        done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        said = done.stdout.split("\n")
        print(
            f"旅: {'✓' if 'whole' in said else '✗'} {said[-2]}（{time.monotonic() - begin:.0f} 秒）",
            flush=True,
        )
        words = [sys.executable, "-m", "tests.trials.pooled", "--fence", "--turns", str(args.turns)]
        fenced = subprocess.run(words, env={**environment, "TODOKE_VAR": str(folder / "var")}, check=False)
        with psycopg.connect(databases.server.url("postgres")) as connection:
            rows = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'todoke_app%%'"
            )
            print(f"サーバーの接続（実行時のロール）: {rows.fetchone()[0]}", flush=True)  # type: ignore[index]  # a count has a row
    return int(bool(done.returncode or fenced.returncode or "whole" not in said))


def _addresses(databases: object, name: str, port: int) -> dict[str, str]:
    """Everything runs through the bouncer; only the owner, who migrates, goes straight to the server."""
    from tests.support.databases import PostgresDatabases

    assert isinstance(databases, PostgresDatabases)
    databases.create_empty(name)
    straight = databases.url(name)
    through = straight.replace(f":{databases.server.port}/", f":{port}/")
    assert through != straight
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TODOKE_")}
    return {
        **kept, "TODOKE_DATABASE_URL": through, "TODOKE_DATABASE_OWNER_URL": databases.owner_url(name),
        "DJANGO_SETTINGS_MODULE": "todoke.settings",
    }  # fmt: skip


@contextmanager
def _bouncer(databases: object, folder: Path) -> Iterator[int]:
    """A bouncer before the server of these databases; its port."""
    from tests.support.databases import PostgresDatabases

    assert isinstance(databases, PostgresDatabases)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    home = folder / "bouncer"
    home.mkdir()
    role = f"todoke_app_{databases.run}"
    (home / "users.txt").write_text(f'"{role}" "{databases.password}"\n')
    (home / "bouncer.ini").write_text(
        _CONFIGURATION.format(
            host=databases.server.host, port=databases.server.port, own=port, users=home / "users.txt",
            size=SERVER_CONNECTIONS, log=home / "log", pid=home / "pid",
        )
    )  # fmt: skip
    user = pwd.getpwnam("postgres" if "postgres" in {one.pw_name for one in pwd.getpwall()} else "nobody")
    for path in (home, *home.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    words = ["pgbouncer", "-q", str(home / "bouncer.ini")]
    process = subprocess.Popen(words, user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("pgbouncer does not answer")


def _take_turns(turns: int) -> int:
    """Many threads, each as either body in turn, over few server connections: what each sees must be its own alone."""
    import django

    django.setup()
    from todoke.foundation.organisations.models import Section

    seen = Counter[str]()

    def some(number: int) -> Counter[str]:
        from django.db import connection, connections

        from todoke.foundation.fence import scope

        found = Counter[str]()
        for turn in range(turns // 16):
            body = (OURS, THEIRS)[(number + turn) % 2]
            with (
                connection.cursor() as cursor
            ):  # outside any scope: nobody's, whatever the connection did before
                cursor.execute("SELECT pg_backend_pid(), current_setting('todoke.organisation', true)")
                backend, left = cursor.fetchone()
                found[f"backend {backend}"] += 1
                found["a scope was left"] += bool(left)
                cursor.execute("SELECT count(*) FROM foundation_section")
                found["rows without a scope"] += cursor.fetchone()[0]
            with scope(body, read_only=bool(turn % 3)), connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT organisation_id FROM foundation_section")
                found["turns"] += 1
                found["foreign rows"] += any(row[0] != body for row in cursor.fetchall())
                found["own rows missing"] += not Section.objects.exists()
        connections.close_all()
        return found

    with ThreadPoolExecutor(16) as pool:
        for one in pool.map(some, range(16)):
            seen.update(one)
    backends = [name for name in seen if name.startswith("backend")]
    wrong = {
        name: seen[name]
        for name in ("a scope was left", "rows without a scope", "foreign rows", "own rows missing")
    }
    print(
        f"団体の境: {seen['turns']} 回、16の接続を {len(backends)} のサーバー接続で {json.dumps(wrong)}",
        flush=True,
    )
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
