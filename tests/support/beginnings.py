"""What many tests begin with, built once by a worker: a database that was filled, and the TODOKE_VAR beside it.

Building commits; every test then works in a transaction on that database and in a copy of that folder, and leaves
nothing behind.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import time_machine
from django.db import connection, transaction
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from tests.support import migrated
from tests.support.clock import START
from tests.support.databases import Databases

Built = TypeVar("Built")


def places(var: Path) -> Mapping[str, object]:
    """The settings that lead below a TODOKE_VAR."""
    return {
        "VAR": var,
        "TODOKE_VAULT_DIR": var / "vault",
        "TODOKE_MASTER_KEY_FILE": var / "keys" / "master.key",
        "TODOKE_SEAL_COPY_DIR": var / "seals",
        "TODOKE_EXCHANGE_IN": var / "exchange",
        "TODOKE_EXCHANGE_OUT": var / "exchange",
        "TODOKE_TRUST_DIR": var / "trust",
        "FILE_UPLOAD_TEMP_DIR": str(var / "upload"),
    }


def lay_out(var: Path) -> Path:
    """An empty TODOKE_VAR; returns it."""
    (var / "upload").mkdir(parents=True, mode=0o700)
    return var


@dataclass(frozen=True, slots=True)
class Beginning(Generic[Built]):
    """A filled database and its TODOKE_VAR; `built` is what the builder returned, and no test may change it."""

    databases: Databases
    blocker: DjangoDbBlocker
    name: str
    var: Path
    built: Built

    @contextmanager
    def begun(self, var: Path) -> Iterator[Built]:
        """A test's own turn, with a copy of the files in `var`. Not together with `db`: that is another database."""
        shutil.copytree(self.var, var, dirs_exist_ok=True)
        with self.blocker.unblock():
            migrated.switch(self.databases, self.name)
            try:
                with transaction.atomic():
                    yield self.built
                    if not connection.needs_rollback:
                        connection.check_constraints()  # as after every test with `db`
                    transaction.set_rollback(True)
            finally:
                migrated.switch(self.databases, self.databases.live)


@dataclass
class Beginnings:
    """The beginnings that this worker has built."""

    databases: Databases
    blocker: DjangoDbBlocker
    folder: Path
    names: list[str] = field(default_factory=list)

    def build(self, word: str, builder: Callable[[], Built]) -> Beginning[Built]:
        """Let the builder fill a fresh database and a fresh TODOKE_VAR, at the hour at which the tests' clock starts."""
        name, var = f"{self.databases.live}_{word}", lay_out(self.folder / word)
        self.databases.copy(name)
        self.names.append(name)
        with (
            self.blocker.unblock(),
            override_settings(**places(var)),
            time_machine.travel(START, tick=False),
        ):
            migrated.switch(self.databases, name)
            try:
                built = builder()
            finally:
                migrated.switch(self.databases, self.databases.live)
        return Beginning(self.databases, self.blocker, name, var, built)

    def drop(self) -> None:
        """Remove the databases."""
        for name in self.names:
            self.databases.drop(name)
