"""Writing entries inside the business transaction; chaining and sealing them afterwards, one sealer per body."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from todoke.foundation import durable
from todoke.foundation.fence import current_organisation, insert_rows, scope

from . import queries, rules
from .errors import SealOverdue
from .models import AuditEntry, AuditLink, AuditSeal
from .values import Actor, Entry, SealKey, Stream

SEAL_LOCK = 7_405_001  # advisory lock number on PostgreSQL; combined with the organisation's code
_checked: dict[str, datetime] = {}
_COLUMNS = (
    "stream", "at", "stamp", "actor_kind", "actor_id", "terminal", "action", "object_kind", "object_id", "purpose",
    "facts",
)  # fmt: skip


def record(
    action: str,
    *,
    object_kind: str,
    object_id: str,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, str | int] | None = None,
    purpose: str = "",
) -> None:
    """Record one act in the caller's scope and transaction: no entry, no commit. Raises SealOverdue."""
    record_many([Entry(action, object_kind, object_id, actor, at, facts or {}, purpose)])


def record_read(
    action: str,
    *,
    object_kind: str,
    object_id: str,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, str | int] | None = None,
    purpose: str = "",
) -> None:
    """Record that personal data were seen: the second stream. Raises SealOverdue."""
    record_many([Entry(action, object_kind, object_id, actor, at, facts or {}, purpose, Stream.READS)])


def record_many(entries: Sequence[Entry]) -> None:
    """Record many entries with one statement, for batches. Raises SealOverdue."""
    if not entries:
        return
    _refuse_when_seals_are_overdue(max(entry.at for entry in entries))
    adapted = connection.ops.adapt_datetimefield_value
    written = {at: (adapted(at), rules.stamp(at)) for at in {entry.at for entry in entries}}
    insert_rows(
        AuditEntry,
        _COLUMNS,
        [
            (
                entry.stream.value, *written[entry.at], entry.actor.kind.value, entry.actor.id,
                entry.actor.terminal[:64], entry.action, entry.object_kind, entry.object_id, entry.purpose[:200],
                rules.canonical(entry.facts).decode(),
            )
            for entry in entries
        ],
    )  # fmt: skip


def _refuse_when_seals_are_overdue(now: datetime) -> None:
    organisation = current_organisation()
    last = _checked.get(organisation)
    if last is not None and abs(now - last) < timedelta(seconds=settings.TODOKE_SEAL_SECONDS):
        return
    oldest = queries.oldest_unchained()
    if oldest is not None and now - oldest > timedelta(hours=settings.TODOKE_SEAL_LIMIT_HOURS):
        raise SealOverdue(hours=settings.TODOKE_SEAL_LIMIT_HOURS)
    _checked[organisation] = now


def seal(*, at: datetime) -> int:
    """Chain every unchained entry of the body in scope and seal the new head; returns how many were chained.

    One sealer per body at a time: a second one returns 0. The seal is signed with the installation's Ed25519
    key and copied to the seal directory, which should stand on another host under another administrator.
    """
    with transaction.atomic():
        if not _only_sealer():
            return 0
        head = queries.head()
        waiting = queries.unchained()
        if not waiting:
            return 0
        sequence, previous = (head.sequence, head.hash) if head else (0, rules.GENESIS)
        links = []
        for entry in waiting:
            sequence += 1
            current = rules.next_hash(previous, entry)
            links.append((sequence, entry.id, previous, current))
            previous = current
        insert_rows(AuditLink, ("sequence", "entry_id", "previous", "hash"), links)
        sealed = _sealed(sequence, previous, at)
    _checked[current_organisation()] = at
    _copy_out(sealed)
    return len(links)


def _only_sealer() -> bool:
    if connection.vendor != "postgresql":
        return True  # SQLite: BEGIN IMMEDIATE lets one writer in at a time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SEAL_LOCK, int(current_organisation())])
        return bool(cursor.fetchone()[0])


def _sealed(sequence: int, head: str, at: datetime) -> Mapping[str, str | int]:
    body: dict[str, str | int] = {
        "organisation": current_organisation(), "last_sequence": sequence, "head": head, "sealed_at": rules.stamp(at),
    }  # fmt: skip
    signature = _signing_key().sign(rules.canonical(body)).hex()
    AuditSeal.objects.create(
        organisation_id=current_organisation(), last_sequence=sequence, head=head, sealed_at=at,
        stamp=rules.stamp(at), signature=signature,
    )  # fmt: skip
    return {**body, "signature": signature}


def _signing_file() -> Path:
    return settings.TODOKE_SEAL_KEY_FILE or Path(settings.TODOKE_MASTER_KEY_FILE).with_name("seal.key")


def _signing_key() -> Ed25519PrivateKey:
    path = _signing_file()
    coming = path.with_name("seal.next.key")
    if coming.exists():  # a change that was killed half-way: the new key counts as soon as it was announced
        key = _key_in(coming)
        if queries.seal_keys()[-1:] == [SealKey(_public(key), None)]:
            return key
    if not path.exists():
        durable.keep_first(path, os.urandom(32).hex().encode())
    return _key_in(path)


def _key_in(path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def rotate_seal_key(organisations: Sequence[str], *, actor: Actor, at: datetime) -> str:
    """Let a new key sign the seals from now on, announced by the old one beside the first public key（hex returned）.

    Killed at any moment, it goes on by the same call: key made, key announced, key in its place. Seals of the old key
    stay valid up to the change. Call outside any scope.
    """
    path = _signing_file()
    coming, old = path.with_name("seal.next.key"), _signing_key()
    _keep_public_key()
    durable.keep_first(coming, os.urandom(32).hex().encode())
    new = _key_in(coming)
    if _public(new) != _public(old):
        _announce(old, _public(new), at)
    durable.put(path, coming.read_bytes(), mode=0o600)
    coming.unlink()
    durable.sync_folder(path.parent)
    for organisation in organisations:
        with scope(organisation):
            record(
                "keys.seal_changed", object_kind="organisation", object_id=organisation, actor=actor, at=at,
                facts={"before": _public(old)[:16], "after": _public(new)[:16]},
            )  # fmt: skip
    return _public(new)


def _announce(old: Ed25519PrivateKey, public: str, at: datetime) -> None:
    since, before = rules.stamp(at), _public(old)
    signature = old.sign(rules.key_statement(before, public, since)).hex()
    line = json.dumps({"after": before, "key": public, "from": since, "signature": signature}, sort_keys=True)
    durable.append_line(Path(settings.TODOKE_SEAL_COPY_DIR) / queries.KEY_CHANGES, line.encode())


def sign(content: bytes) -> str:
    """The signature (hex) of the installation's sealing key over what another stage vouches for（控えの目録）.

    The content begins with a line that says what it is: a seal begins with a brace, so neither passes for the other.
    """
    if content.startswith(b"{"):
        raise ValueError("a seal is signed by seal() alone")
    return _signing_key().sign(content).hex()


def _copy_out(sealed: Mapping[str, str | int]) -> None:
    """Append the seal to `<seal directory>/<団体コード>.jsonl` and keep the public key beside it."""
    folder = Path(settings.TODOKE_SEAL_COPY_DIR)
    _keep_public_key()
    line = json.dumps(sealed, sort_keys=True).encode()
    durable.append_line(folder / f"{sealed['organisation']}.jsonl", line)


def _keep_public_key() -> None:
    """The first public key, from which all later ones follow."""
    path = Path(settings.TODOKE_SEAL_COPY_DIR) / "seal.pub"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        durable.put(path, _public(_signing_key()).encode())
