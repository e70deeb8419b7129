"""Keys: a pair for the backups themselves, and the copy of the vault's keys, which lies apart from everything else."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pyrage
from django.conf import settings

from todoke.foundation import durable
from todoke.foundation.backup.errors import KeysMissing, NoRoom, NotEmpty, PieceDamaged, WrongKey
from todoke.foundation.backup.values import StoredFile
from todoke.foundation.keyring import queries as keyring

from . import streams

DJANGO_KEY = "django.key"  # made anew where it is missing, and nothing is lost by it


def make_pair(path: Path) -> str:
    """Write a new private key to a new file of mode 0600 and return the public key. Raises NoRoom."""
    pair = pyrage.x25519.Identity.generate()
    public = str(pair.to_public())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"# public key: {public}\n{pair}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as refusal:
        raise NoRoom(where=str(path)) from refusal
    return public


def folder() -> Path:
    """Where this installation's keys lie."""
    return Path(settings.TODOKE_MASTER_KEY_FILE).parent


def copy_keys(target: Path, name: str, to: streams.Recipients) -> StoredFile:
    """Encrypt every file of the key folder into one file. Raises KeysMissing, NoRoom."""
    if not Path(settings.TODOKE_MASTER_KEY_FILE).exists():
        raise KeysMissing(where=Path(settings.TODOKE_MASTER_KEY_FILE).name)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in _files(folder()):
            known = path.relative_to(folder()).as_posix()
            archive.add(path, _master_name(known), recursive=False, filter=_private)
    stored = streams.seal(target / name, name, [packed.getvalue()], to)
    durable.sync_folder(target)
    return stored


def _files(where: Path) -> Iterator[Path]:
    """The keys; drafts that other processes are writing just now have other names."""
    for path in sorted(where.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("tmp") and path.suffix:
            yield path


def _master_name(known: str) -> str:
    """The master key has one name in every copy, whatever the setting calls it."""
    return "master.key" if known == Path(settings.TODOKE_MASTER_KEY_FILE).name else known


def _private(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def put_back(path: Path, by: streams.Identities) -> None:
    """Write the keys of a copy to where this installation expects them. Raises NotEmpty, WrongKey, PieceDamaged.

    What is there already with other contents is never overwritten.
    """
    try:
        plain = pyrage.decrypt(path.read_bytes(), by)
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            for entry in archive.getmembers():
                content = archive.extractfile(entry)
                if content is not None:
                    _put(entry.name, content.read())
    except pyrage.DecryptError as misfit:
        raise WrongKey(where=path.name) from misfit
    except (OSError, tarfile.TarError) as damage:
        raise PieceDamaged(where=path.name) from damage


def _put(name: str, content: bytes) -> None:
    if name.startswith("/") or ".." in name.split("/"):
        raise PieceDamaged(where="keys")
    path = Path(settings.TODOKE_MASTER_KEY_FILE) if name == "master.key" else folder() / name
    if path.exists():
        if name != DJANGO_KEY and path.read_bytes() != content:
            raise NotEmpty(where=f"keys/{name}")
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.partial")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    durable.sync_folder(path.parent)


def check_in_place(bodies: frozenset[str]) -> None:
    """That the master key and the keys of these bodies are there. Raises KeysMissing."""
    held = {body for _, body, _ in keyring.body_files()}
    missing = [f"{code}.key" for code in sorted(bodies - held)]
    if not Path(settings.TODOKE_MASTER_KEY_FILE).exists():
        missing.insert(0, Path(settings.TODOKE_MASTER_KEY_FILE).name)
    if missing:
        raise KeysMissing(where=", ".join(missing[:5]))
