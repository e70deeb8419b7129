"""Originals come back byte for byte, are durable before a row knows them, and nothing on disk is readable."""

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from todoke.foundation.fence import scope
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.vault import queries, rules, services
from todoke.foundation.vault.errors import BlobDamaged, KeyMissing, StoreFailed, TooLarge
from todoke.foundation.vault.models import Blob
from todoke.foundation.vault.values import BlobRef
from todoke.foundation.wrapping import unwrap

from .conftest import NOW

Towns = tuple[str, str]
SIZES = [0, 1, rules.PIECE - 1, rules.PIECE, rules.PIECE + 1, 3 * rules.PIECE, 3 * rules.PIECE + 7]


def content(size: int) -> bytes:
    return bytes(number * 31 % 251 for number in range(size))


def store(town: str, *chunks: bytes) -> BlobRef:
    written = services.write(town, chunks)
    with scope(town):
        return services.register([written], at=NOW)[0]


def segments(town: str) -> list[Path]:
    return sorted((Path(settings.TODOKE_VAULT_DIR) / town).glob("*.seg"))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_stored_comes_back(towns: Towns, size: int) -> None:
    plain = content(size)
    ref = store(towns[0], plain[: size // 3], plain[size // 3 :])
    with scope(towns[0]):
        blob = queries.open_blob(ref.id)
    assert blob.read() == plain
    with blob.lent() as descriptor:
        assert os.pread(descriptor, size + 1, 0) == plain
        with pytest.raises(OSError):
            os.pwrite(descriptor, b"x", 0)


def test_an_original_is_lent_in_bounded_memory(towns: Towns, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = content(300_000)
    ref = store(towns[0], plain)
    monkeypatch.setattr(queries, "IN_MEMORY", 100_000)
    with scope(towns[0]), queries.open_blob(ref.id).lent() as descriptor:
        assert os.fstat(descriptor).st_nlink == 0
        assert os.pread(descriptor, 300_001, 0) == plain
        with pytest.raises(OSError):
            os.pwrite(descriptor, b"x", 0)


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=6), at=st.integers(0, 400),
       length=st.integers(0, 400))  # fmt: skip
def test_any_part_of_any_blob_cut_into_any_chunks_is_right(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cuts: list[int], at: int, length: int
) -> None:
    from unittest.mock import patch

    folder = tmp_path_factory.mktemp("vault")
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[left:right] for left, right in pairwise(edges)]
    with (
        patch.object(settings, "TODOKE_VAULT_DIR", folder / "v"),
        patch.object(settings, "TODOKE_MASTER_KEY_FILE", folder / "k" / "master.key"),
        patch.object(rules, "PIECE", 64),
    ):
        written = services.write("992011", chunks)
        opened = queries.OpenBlob(
            folder / "v" / "992011" / written.segment, written.offset, written.size, written.sha256,
            AESGCM(unwrap(written.wrapped_key, keyring.keys_of("992011").key, rules.BLOB_KEY)),
        )  # fmt: skip
        assert b"".join(opened.part(at, length)) == data[at : at + length]
        assert opened.read() == data


def test_equal_contents_are_stored_once_in_a_body_and_apart_between_bodies(towns: Towns) -> None:
    first, second = store(towns[0], b"same"), store(towns[0], b"same")
    other = store(towns[1], b"same")
    assert first == second
    assert other.id != first.id
    with scope(towns[1]), pytest.raises(BlobDamaged):
        queries.open_blob(first.id)


def test_the_disk_holds_no_plain_byte_and_file_names_tell_nothing(towns: Towns) -> None:
    plain = "見本 花子 くらし".encode() * 100
    ref = store(towns[0], plain)
    for file in Path(settings.TODOKE_VAULT_DIR).rglob("*"):
        if file.is_file():
            assert "花子".encode() not in file.read_bytes()
            assert ref.sha256[:12] not in file.name
            assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["flip", "cut"])
def test_damaged_bytes_are_never_returned(towns: Towns, damage: str) -> None:
    ref = store(towns[0], content(rules.PIECE + 100))
    (segment,) = segments(towns[0])
    data = bytearray(segment.read_bytes())
    if damage == "flip":
        data[rules.PIECE // 2] ^= 1
    segment.write_bytes(data if damage == "flip" else data[: rules.PIECE + rules.TAG])
    with scope(towns[0]):
        blob = queries.open_blob(ref.id)
    with pytest.raises(BlobDamaged):
        blob.read()


def test_a_failed_fsync_acknowledges_nothing_and_the_segment_is_not_used_again(
    towns: Towns, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(towns[0], b"before")
    real = os.fsync

    def broken(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", real)
        raise OSError(5, "EIO")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StoreFailed):
        services.write(towns[0], [b"lost"])
    store(towns[0], b"after")
    assert len(segments(towns[0])) == 2
    with scope(towns[0]):
        assert Blob.objects.count() == 2


def test_too_many_bytes_are_refused_while_they_stream(towns: Towns) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    with pytest.raises(TooLarge):
        services.write(towns[0], endless(), limit=50_000)


def test_an_original_that_breaks_off_takes_no_room_and_leaves_its_batch_whole(towns: Towns) -> None:
    town, _ = towns

    def cut() -> Iterator[bytes]:
        yield bytes(300_000)
        raise ConnectionResetError

    with services.batch(town) as batch:
        before = batch.add([b"before"])
        with pytest.raises(TooLarge):
            batch.add([bytes(200_000), bytes(200_000)], limit=300_000)
        after = batch.add([b"after"])
    with scope(town):
        first, second = services.register([before, after], at=NOW)
        assert queries.open_blob(first.id).read() == b"before"
        assert queries.open_blob(second.id).read() == b"after"
    with pytest.raises(StoreFailed):
        services.write(town, cut())
    assert sum(file.stat().st_size for file in segments(town)) < 200


def test_memory_stays_small_whatever_the_size(towns: Towns) -> None:
    import tracemalloc

    tracemalloc.start()
    ref = store(towns[0], *(bytes(1_000_000) for _ in range(1)))
    tracemalloc.reset_peak()
    written = services.write(towns[0], (bytes([number % 251]) * 250_000 for number in range(400)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written.size == 100_000_000
    assert peak < 5_000_000
    assert ref.size == 1_000_000


def test_bytes_of_a_batch_that_broke_belong_to_no_row_and_the_next_batch_is_whole(towns: Towns) -> None:
    with pytest.raises(RuntimeError), services.batch(towns[0]) as one:
        one.add([b"half"])
        raise RuntimeError
    ref = store(towns[0], b"whole")
    with scope(towns[0]):
        assert queries.open_blob(ref.id).read() == b"whole"
        assert Blob.objects.count() == 1


def test_a_wrong_or_missing_master_key_is_refused(towns: Towns) -> None:
    ref = store(towns[0], b"kept")
    master = Path(settings.TODOKE_MASTER_KEY_FILE)
    right = master.read_text()
    for wrong in ("00" * 32, "not a key", None):
        master.write_text(wrong) if wrong is not None else master.unlink()
        keyring.look_again(towns[0])
        with scope(towns[0]), pytest.raises(KeyMissing):
            queries.open_blob(ref.id)
    master.write_text(right)
    with scope(towns[0]):
        assert queries.open_blob(ref.id).read() == b"kept"
