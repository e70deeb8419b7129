"""The databases of a test run: one migrated template, lent to every worker, from which live databases are copied.

The owner migrates; the tests and everything they start connect as the application role, which owns nothing.
"""

import atexit
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import psycopg

from tests.support import postgres

LENT = "lent.sqlite3"


class Databases(Protocol):
    """What a database product does for the tests."""

    live: str
    template: str

    def url(self, name: str) -> str:
        """The address for the application."""

    def owner_url(self, name: str) -> str:
        """The address for migrations."""

    def create_template(self) -> None:
        """An empty database for the migrations."""

    def lend_template(self) -> None:
        """Give the migrated template to the other workers of the run."""

    def borrow_template(self) -> bool:
        """Take the template that another worker lends; False when there is none yet."""

    def copy(self, name: str) -> None:
        """A fresh copy of the migrated template; nobody may be connected to the template."""

    def create_empty(self, name: str) -> None:
        """A database without a table, as on a new machine."""

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""


@dataclass(slots=True)
class SqliteDatabases:
    """Files in the worker's own folder, with the settings of production (WAL, FULL); `run` is the run's folder."""

    folder: Path
    live: str = "live"
    template: str = "template"
    run: Path | None = None

    def url(self, name: str) -> str:
        """The address for the application."""
        return f"sqlite:////{str(self._file(name)).lstrip('/')}"

    def owner_url(self, name: str) -> str:
        """The same: a file has no roles."""
        return self.url(name)

    def create_template(self) -> None:
        """The first connection makes the file."""

    def lend_template(self) -> None:
        """A copy in the folder of the run."""
        if self.run is not None:
            _back_up(self._file(self.template), self.run / LENT)

    def borrow_template(self) -> bool:
        """A copy of it in the worker's own folder."""
        if self.run is None or not (self.run / LENT).exists():
            return False
        _back_up(self.run / LENT, self._file(self.template))
        return True

    def copy(self, name: str) -> None:
        """By SQLite's own backup, which sees what still stands in the WAL."""
        _back_up(self._file(self.template), self._file(name))

    def create_empty(self, name: str) -> None:
        """The first connection makes the file."""

    def drop(self, name: str) -> None:
        """Remove the file, its WAL and its shared memory."""
        for suffix in ("", "-wal", "-shm"):
            self._file(name).with_name(f"{name}.sqlite3{suffix}").unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


def _back_up(here: Path, there: Path) -> None:
    with _closing(here) as source, _closing(there) as target:
        source.backup(target)


@contextmanager
def _closing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


@dataclass(slots=True)
class PostgresDatabases:
    """Databases of one worker on one server, with two roles of the run."""

    server: postgres.Server
    run: str
    password: str
    live: str
    template: str

    @classmethod
    def for_worker(cls, worker: str) -> "PostgresDatabases":
        """On the server that the controller started (or was given); the controller starts it at first use."""
        known = os.environ.get("TODOKE_TEST_SERVER")
        if known is None:
            server, run, password = _server(), secrets.token_hex(4), secrets.token_hex(16)
            _create_roles(server, run, password)
            known = f"{server.url('postgres')} {run} {password}"
            os.environ["TODOKE_TEST_SERVER"] = known  # the workers inherit it
        address, run, password = known.split(" ")
        return cls(
            _server_of(address), run, password, f"todoke_{run}_{worker}", f"todoke_{run}_{worker}_template"
        )

    def url(self, name: str) -> str:
        """The address for the application role."""
        return self.server.url(name, role=f"todoke_app_{self.run}", password=self.password)

    def owner_url(self, name: str) -> str:
        """The address for the owner of the schema."""
        return self.server.url(name, role=f"todoke_owner_{self.run}", password=self.password)

    def create_template(self) -> None:
        """An empty database that the owner owns."""
        self._administer(
            f'CREATE DATABASE "{self.template}" OWNER "todoke_owner_{self.run}" TEMPLATE template0'
        )

    def lend_template(self) -> None:
        """A database of the run; whoever started the run drops it."""
        self._copy(self.template, _lent(self.run))

    def borrow_template(self) -> bool:
        """A copy of it under the worker's own name."""
        with psycopg.connect(self.server.url("postgres")) as connection:
            names = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_lent(self.run)])
            if names.fetchone() is None:
                return False
        self._copy(_lent(self.run), self.template)
        return True

    def copy(self, name: str) -> None:
        """The server copies the template's files."""
        self._copy(self.template, name)

    def _copy(self, here: str, there: str) -> None:
        owner = f"todoke_owner_{self.run}"
        self._administer(f'CREATE DATABASE "{there}" OWNER "{owner}" TEMPLATE "{here}"')

    def create_empty(self, name: str) -> None:
        """An empty database that the owner owns."""
        self._administer(f'CREATE DATABASE "{name}" OWNER "todoke_owner_{self.run}" TEMPLATE template0')

    def drop(self, name: str) -> None:
        """Remove a database and end its connections."""
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        _administer(self.server, statement)


def _administer(server: postgres.Server, *statements: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _server() -> postgres.Server:
    given = os.environ.get("TODOKE_TEST_DATABASE_URL")
    return postgres.start() if given is None else _server_of(given)


def _server_of(address: str) -> postgres.Server:
    parts = urlsplit(address)
    return postgres.Server(
        parts.hostname or "127.0.0.1", parts.port or 5432, unquote(parts.username or "postgres"),
        unquote(parts.password or ""),
    )  # fmt: skip


def _lent(run: str) -> str:
    """The name of the template that the workers of a run share."""
    return f"todoke_{run}_lent"


def _create_roles(server: postgres.Server, run: str, password: str) -> None:
    """An owner and an application role, neither of them a superuser: a superuser sees through every policy."""
    for role in (f"todoke_owner_{run}", f"todoke_app_{run}"):
        _administer(
            server,
            f"CREATE ROLE \"{role}\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '{password}'",
        )
        if "TODOKE_TEST_DATABASE_URL" in os.environ:  # a server that outlives us is left as it was
            atexit.register(_administer, server, f'DROP ROLE IF EXISTS "{role}"')
    if "TODOKE_TEST_DATABASE_URL" in os.environ:  # dropped before its owner
        atexit.register(_administer, server, f'DROP DATABASE IF EXISTS "{_lent(run)}" WITH (FORCE)')
