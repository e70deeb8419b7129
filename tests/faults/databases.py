"""kill -9 of what the database itself does: its backends（F02）, and a migration half-way（F23）."""

import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.db import connections

from tests.support.databases import Databases, PostgresDatabases
from tests.support.town import Town

from .crew import Hand

UP_AGAIN_SECONDS = 30.0
CATALOGUE = (
    "SELECT table_name, column_name, ordinal_position, udt_name, is_nullable, column_default, character_maximum_length, "
    "is_identity FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, policyname, permissive, qual, with_check FROM pg_policies",
    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace",
)


def killed_backends(town: Town, databases: Databases, *, seed: int, times: int = 8) -> int:
    """kill -9 of a backend while workers work: the server ends every connection and recovers; how often that was."""
    assert isinstance(databases, PostgresDatabases)
    rng, crew, killed = random.Random(seed), [Hand(), Hand()], 0
    connections.close_all()
    for hand in crew:
        hand.start()
    try:
        for _ in range(times):
            time.sleep(rng.uniform(0.2, 1.0))
            killed += _kill_one(databases, rng)
    finally:
        for hand in crew:
            hand.kill()
    _wait_until_up(databases)
    return killed


def _kill_one(databases: PostgresDatabases, rng: random.Random) -> bool:
    query = "SELECT pid FROM pg_stat_activity WHERE usename = %s"
    try:
        with psycopg.connect(databases.server.url("postgres"), autocommit=True) as connection:
            pids = [pid for (pid,) in connection.execute(query, [f"todoke_app_{databases.run}"])]
    except psycopg.OperationalError:
        return False  # still recovering from the last one
    if not pids:
        return False
    try:
        os.kill(rng.choice(pids), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _wait_until_up(databases: PostgresDatabases) -> None:
    until = time.monotonic() + UP_AGAIN_SECONDS
    while time.monotonic() < until:
        try:
            psycopg.connect(databases.server.url("postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return


def killed_migrations(
    databases: Databases, folder: Path, *, seed: int, times: int = 3
) -> tuple[int, list[str]]:
    """`todoke migrate` is killed at random moments, then run to its end; how often it was killed, and what is wrong.

    The tables must also be those of the template, which was made in one go and quickly（foundation/first_tables）.
    """
    rng, killed, wrong = random.Random(seed), 0, list[str]()
    folder.mkdir(parents=True)
    name = f"half_{secrets.token_hex(4)}"
    _create_empty(databases, name)
    environment = {
        **os.environ,
        "TODOKE_VAR": str(folder),
        "TODOKE_DATABASE_URL": databases.url(name),
        "TODOKE_DATABASE_OWNER_URL": databases.owner_url(name),
    }
    words = [sys.executable, "-m", "todoke", "migrate"]
    for _ in range(times):
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(rng.uniform(1.0, 6.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        wrong.append(f"migrate after {killed} kills: {done.stderr[-500:]}")
    wrong += [
        f"not as made quickly: {one}"
        for one in sorted(_tables(databases, name) ^ _tables(databases, databases.template))
    ]
    databases.drop(name)
    return killed, wrong


def _tables(databases: Databases, name: str) -> set[str]:
    """Every table with its columns, every index, constraint, policy, trigger and grant of a database, in words."""
    if isinstance(databases, PostgresDatabases):
        with psycopg.connect(databases.owner_url(name)) as server:
            return {str(row) for query in CATALOGUE for row in server.execute(query)}
    with closing(sqlite3.connect(urlsplit(databases.url(name)).path[1:])) as file:
        return {str(row) for row in file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")}


def _create_empty(databases: Databases, name: str) -> None:
    if isinstance(databases, PostgresDatabases):
        databases._administer(
            f'CREATE DATABASE "{name}" OWNER "todoke_owner_{databases.run}" TEMPLATE template0'
        )
