"""Reading keys: the master key, the keys of a body in all their versions, and small secrets sealed in rows.

While the master key is being changed some files are wrapped by the new one and some by the old one: both are tried.
"""

import os
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings

from todoke.foundation import durable
from todoke.foundation.wrapping import unwrap, wrap

from . import rules
from .errors import KeyMissing, KeyVersionMissing
from .values import BodyKeys, MasterState

_LENGTH = 32
_known: dict[tuple[str, str], tuple[int, BodyKeys]] = {}


def master_file() -> Path:
    """Where the master key lies."""
    return Path(settings.TODOKE_MASTER_KEY_FILE)


def next_master_file() -> Path:
    """Where a new master key lies until everything is wrapped by it."""
    return master_file().with_name("master.next.key")


def old_master_file() -> Path:
    """Where the master key before the last change is kept until somebody puts it away."""
    return master_file().with_name("master.old.key")


def bodies_folder() -> Path:
    """Where the wrapped keys of the bodies lie."""
    return master_file().parent / "organisations"


def master_key() -> bytes:
    """The installation's master key (32 bytes), made on first use. Raises KeyMissing when the file is not a key."""
    path = master_file()
    if not path.exists():
        is_used = any(Path(settings.TODOKE_VAULT_DIR).glob("*/*.seg")) or any(bodies_folder().glob("*.key"))
        if is_used and not path.exists():  # another thread may have made it, and used it, since we looked
            raise KeyMissing
        durable.keep_first(path, os.urandom(_LENGTH).hex().encode())
    return read_key(path)


def read_key(path: Path) -> bytes:
    """The key in a file. Raises KeyMissing when it holds none."""
    try:
        key = bytes.fromhex(path.read_text())
    except (ValueError, OSError) as broken:
        raise KeyMissing from broken
    if len(key) != _LENGTH:
        raise KeyMissing
    return key


def wrapping_key() -> bytes:
    """The master key that wraps what is written now: the new one while it is being changed. Raises KeyMissing."""
    return read_key(next_master_file()) if next_master_file().exists() else master_key()


def _masters() -> Iterable[bytes]:
    yield wrapping_key()
    for path in (master_file(), old_master_file()):
        if path.exists():
            yield read_key(path)


def unwrapped(path: Path, organisation: str) -> bytes:
    """The body's key in a wrapped file, by whichever master key fits. Raises KeyMissing when none does."""
    try:
        wrapped = bytes.fromhex(path.read_text())
    except (ValueError, OSError) as broken:
        raise KeyMissing from broken
    for master in _masters():
        try:
            return unwrap(wrapped, master, rules.label_of(organisation))
        except (InvalidTag, ValueError):
            continue
    raise KeyMissing


def is_wrapped_by(path: Path, organisation: str, master: bytes) -> bool:
    """Whether a wrapped file fits this master key alone."""
    try:
        unwrap(bytes.fromhex(path.read_text()), master, rules.label_of(organisation))
    except (InvalidTag, ValueError):
        return False
    return True


def body_files(organisation: str | None = None) -> list[tuple[Path, str, int]]:
    """The wrapped keys: file, body and version; of one body or of all."""
    named = [(path, rules.version_of(path.name)) for path in bodies_folder().glob("*.key")]
    found = [(path, *one) for path, one in named if one is not None and organisation in (None, one[0])]
    return sorted(found, key=lambda one: one[1:])


def keys_of(organisation: str) -> BodyKeys:
    """The keys of a body, its first one made on first use. Raises KeyMissing when no master key fits.

    What was read serves until the folder changes, so that every process notices a new version at its next batch.
    """
    place, folder = (str(master_file()), organisation), bodies_folder()
    changed = folder.stat().st_mtime_ns if folder.exists() else -1
    known = _known.get(place)
    if known is not None and known[0] == changed:
        return known[1]
    if not body_files(organisation):
        _refuse_when_lost(organisation)
        first = folder / rules.file_name(organisation, 1)
        wrapped = wrap(os.urandom(_LENGTH), wrapping_key(), rules.label_of(organisation))
        durable.keep_first(first, wrapped.hex().encode())
        changed = folder.stat().st_mtime_ns
    keys = {version: unwrapped(path, organisation) for path, _, version in body_files(organisation)}
    found = BodyKeys(max(keys), keys)
    _known[place] = (changed, found)
    return found


def _refuse_when_lost(organisation: str) -> None:
    """Whoever has originals has had a key: a new one would open none of them.

    Looked at again after the originals: another process may have made the first key and stored by it meanwhile.
    """
    has_originals = any((Path(settings.TODOKE_VAULT_DIR) / organisation).glob("*.seg"))
    if has_originals and not body_files(organisation):
        raise KeyVersionMissing(organisation=organisation, version=1, file=rules.file_name(organisation, 1))


def newest_age(organisation: str) -> timedelta:
    """How long ago, by the disk's own clock, the newest version of a body's key was written."""
    newest = max(body_files(organisation), key=lambda one: one[2])[0]
    return timedelta(seconds=time.time() - newest.stat().st_mtime)


def key_of(organisation: str, version: int) -> bytes:
    """One version of a body's key. Raises KeyVersionMissing when its file is not there, KeyMissing."""
    key = keys_of(organisation).by_version.get(version)
    if key is None:
        look_again(organisation)
        key = keys_of(organisation).by_version.get(version)
    if key is None:
        raise KeyVersionMissing(
            organisation=organisation, version=version, file=rules.file_name(organisation, version)
        )
    return key


def look_again(organisation: str) -> None:
    """Read the files of a body anew at the next question, whatever the folder's date says."""
    _known.pop((str(master_file()), organisation), None)


def sealed(organisation: str, plain: bytes, label: bytes) -> bytes:
    """A small secret for a row: two bytes that say which version of the body's key, then the wrapped secret."""
    keys = keys_of(organisation)
    return keys.current.to_bytes(2, "big") + wrap(plain, keys.key, label)


def opened(organisation: str, stored: bytes, label: bytes) -> bytes:
    """The secret of a row. Raises KeyVersionMissing, KeyMissing."""
    try:
        return unwrap(stored[2:], key_of(organisation, int.from_bytes(stored[:2], "big")), label)
    except (InvalidTag, ValueError) as misfit:
        raise KeyMissing from misfit


def sealed_version(stored: bytes) -> int:
    """Which version of the body's key seals a secret of a row."""
    return int.from_bytes(stored[:2], "big")


def master_state() -> MasterState:
    """How far a change of the master key is. Raises KeyMissing."""
    master = wrapping_key()
    left = sum(not is_wrapped_by(path, body, master) for path, body, _ in body_files())
    return MasterState(next_master_file().exists(), old_master_file().exists(), left)
