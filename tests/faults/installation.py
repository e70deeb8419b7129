"""A fresh installation for one trial, with or without pytest: its database, its folder, its settings, its neighbours."""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from samples.places import CLOCK
from tests.support import migrated
from tests.support.databases import Databases
from tests.support.town import Town
from todoke.foundation.audit import services as audit
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.vault import services as vault_services

PATIENT: dict[str, object] = {
    "TODOKE_LEASE_SECONDS": 1,
    "TODOKE_RETRY_BASE_SECONDS": 0.02,
    "TODOKE_RETRY_LIMIT": 1000,  # the fault is ours here, never the row's
    "TODOKE_BATCH_LIMIT": 7,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where trials take place: the databases of this run, the sample world, and settings that a trial wants."""

    databases: Databases
    samples: Path
    wanted: dict[str, object] = field(default_factory=dict)


@contextmanager
def installation(
    ground: Ground,
    folder: Path,
    *,
    home: Path | None = None,
    between: Callable[[str, int], int] = lambda _name, port: port,
) -> Iterator[Town]:
    """Open a town whose TODOKE_VAR is `home` (default: below `folder`) and close it, whatever the trial did.

    The samples and the neighbours' own memory lie below `folder`: outside what a trial breaks.
    """
    var = home or folder / "var"
    (var / "upload").mkdir(parents=True, mode=0o700, exist_ok=True)
    shutil.copytree(ground.samples, folder / "samples")
    name = f"faults_{secrets.token_hex(6)}"
    ground.databases.copy(name)
    with _settled({**PATIENT, **_places(var), **ground.wanted}), _environment(ground.databases, name, var):
        forget()
        migrated.switch(ground.databases, name)
        truth = json.loads((folder / "samples" / "truth.json").read_text(encoding="utf-8"))
        town = Town(folder / "samples", folder / "neighbours", truth)
        try:
            town.open(between)
            forget()
            yield town
        finally:
            town.close()
            connections.close_all()
            forget()
            migrated.switch(ground.databases, ground.databases.live)
            ground.databases.drop(name)


def forget() -> None:
    """Drop what this process, and so every child forked from it, remembers of files: keys, open segments, seals."""
    keyring._known.clear()
    for segment in vault_services._open.values():
        segment.close()
    vault_services._open.clear()
    audit._checked.clear()


def _places(var: Path) -> dict[str, object]:
    return {
        "VAR": var,
        "TODOKE_VAULT_DIR": var / "vault",
        "TODOKE_MASTER_KEY_FILE": var / "keys" / "master.key",
        "TODOKE_SEAL_COPY_DIR": var / "seals",
        "TODOKE_TRUST_DIR": var / "trust",
        "FILE_UPLOAD_TEMP_DIR": str(var / "upload"),
        "TODOKE_CLOCK_OFFSET_SECONDS": (CLOCK - datetime.now(UTC)).total_seconds(),
    }


@contextmanager
def _settled(wanted: dict[str, object]) -> Iterator[None]:
    """Django's settings changed for a while."""
    before = {name: getattr(settings, name) for name in wanted}
    for name, value in wanted.items():
        setattr(settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


@contextmanager
def _environment(databases: Databases, name: str, var: Path) -> Iterator[None]:
    """The same, for subprocesses."""
    wanted = {
        "TODOKE_VAR": str(var),
        "TODOKE_DATABASE_URL": databases.url(name),
        "TODOKE_DATABASE_OWNER_URL": databases.owner_url(name),
    }
    before = {key: os.environ.get(key) for key in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
