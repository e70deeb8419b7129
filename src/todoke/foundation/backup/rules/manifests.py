"""The list of a set as JSON, and back; whatever is not exactly such a list is refused."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from todoke.foundation.backup.errors import ManifestDamaged
from todoke.foundation.backup.values import BodyHead, Manifest, Piece, StoredFile

FORMAT = 1
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")
_PART = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,120}")


def set_name(taken_at: datetime, mark: str) -> str:
    """The name of a set: when it was begun (UTC), and three random bytes in hex."""
    return f"{taken_at:%Y%m%dT%H%M%SZ}-{mark}"


def written(manifest: Manifest) -> bytes:
    """The bytes that are stored and signed."""
    document = {"format": FORMAT, **asdict(manifest), "taken_at": manifest.taken_at.isoformat()}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def read(content: bytes, where: str) -> Manifest:
    """The list of the set `where`. Raises ManifestDamaged, also for names that would lead elsewhere."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT or document["name"] != where:
            raise ManifestDamaged(where=where)
        return _manifest(document)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ManifestDamaged(where=where) from broken


def _manifest(document: Mapping[str, Any]) -> Manifest:
    keys = document["keys"]
    return Manifest(
        name=document["name"], taken_at=datetime.fromisoformat(document["taken_at"]), todoke=document["todoke"],
        vendor=document["vendor"], migrations=tuple(document["migrations"]),
        bodies=tuple(BodyHead(**one) for one in document["bodies"]),
        tables={str(name): int(count) for name, count in document["tables"].items()},
        files=tuple(_file(one) for one in document["files"]),
        pieces=tuple(_piece(one) for one in document["pieces"]),
        keys=None if keys is None else _file(keys),
    )  # fmt: skip


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
