"""The list of a set as JSON, and back; whatever is not exactly such a list is refused."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from todoke.foundation.backup.errors import ManifestDamaged
from todoke.foundation.backup.values import BodyHead, Bundle, DatabaseCopy, Manifest, Piece, StoredFile

FORMAT = 1  # one database and files, as any version reads it
WHOLE = 2  # groups of bodies, or objects: an older version would restore half of it
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")
_PART = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,120}")


def set_name(taken_at: datetime, mark: str) -> str:
    """The name of a set: when it was begun (UTC), and three random bytes in hex."""
    return f"{taken_at:%Y%m%dT%H%M%SZ}-{mark}"


def written(manifest: Manifest) -> bytes:
    """The bytes that are stored and signed."""
    is_plain = not (manifest.groups or manifest.bundles or manifest.listing)
    document = {"format": FORMAT if is_plain else WHOLE, **asdict(manifest)}
    return (
        json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, default=_moment).encode() + b"\n"
    )


def _moment(value: datetime) -> str:
    return value.isoformat()


def read(content: bytes, where: str) -> Manifest:
    """The list of the set `where`. Raises ManifestDamaged, also for names that would lead elsewhere."""
    try:
        document = json.loads(content)
        if document["format"] not in (FORMAT, WHOLE) or document["name"] != where:
            raise ManifestDamaged(where=where)
        return _manifest(document)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ManifestDamaged(where=where) from broken


def _manifest(document: Mapping[str, Any]) -> Manifest:
    keys, listing, directory_at = document["keys"], document.get("listing"), document.get("directory_at")
    return Manifest(
        name=document["name"], taken_at=datetime.fromisoformat(document["taken_at"]), todoke=document["todoke"],
        vendor=document["vendor"], migrations=tuple(document["migrations"]),
        bodies=tuple(BodyHead(**one) for one in document["bodies"]),
        tables={str(name): int(count) for name, count in document["tables"].items()},
        files=tuple(_file(one) for one in document["files"]),
        pieces=tuple(_piece(one) for one in document["pieces"]),
        keys=None if keys is None else _file(keys),
        groups=tuple(_copy(one) for one in document.get("groups", ())),
        bundles=tuple(_bundle(one) for one in document.get("bundles", ())),
        listing=None if listing is None else _file(listing),
        directory_at=None if directory_at is None else datetime.fromisoformat(directory_at),
    )  # fmt: skip


def _copy(document: Mapping[str, Any]) -> DatabaseCopy:
    return DatabaseCopy(
        group=document["group"], taken_at=datetime.fromisoformat(document["taken_at"]), vendor=document["vendor"],
        migrations=tuple(document["migrations"]), bodies=tuple(BodyHead(**one) for one in document["bodies"]),
        tables={str(name): int(count) for name, count in document["tables"].items()}, file=_file(document["file"]),
    )  # fmt: skip


def _bundle(document: Mapping[str, Any]) -> Bundle:
    found = tuple((str(name), int(size)) for name, size in document["objects"])
    for name in (document["organisation"], *(name for name, _ in found)):
        _check_name(name)
    return Bundle(document["organisation"], _file(document["file"]), found)


def _file(document: Mapping[str, Any]) -> StoredFile:
    file = StoredFile(**document)
    _check_name(file.name)
    return file


def _piece(document: Mapping[str, Any]) -> Piece:
    _check_name(document["organisation"])
    _check_name(document["segment"])
    return Piece(**{**document, "file": _file(document["file"])})


def _check_name(name: str) -> None:
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        raise ValueError(name)
