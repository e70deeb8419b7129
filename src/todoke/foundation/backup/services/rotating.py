"""Letting old sets go: first their name, then their files, then the pieces of the vault that no set needs any more."""

import os
import shutil
from pathlib import Path

from todoke.foundation import durable
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import ManifestDamaged, PieceMissing
from todoke.foundation.backup.rules import rotation
from todoke.foundation.backup.values import Manifest, Policy, Rotation

from .places import PIECES, alone, clear_leftovers, keys_name


def rotate(sets: Path, policy: Policy, *, keys: Path | None = None) -> Rotation:
    """Remove the sets that the policy does not keep, with their keys. Raises AnotherRuns, NoRoom.

    A set whose list cannot be read stays, and as long as there is one, so does every piece: it may need any of them.
    """
    with alone(sets):
        clear_leftovers(sets)
        found, unreadable = _read_all(sets)
        staying = rotation.kept({one.name: one.taken_at for one in found}, policy)
        leaving = [one.name for one in found if one.name not in staying]
        for name in leaving:
            _remove(sets, name, keys)
        needed = {file.name for one in found if one.name in staying for file in one.stored}
        pieces = 0 if unreadable else _remove_pieces(sets, needed)
    return Rotation(tuple(sorted(staying)), tuple(leaving), pieces)


def _read_all(sets: Path) -> tuple[list[Manifest], list[str]]:
    found, unreadable = list[Manifest](), list[str]()
    for name in queries.set_names(sets):
        try:
            found.append(queries.manifest(sets, name))
        except (ManifestDamaged, PieceMissing):
            unreadable.append(name)
    return found, unreadable


def _remove(sets: Path, name: str, keys: Path | None) -> None:
    gone = sets / f".gone-{name}"
    os.rename(sets / name, gone)  # from here on it is no set
    durable.sync_folder(sets)
    shutil.rmtree(gone)
    if keys is not None:
        (keys / keys_name(name)).unlink(missing_ok=True)


def _remove_pieces(sets: Path, needed: set[str]) -> int:
    removed = 0
    for path in sorted((sets / PIECES).glob("*/*.age")):
        if path.relative_to(sets).as_posix() not in needed:
            path.unlink()
            removed += 1
    return removed
