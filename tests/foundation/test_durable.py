"""Small files that survive: whole or absent, one for all, and no torn line spoils the next."""

import errno
import json
import os
from pathlib import Path

import pytest

from todoke.foundation import durable
from todoke.foundation.audit import queries, services
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

ACTOR = Actor(ActorKind.WORKER, "test")


def test_the_first_content_stands_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one.key"
    durable.keep_first(path, b"first")
    durable.keep_first(path, b"second")
    assert path.read_bytes() == b"first"
    assert [one.name for one in path.parent.iterdir()] == ["one.key"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_file_that_is_put_again_holds_the_newer_content(tmp_path: Path) -> None:
    durable.put(tmp_path / "pub", b"old")
    durable.put(tmp_path / "pub", b"new")
    assert (tmp_path / "pub").read_bytes() == b"new"


def test_a_disk_that_refuses_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        durable.put(tmp_path / "pub", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_share_that_cannot_fsync_folders_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_descriptor: int) -> None:
        raise OSError(errno.EINVAL, "no")

    monkeypatch.setattr(os, "fsync", cannot)
    durable.sync_folder(tmp_path)
    with pytest.raises(OSError):
        durable.sync_folder(tmp_path, is_required=True)  # originals are not kept on such a share


def test_a_line_torn_by_a_crash_spoils_neither_the_next_nor_the_reading(
    towns: tuple[str, str], var_dir: Path
) -> None:
    organisation = towns[0]
    with scope(organisation):
        services.record("x", object_kind="x", object_id="1", actor=ACTOR, at=now())
        services.seal(at=now())
    copies = var_dir / "seals" / f"{organisation}.jsonl"
    copies.write_bytes(copies.read_bytes() + b'{"last_sequ')
    with scope(organisation):
        services.record("x", object_kind="x", object_id="2", actor=ACTOR, at=now())
        services.seal(at=now())
        report = queries.verify()
    first, torn, last = copies.read_text().splitlines()
    assert torn == '{"last_sequ'
    assert [json.loads(line)["last_sequence"] for line in (first, last)] == [1, 2]
    assert (report.is_whole, report.seals) == (True, 4)
