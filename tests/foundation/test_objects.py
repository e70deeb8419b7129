"""Originals on S3-compatible storage, spoken to over the real protocol: durable before a row, readable in part, swept."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.storage import bucket as bucket
from tests.support.storage import storage_server as storage_server
from todoke.foundation import objects
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.vault import queries, rules, services
from todoke.foundation.vault.errors import StoreFailed, TooLarge
from todoke.foundation.vault.models import Blob

from .conftest import NOW
from .test_vault import SIZES, Towns, content, store

ACTOR = Actor(ActorKind.COMMAND, "test")


def keys(town: str) -> list[str]:
    return [key for key, _, _ in objects.listing(rules.object_key(town, ""))]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_stored_comes_back_whole_in_part_and_lent(bucket: str, towns: Towns, size: int) -> None:
    plain = content(size)
    ref = store(towns[0], plain)
    with scope(towns[0]):
        blob = queries.open_blob(ref.id)
    assert blob.read() == plain
    assert b"".join(blob.part(size // 3, size)) == plain[size // 3 :]
    with blob.lent() as descriptor:
        assert os.pread(descriptor, size + 1, 0) == plain
    assert len(keys(towns[0])) == 1
    assert not list(Path(settings.TODOKE_VAULT_DIR).glob("*/*.seg"))


def test_a_batch_is_stored_before_it_ends_and_every_original_is_an_object_of_its_own(
    bucket: str, towns: Towns
) -> None:
    with services.batch(towns[0]) as batch:
        for size in (10, 200_000, 70_000):
            batch.add([content(size)])
        with pytest.raises(TooLarge):
            batch.add([content(500)], limit=100)
        assert keys(towns[0]) == []
    assert len(keys(towns[0])) == 3
    with scope(towns[0]):
        refs = services.register(batch.written, at=NOW)
        assert [len(one.read()) for one in queries.open_blobs(ref.id for ref in refs).values()] == [
            10,
            200_000,
            70_000,
        ]
        assert queries.read_back() == []


def test_nobody_can_read_an_object_and_its_name_says_nothing(
    bucket: str, towns: Towns, tmp_path: Path
) -> None:
    plain = "申請者の氏名".encode() * 50
    store(towns[0], plain)
    (key,) = keys(towns[0])
    stored = tmp_path / "stored"
    with stored.open("wb") as file:
        objects.read_into(key, 0, rules.stored_length(len(plain)), file.fileno())
    assert plain[:18] not in stored.read_bytes()
    assert key.startswith(f"vault/{towns[0]}/")


def test_storage_that_is_away_acknowledges_nothing(
    bucket: str, towns: Towns, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = store(towns[0], b"before")
    monkeypatch.setattr(settings, "TODOKE_S3_BUCKET", "no-such-bucket")
    with pytest.raises(StoreFailed):
        services.write(towns[0], [b"content"])
    with scope(towns[0]), pytest.raises(objects.StorageAway, match="SYS-908") as away:
        queries.open_blob(ref.id).read()
    assert "no-such-bucket" not in away.value.for_screen()
    monkeypatch.setattr(settings, "TODOKE_S3_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(StoreFailed):
        services.write(towns[0], [b"content"])


def test_what_was_in_files_before_stays_readable_beside_objects(
    bucket: str, towns: Towns, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(settings, "TODOKE_S3_BUCKET", "")
        in_a_file = store(towns[0], b"in a file")
    in_the_bucket = store(towns[0], b"in the bucket")
    with scope(towns[0]):
        assert queries.open_blob(in_a_file.id).read() == b"in a file"
        assert queries.open_blob(in_the_bucket.id).read() == b"in the bucket"


def test_objects_without_a_readable_original_are_swept_and_no_other(bucket: str, towns: Towns) -> None:
    kept, gone = store(towns[0], b"kept"), store(towns[0], b"gone")
    services.write(towns[0], [b"its row was rolled back"])
    other = store(towns[1], b"another body's")
    with scope(towns[0]):
        services.destroy_keys([gone.id], in_use=lambda ids: set(), at=NOW)
    young = services.compact(towns[0], dead_percent=50, settled_for=timedelta(hours=1), actor=ACTOR, at=NOW)
    assert (young.removed, young.left_alone) == (0, 2)
    done = services.compact(towns[0], dead_percent=50, settled_for=timedelta(0), actor=ACTOR, at=NOW)
    assert done.removed == 2
    with scope(towns[0]):
        assert keys(towns[0]) == [rules.object_key(towns[0], Blob.objects.get(pk=kept.id).segment)]
        assert queries.open_blob(kept.id).read() == b"kept"
    with scope(towns[1]):
        assert queries.open_blob(other.id).read() == b"another body's"
