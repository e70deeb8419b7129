"""Wrapping originals anew by a body's newest key: some rows at a time, each transaction whole, whoever is killed.

Bytes are never touched: only the wrapped key of each original, its version and the tag by which equal contents are
found. Reading goes on all the while, because the older key stays until nothing is wrapped by it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.entrance import services as entrance
from todoke.foundation.fence import current_organisation, scope, update_rows
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.keyring import services as keys
from todoke.foundation.keyring.errors import StillNeeded
from todoke.foundation.keyring.values import BodyKeys
from todoke.foundation.vault import queries, rules
from todoke.foundation.vault.errors import BlobDamaged
from todoke.foundation.vault.models import Blob
from todoke.foundation.wrapping import unwrap, wrap

STEP = 500
SETTLED = timedelta(hours=1)  # no process that read the keys before goes on writing for so long
_reached: dict[
    tuple[str, int], int
] = {}  # how far this process has looked; a new one looks from the beginning


def rotate_master(organisations: Sequence[str], *, actor: Actor, at: datetime) -> int:
    """Change the installation's master key and note it with every body. Call outside any scope.

    Returns how many keys of bodies were wrapped anew. Raises KeysReadOnly, KeyMissing.
    """
    count = keys.rotate_master()
    for organisation in organisations:
        _note(organisation, "keys.master_changed", {}, actor, at)
    return count


def begin_rotation(organisation: str, *, actor: Actor, at: datetime) -> int:
    """Give a body a new key, or take up the change that is going on; returns its version. Call outside any scope."""
    before = keyring.keys_of(organisation).current
    version = keys.new_version(organisation)
    if version != before:
        _note(organisation, "keys.rotation_begun", {"version": version}, actor, at)
    return version


def _note(organisation: str, action: str, facts: dict[str, str | int], actor: Actor, at: datetime) -> None:
    with scope(organisation):
        audit.record(
            action, object_kind="organisation", object_id=organisation, actor=actor, at=at, facts=facts
        )  # fmt: skip


def rewrap_some(organisation: str, *, actor: Actor, at: datetime, limit: int = STEP) -> int:
    """Wrap up to `limit` originals by the body's newest key, and the sealed fields; returns how many, 0 at the end.

    Call outside any scope. Any number of processes may do it at once. Raises KeyVersionMissing, BlobDamaged.
    """
    ring = keyring.keys_of(organisation)
    if not ring.is_rotating:
        return 0
    place = (organisation, ring.current)
    with scope(organisation):
        fields = entrance.reseal()
    count, reached = _retried(organisation, ring, _reached.get(place, 0), limit)
    _reached[place] = reached
    if count and not waits(organisation):
        _note(organisation, "keys.rotation_done", {"version": ring.current}, actor, at)
    return count + fields


def waits(organisation: str) -> bool:
    """Whether originals wait to be wrapped anew, as far as this process has not looked yet. Opens its own scope."""
    ring = keyring.keys_of(organisation)
    if not ring.is_rotating:
        return False
    reached = _reached.get((organisation, ring.current), 0)
    with scope(organisation, read_only=True):
        return Blob.objects.filter(pk__gt=reached, key_version__lt=ring.current).exists()


def _retried(organisation: str, ring: BodyKeys, after: int, limit: int) -> tuple[int, int]:
    """One step; once more when somebody has just stored the same content under the new tag."""
    try:
        with scope(organisation):
            return _step(ring, after, limit)
    except IntegrityError:
        with scope(organisation):
            return _step(ring, after, limit)


def _step(ring: BodyKeys, after: int, limit: int) -> tuple[int, int]:
    newest = Blob.objects.aggregate(newest=Max("pk"))["newest"] or after
    rows = Blob.objects.filter(pk__gt=after, key_version__lt=ring.current).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    found = list(rows[:limit])
    tags = {row.pk: rules.content_tag(ring.key, row.sha256) for row in found}
    taken = set(Blob.objects.filter(content_tag__in=tags.values()).values_list("content_tag", flat=True))
    for row in found:
        if row.destroyed_at is None:
            row.wrapped_key = wrap(_unwrapped(row), ring.key, rules.BLOB_KEY)
            row.content_tag = rules.repeated_tag(row.pk) if tags[row.pk] in taken else tags[row.pk]
            taken.add(row.content_tag)
        row.key_version = ring.current
    update_rows(found, ["wrapped_key", "content_tag", "key_version"])
    return len(found), found[-1].pk if len(found) == limit else max(after, newest)


def _unwrapped(row: Blob) -> bytes:
    key = keyring.key_of(current_organisation(), row.key_version)
    try:
        return unwrap(bytes(row.wrapped_key), key, rules.BLOB_KEY)
    except InvalidTag as misfit:
        raise BlobDamaged from misfit


def rewrap_all(organisation: str, *, actor: Actor, at: datetime, tell: Callable[[int, int], None]) -> int:
    """Wrap everything anew, telling after each step how many are done and how many wait; returns how many."""
    _reached.pop((organisation, keyring.keys_of(organisation).current), None)
    with scope(organisation, read_only=True):
        waiting = queries.rewrapping().waiting
    done = 0
    while count := rewrap_some(organisation, actor=actor, at=at):
        done += count
        tell(done, max(0, waiting - done))
    return done


def retire_keys(organisation: str, *, actor: Actor, at: datetime, settled_for: timedelta = SETTLED) -> int:
    """Remove the older keys of a body once nothing is wrapped by them; returns how many. Call outside any scope.

    What a slow process has still written by an older key is wrapped anew first. Raises StillNeeded, KeysReadOnly.
    """
    ring = keyring.keys_of(organisation)
    if not ring.is_rotating:
        return 0
    if keyring.newest_age(organisation) < settled_for:
        raise StillNeeded(because="新しい鍵を作ってから1時間たっていない")
    _reached.pop((organisation, ring.current), None)
    while rewrap_some(organisation, actor=actor, at=at):
        pass
    with scope(organisation), transaction.atomic():
        waiting = queries.rewrapping().waiting
        if waiting:
            raise StillNeeded(because=f"古い鍵で包んだ原本が{waiting}件ある")
        audit.record(
            "keys.retired", object_kind="organisation", object_id=organisation, actor=actor, at=at,
            facts={"version": ring.current},
        )  # fmt: skip
    return keys.retire_versions(organisation)
