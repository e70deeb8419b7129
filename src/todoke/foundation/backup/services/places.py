"""The folder of sets: one command at a time, and what may lie there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from todoke.foundation import durable
from todoke.foundation.backup.errors import AnotherRuns, NoRoom
from todoke.foundation.backup.values import DIRECTORY, Manifest, StoredFile

PIECES = "pieces"
DATABASE, STATE, LISTING = "database.age", "state.age", "objects.age"


def path_of(sets: Path, manifest: Manifest, file: StoredFile) -> Path:
    """Where a file of a set lies: pieces of the vault are shared by all sets."""
    return sets / file.name if file.name.startswith(f"{PIECES}/") else sets / manifest.name / file.name


def database_name(group: str) -> str:
    """The file with the copy of one database: the directory's has the plain name."""
    return DATABASE if group == DIRECTORY else f"database-{group}.age"


def keys_name(name: str) -> str:
    """The file with the keys that belongs to a set."""
    return f"{name}.keys.age"


@contextmanager
def alone(sets: Path) -> Iterator[None]:
    """Work in a place alone; makes it when it is not there. Raises AnotherRuns, NoRoom."""
    if sets.resolve().is_relative_to(Path(settings.VAR).resolve()):
        raise NoRoom(where="TODOKE_BACKUP_DIR")  # what is lost together is no backup
    try:
        sets.mkdir(parents=True, exist_ok=True, mode=0o700)
        (sets / ".lock").touch(mode=0o600)
    except OSError as refusal:
        raise NoRoom(where=str(sets)) from refusal
    with durable.held_alone(sets / ".lock", busy=AnotherRuns):
        yield


@contextmanager
def alone_in_house() -> Iterator[None]:
    """No body moves to another database meanwhile, on this machine（the same lock as the moves'）. Raises AnotherRuns."""
    with durable.held_alone(durable.house_lock(Path(settings.VAR)), busy=AnotherRuns):
        yield


def clear_leftovers(sets: Path) -> None:
    """Remove what killed commands left: drafts of sets, sets on their way out, half-written pieces."""
    for one in sets.glob(".*-*"):
        if one.is_dir() and one.name.startswith((".draft-", ".gone-")):
            shutil.rmtree(one)
    for one in (sets / PIECES).glob("*/*.partial"):
        one.unlink()
