"""What an installation is set to, as a signed list（設定の署名）: who changes a setting or a profile by hand is told by name.

Values are hashed with a salt and stand nowhere. The key that signs the seals signs the list（bad inputs U07）.
"""

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

import todoke
from todoke.foundation import durable
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as audit_services
from todoke.foundation.canonical import bytes_of

SIGNED = b"todoke configuration\n"
FILE = "configuration.json"
CHANGING = frozenset({".crl"})  # come anew every day, and are signed by their issuers
ALSO = ("ALLOWED_HOSTS", "DEBUG", "SESSION_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER", "SECRET_KEY")
DATABASE = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")  # Django adds more to the table as it goes


@dataclass(frozen=True, slots=True)
class Signed:
    """The list that was signed: when, its salt, the hash of each part, and whether the signature holds."""

    at: datetime
    salt: str
    parts: dict[str, str]
    is_whole: bool


def sign(*, at: datetime) -> int:
    """Sign what the installation is set to now; returns of how many parts. Raises OSError."""
    salt = os.urandom(16).hex()
    statement = {"at": at.isoformat(), "parts": _hashed(salt), "salt": salt}
    signature = audit_services.sign(SIGNED + bytes_of(statement))
    content = json.dumps({"signature": signature, "statement": statement}, indent=1, sort_keys=True)
    durable.put(_place(), content.encode(), mode=0o600)
    return len(_hashed(salt))


def signed() -> Signed | None:
    """The list that was signed last; None when none ever was."""
    try:
        document = json.loads(_place().read_bytes())
        statement, signature = document["statement"], document["signature"]
        is_whole = audit.is_signed_by(audit.seal_keys(), SIGNED + bytes_of(statement), signature)
        return Signed(
            datetime.fromisoformat(statement["at"]), statement["salt"], statement["parts"], is_whole
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return Signed(datetime.min.replace(tzinfo=UTC), "", {}, is_whole=False)


def changed_since(one: Signed) -> list[str]:
    """The names of settings and files that are not what was signed: changed, new or gone."""
    there = _hashed(one.salt)
    return sorted(name for name in {*there, *one.parts} if there.get(name) != one.parts.get(name))


def _place() -> Path:
    return Path(settings.VAR) / FILE


def _hashed(salt: str) -> dict[str, str]:
    key = bytes.fromhex(salt)
    return {name: hmac.digest(key, content, "sha256").hex() for name, content in _parts()}


def _parts() -> Iterator[tuple[str, bytes]]:
    """Every setting by its name, every profile and anchor by its path, and the program as one."""
    for name in sorted({*ALSO, *(one for one in dir(settings) if one.startswith("TODOKE_"))}):
        yield name, _spelt(getattr(settings, name)).encode()
    for alias, one in sorted(settings.DATABASES.items()):
        yield f"DATABASES {alias}", repr([str(one.get(name, "")) for name in DATABASE]).encode()
    for title, folder in (
        ("form-checks", settings.TODOKE_FORM_CHECKS_DIR), ("retention", settings.TODOKE_RETENTION_DIR),
        ("trust", settings.TODOKE_TRUST_DIR),
    ):  # fmt: skip
        for file in _files(Path(folder)):
            yield f"{title}/{file.relative_to(folder)}", file.read_bytes()
    program = Path(todoke.__file__).parent
    digests = [(str(one.relative_to(program)), _digest(one)) for one in _files(program)]
    yield "program", json.dumps(digests).encode()


def _files(folder: Path) -> Iterator[Path]:
    found = (one for one in sorted(folder.rglob("*")) if one.is_file()) if folder.is_dir() else iter(())
    return (one for one in found if "__pycache__" not in one.parts and one.suffix.lower() not in CHANGING)


def _digest(file: Path) -> str:
    return hmac.digest(b"program", file.read_bytes(), "sha256").hex()


def _spelt(value: object) -> str:
    """A value in words that are the same in every process: sets have no order of their own."""
    if isinstance(value, set | frozenset):
        return repr(sorted(map(repr, value)))
    if isinstance(value, dict):
        return repr(sorted((repr(key), _spelt(one)) for key, one in value.items()))
    return repr(value)
