"""Whose key is destroyed is unreadable at once; what nobody can read gives its room back, and nothing else moves."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries, rules, services
from todoke.foundation.vault.errors import BlobDestroyed, StoreFailed
from todoke.foundation.vault.models import Blob
from todoke.foundation.vault.values import BlobRef, Compaction

from .conftest import NOW

Towns = tuple[str, str]
ACTOR = Actor(ActorKind.COMMAND, "uid:1")
SECRET = b"CANARY-" + bytes(range(65, 91)) * 3000


def store(town: str, *contents: bytes) -> list[BlobRef]:
    with services.batch(town) as batch:
        for content in contents:
            batch.add([content])
    with scope(town):
        return services.register(batch.written, at=NOW)


def destroy(town: str, *refs: BlobRef, in_use: Sequence[int] = ()) -> list[BlobRef]:
    with scope(town):
        return services.destroy_keys(
            [ref.id for ref in refs], in_use=lambda ids: set(ids) & set(in_use), at=NOW
        )


def read(town: str, ref: BlobRef) -> bytes:
    with scope(town, read_only=True):
        return queries.open_blob(ref.id).read()


def segments(town: str) -> list[Path]:
    return sorted((Path(settings.TODOKE_VAULT_DIR) / town).glob("*.seg"))


def close_segments() -> None:
    """As when the workers that wrote them have ended."""
    while services._open:
        services._open.popitem()[1].close()


def compact(town: str, *, percent: int = 50, settled_for: timedelta = timedelta(0)) -> Compaction:
    return services.compact(town, dead_percent=percent, settled_for=settled_for, actor=ACTOR, at=NOW)


def test_without_its_key_an_original_is_unreadable_at_once(towns: Towns) -> None:
    gone, kept = store(towns[0], SECRET, b"still here")
    assert [one.sha256 for one in destroy(towns[0], gone)] == [gone.sha256]
    with pytest.raises(BlobDestroyed):
        read(towns[0], gone)
    assert read(towns[0], kept) == b"still here"
    with scope(towns[0]):
        row = Blob.objects.get(pk=gone.id)
        assert (bytes(row.wrapped_key), row.destroyed_at, row.sha256) == (b"", NOW, gone.sha256)


def test_destroying_twice_destroys_once(towns: Towns) -> None:
    (ref,) = store(towns[0], SECRET)
    assert destroy(towns[0], ref)
    assert destroy(towns[0], ref) == []


def test_what_somebody_still_refers_to_keeps_its_key(towns: Towns) -> None:
    (ref,) = store(towns[0], SECRET)
    assert destroy(towns[0], ref, in_use=[ref.id]) == []
    assert read(towns[0], ref) == SECRET


def test_another_body_cannot_destroy_a_key(towns: Towns) -> None:
    (ref,) = store(towns[0], SECRET)
    assert destroy(towns[1], ref) == []
    assert read(towns[0], ref) == SECRET


def test_equal_bytes_that_come_after_the_disposal_are_stored_anew(towns: Towns) -> None:
    (gone,) = store(towns[0], SECRET)
    destroy(towns[0], gone)
    (again,) = store(towns[0], SECRET)
    assert again.id != gone.id
    assert read(towns[0], again) == SECRET


def test_compaction_moves_what_is_alive_and_then_removes_the_old_segment(towns: Towns) -> None:
    dead, alive, empty = store(towns[0], SECRET, b"alive" * 20_000, b"")
    close_segments()
    destroy(towns[0], dead)
    (before,) = segments(towns[0])
    first = compact(towns[0], percent=1)
    assert (first.rewritten, first.removed) == (1, 0)
    assert before in segments(towns[0]), "a reader may still hold the old place"
    second = compact(towns[0], percent=1)
    assert (second.rewritten, second.removed) == (0, 1)
    (after,) = segments(towns[0])
    assert after.stat().st_size == rules.stored_length(100_000) + rules.stored_length(0)
    assert (read(towns[0], alive), read(towns[0], empty)) == (b"alive" * 20_000, b"")
    with scope(towns[0]):
        acts = (
            AuditEntry.objects.filter(object_kind="segment").order_by("pk").values_list("action", flat=True)
        )
        assert list(acts) == ["vault.compacted", "vault.segment_removed"]


def test_a_segment_with_little_to_gain_is_left_as_it_is(towns: Towns) -> None:
    dead, _ = store(towns[0], b"small", b"alive" * 20_000)
    close_segments()
    destroy(towns[0], dead)
    assert compact(towns[0], percent=50) == Compaction(0, 0, 0, 0, 0)


def test_a_segment_that_a_worker_writes_is_left_alone_however_dead_it_is(towns: Towns) -> None:
    (dead,) = store(towns[0], SECRET)
    destroy(towns[0], dead)
    assert compact(towns[0]).left_alone == 1
    (fresh,) = store(towns[0], b"next")
    assert len(segments(towns[0])) == 1
    assert read(towns[0], fresh) == b"next"


def test_a_segment_is_left_alone_until_it_has_settled(towns: Towns) -> None:
    """Bytes that are durable but not yet in a row must not vanish between the two."""
    written = services.write(towns[0], [SECRET])
    close_segments()
    assert compact(towns[0], settled_for=timedelta(hours=24)).left_alone == 1
    with scope(towns[0]):
        (ref,) = services.register([written], at=NOW)
    assert read(towns[0], ref) == SECRET


def test_bytes_of_a_batch_that_was_rolled_back_give_their_room_back(towns: Towns) -> None:
    services.write(towns[0], [SECRET])
    close_segments()
    done = compact(towns[0])
    assert (done.removed, done.bytes_freed) == (1, rules.stored_length(len(SECRET)))
    assert segments(towns[0]) == []


class Killed(BaseException):
    """As if the process ended here."""


PLACES = {
    "appending": (services.Segment, "append"), "fsync": (services.Segment, "sync"), "reading back": (services, "read_back"),
    "the rows": (audit, "record"), "the end": (os, "utime"),
}  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_a_compaction_that_is_killed_anywhere_leaves_the_old_or_the_new(
    towns: Towns, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    dead, alive = store(towns[0], SECRET, b"alive" * 20_000)
    close_segments()
    destroy(towns[0], dead)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*PLACES[where], die)
        with pytest.raises(Killed):
            compact(towns[0], percent=1)
    assert read(towns[0], alive) == b"alive" * 20_000
    for _ in range(3):
        compact(towns[0], percent=1)
    assert read(towns[0], alive) == b"alive" * 20_000
    assert [one.stat().st_size for one in segments(towns[0])] == [rules.stored_length(100_000)]


def test_a_full_disk_stops_the_compaction_and_takes_nothing_away(
    towns: Towns, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, alive = store(towns[0], SECRET, b"alive" * 20_000)
    close_segments()
    destroy(towns[0], dead)
    before = segments(towns[0])

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StoreFailed):
            compact(towns[0], percent=1)
    assert segments(towns[0]) == before
    assert read(towns[0], alive) == b"alive" * 20_000


def test_a_segment_with_a_damaged_original_is_not_rewritten(towns: Towns) -> None:
    dead, alive = store(towns[0], SECRET, b"alive" * 20_000)
    close_segments()
    destroy(towns[0], dead)
    (path,) = segments(towns[0])
    with open(path, "r+b") as file:
        file.seek(-3, os.SEEK_END)
        file.write(b"xxx")
    assert compact(towns[0], percent=1).left_alone == 1
    assert segments(towns[0]) == [path]
    assert alive.size == 100_000
