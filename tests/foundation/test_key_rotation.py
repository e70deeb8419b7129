"""Keys are changed without a moment in which something cannot be read, and whoever is killed goes on."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pyrage
import pytest
from django.conf import settings

from tests.support.rows import make
from todoke.foundation import durable
from todoke.foundation.audit import queries as audit_queries
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.backup.services import keys as backup_keys
from todoke.foundation.fence import scope
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.keyring import services as keys
from todoke.foundation.keyring.errors import KeyMissing, KeysReadOnly, KeyVersionMissing, StillNeeded
from todoke.foundation.models import SecondFactor, Staff
from todoke.foundation.vault import queries, services
from todoke.foundation.vault.models import Blob
from todoke.foundation.vault.values import BlobRef

from .conftest import NOW

Towns = tuple[str, str]
ACTOR = Actor(ActorKind.COMMAND, "test")


@pytest.fixture(autouse=True)
def new_process() -> None:
    """Nothing is known of how far another test's change has come."""
    services.rotation._reached.clear()


class Killed(BaseException):
    """As a kill ends a process: nothing catches it."""


def store(town: str, content: bytes) -> BlobRef:
    written = services.write(town, [content])
    with scope(town):
        (ref,) = services.register([written], at=NOW)
    return ref


def read(town: str, ref: BlobRef) -> bytes:
    with scope(town):
        return queries.open_blob(ref.id).read()


def rewrap(town: str, *, limit: int = 500) -> int:
    return services.rewrap_some(town, actor=ACTOR, at=NOW, limit=limit)


def killed_at(number: int, function: str) -> Iterator[None]:
    """The nth call of a function of `durable` does not come back."""
    real, left = getattr(durable, function), number

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return real(*args, **kwargs)

    with patch.object(durable, function, counted):
        yield


def test_both_versions_are_read_while_originals_are_wrapped_anew(towns: Towns) -> None:
    town, other = towns
    old = [store(town, f"original {number}".encode()) for number in range(7)]
    theirs = store(other, b"another body's")
    assert services.begin_rotation(town, actor=ACTOR, at=NOW) == 2
    new = store(town, b"after the change")
    seen = []
    while count := rewrap(town, limit=3):
        seen.append(count)
        assert [read(town, ref) for ref in old] == [f"original {number}".encode() for number in range(7)]
        assert read(town, new) == b"after the change"
    assert seen == [3, 3, 1]
    with scope(town):
        assert set(Blob.objects.values_list("key_version", flat=True)) == {2}
        assert queries.rewrapping().waiting == 0
        actions = [entry.action for entry in audit_queries.of_object("organisation", town)]
    assert actions == ["keys.rotation_begun", "keys.rotation_done"]
    assert read(other, theirs) == b"another body's"
    assert keyring.keys_of(other).current == 1


def test_a_change_killed_after_any_step_goes_on_where_it_was(towns: Towns) -> None:
    refs = [store(towns[0], f"original {number}".encode()) for number in range(6)]
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    rewrap(towns[0], limit=2)
    with patch.object(services.rotation, "update_rows", side_effect=Killed), pytest.raises(Killed):
        rewrap(towns[0], limit=2)
    services.rotation._reached.clear()  # another process, which knows nothing
    assert services.begin_rotation(towns[0], actor=ACTOR, at=NOW) == 2, "no third key beside the second"
    assert services.rewrap_all(towns[0], actor=ACTOR, at=NOW, tell=lambda done, waiting: None) == 4
    assert [read(towns[0], ref) for ref in refs] == [f"original {number}".encode() for number in range(6)]


def test_equal_contents_are_found_by_either_key(towns: Towns) -> None:
    first = store(towns[0], b"the same")
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    assert store(towns[0], b"the same").id == first.id
    rewrap(towns[0])
    assert store(towns[0], b"the same").id == first.id
    with scope(towns[0]):
        assert Blob.objects.count() == 1


def test_a_copy_that_a_slow_process_stored_beside_it_stays_readable(towns: Towns) -> None:
    first = store(towns[0], b"the same")
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    written = services.write(towns[0], [b"the same"])
    with scope(towns[0]):
        with patch.object(
            queries, "tags_of_any_key", lambda found: {one.content_tag: one.content_tag for one in found}
        ):
            (second,) = services.register([written], at=NOW)
    assert rewrap(towns[0]) == 1
    assert read(towns[0], first) == read(towns[0], second) == b"the same"


def test_what_was_destroyed_stays_destroyed(towns: Towns) -> None:
    ref = store(towns[0], b"disposed of")
    with scope(towns[0]):
        services.destroy_keys([ref.id], in_use=lambda _: set(), at=NOW)
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    rewrap(towns[0])
    with scope(towns[0]):
        row = Blob.objects.get()
        assert (bytes(row.wrapped_key), row.key_version) == (b"", 2)


def test_the_old_key_goes_only_when_nothing_needs_it(towns: Towns) -> None:
    ref = store(towns[0], b"kept")
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    with pytest.raises(StillNeeded):
        services.retire_keys(towns[0], actor=ACTOR, at=NOW)
    assert services.retire_keys(towns[0], actor=ACTOR, at=NOW, settled_for=timedelta(0)) == 1
    assert [path.name for path, *_ in keyring.body_files(towns[0])] == [f"{towns[0]}.2.key"]
    assert read(towns[0], ref) == b"kept"
    assert services.begin_rotation(towns[0], actor=ACTOR, at=NOW) == 3


def test_a_lost_version_is_named_with_its_file(towns: Towns) -> None:
    ref = store(towns[0], b"old")
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    path, *_ = keyring.body_files(towns[0])[-1]
    first = keyring.bodies_folder() / f"{towns[0]}.key"
    kept = first.read_bytes()
    first.unlink()
    keyring.look_again(towns[0])
    with pytest.raises(KeyVersionMissing) as lost:
        read(towns[0], ref)
    assert f"第1版（{towns[0]}.key）" in lost.value.for_screen()
    first.write_bytes(kept)
    assert read(towns[0], ref) == b"old"
    for one in (first, path):
        one.unlink()
    keyring.look_again(towns[0])
    with pytest.raises(KeyVersionMissing):
        keyring.keys_of(towns[0])


def test_sealed_fields_are_sealed_anew_too(towns: Towns) -> None:
    store(towns[0], b"something")
    with scope(towns[0]):
        person = make(Staff, sign_in_name="hanako", password="!")  # noqa: S106  # cannot be used
        sealed = keyring.sealed(towns[0], b"the secret", b"label")
        make(
            SecondFactor,
            staff=person,
            sealed_secret=keyring.sealed(towns[0], b"x" * 20, b"todoke second step"),
        )
    assert keyring.opened(towns[0], sealed, b"label") == b"the secret"
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    rewrap(towns[0])
    with scope(towns[0]):
        stored = bytes(SecondFactor.objects.get().sealed_secret)
    assert keyring.sealed_version(stored) == 2
    assert keyring.opened(towns[0], stored, b"todoke second step") == b"x" * 20


@pytest.mark.parametrize(("number", "function"), [
    (1, "keep_first"), (1, "put"), (2, "put"), (3, "put"), (4, "put"), (1, "sync_folder"),
])  # fmt: skip
def test_a_change_of_the_master_key_killed_anywhere_goes_on(towns: Towns, number: int, function: str) -> None:
    refs = {town: store(town, town.encode()) for town in towns}
    before = keyring.master_key()
    with pytest.raises(Killed):
        for _ in killed_at(number, function):
            keys.rotate_master()
    for town in towns:
        keyring.look_again(town)
        assert read(town, refs[town]) == town.encode(), "readable in the middle of it"
    keys.rotate_master()
    assert keyring.master_key() != before
    for town in towns:
        keyring.look_again(town)
        assert read(town, refs[town]) == town.encode()
    state = keyring.master_state()
    assert (state.is_changing, state.has_old, state.to_wrap) == (False, True, 0)
    assert keys.retire_master()
    keyring.look_again(towns[0])
    assert read(towns[0], refs[towns[0]]) == towns[0].encode()


def test_keys_that_lie_where_nobody_may_write_are_not_changed(towns: Towns) -> None:
    store(towns[0], b"kept")
    with patch.object(durable, "keep_first", side_effect=PermissionError), pytest.raises(KeysReadOnly):
        keys.rotate_master()
    with patch.object(durable, "keep_first", side_effect=PermissionError), pytest.raises(KeysReadOnly):
        keys.new_version(towns[0])


def test_a_copy_of_the_keys_holds_every_version_and_brings_them_back(towns: Towns, tmp_path: Path) -> None:
    refs = [store(towns[0], b"before")]
    services.begin_rotation(towns[0], actor=ACTOR, at=NOW)
    keys.rotate_master()
    refs.append(store(towns[0], b"after"))
    pair = pyrage.x25519.Identity.generate()
    backup_keys.copy_keys(tmp_path, "copy.keys.age", [pair.to_public()])
    shutil.rmtree(Path(settings.TODOKE_MASTER_KEY_FILE).parent)
    keyring.look_again(towns[0])
    with pytest.raises(KeyMissing):
        read(towns[0], refs[0])
    backup_keys.put_back(tmp_path / "copy.keys.age", [pair])
    keyring.look_again(towns[0])
    assert [read(towns[0], ref) for ref in refs] == [b"before", b"after"]
    backup_keys.check_in_place(frozenset(towns[:1]))


def seal_something(town: str) -> None:
    with scope(town):
        audit.record("case.moved", object_kind="case", object_id="1", actor=ACTOR, at=NOW)
    with scope(town):
        audit.seal(at=NOW)


def verified(town: str, tmp_path: Path) -> tuple[bool, str]:
    """What Todoke and the verifier that needs nothing of it say."""
    trail, seals = tmp_path / "trail.jsonl", Path(settings.TODOKE_SEAL_COPY_DIR)
    with scope(town):
        trail.write_text(
            "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in audit_queries.export())
        )
        report = audit_queries.verify()
    tool = Path(__file__).parents[2] / "tools" / "audit_verify.py"
    words = (trail, "--seals", seals / f"{town}.jsonl", "--key", seals / "seal.pub")
    command = [sys.executable, "-I", str(tool), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own script
    assert (done.returncode == 0) is report.is_whole
    return report.is_whole, done.stdout


def test_seals_before_and_after_a_change_of_their_key_hold(towns: Towns, tmp_path: Path) -> None:
    seal_something(towns[0])
    first = audit_queries.seal_keys()[0].public
    public = audit.rotate_seal_key(towns, actor=ACTOR, at=NOW)
    seal_something(towns[0])
    assert [one.public for one in audit_queries.seal_keys()] == [first, public]
    is_whole, said = verified(towns[0], tmp_path)
    assert is_whole, said
    assert "4 seals" in said, "two in the database, two outside"


@pytest.mark.parametrize(("number", "function"), [
    (1, "keep_first"), (1, "append_line"), (1, "put"), (1, "sync_folder"),
])  # fmt: skip
def test_a_change_of_the_seals_key_killed_anywhere_goes_on(
    towns: Towns, tmp_path: Path, number: int, function: str
) -> None:
    seal_something(towns[0])
    with pytest.raises(Killed):
        for _ in killed_at(number, function):
            audit.rotate_seal_key(towns, actor=ACTOR, at=NOW)
    seal_something(towns[0])
    audit.rotate_seal_key(towns, actor=ACTOR, at=NOW)
    seal_something(towns[0])
    is_whole, said = verified(towns[0], tmp_path)
    assert is_whole, said


def test_a_key_that_the_one_before_did_not_announce_counts_for_nothing(towns: Towns, tmp_path: Path) -> None:
    seal_something(towns[0])
    changes = Path(settings.TODOKE_SEAL_COPY_DIR) / audit_queries.KEY_CHANGES
    forged = {"after": "00", "key": "11" * 32, "from": "2026-04-06T00:00:00.000000Z", "signature": "22" * 64}
    changes.write_text(json.dumps(forged) + "\n")
    assert len(audit_queries.seal_keys()) == 1
    is_whole, said = verified(towns[0], tmp_path)
    assert is_whole, said


def test_an_old_key_signs_no_later_seal(towns: Towns, tmp_path: Path) -> None:
    seal_something(towns[0])
    old = audit._signing_file().read_bytes()
    audit.rotate_seal_key(towns, actor=ACTOR, at=NOW - timedelta(hours=1))
    audit._signing_file().write_bytes(old)  # a thief, or a host that was forgotten
    seal_something(towns[0])
    is_whole, said = verified(towns[0], tmp_path)
    assert not is_whole
    assert "signature does not hold" in said
