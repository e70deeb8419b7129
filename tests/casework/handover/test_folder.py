"""The shared folder: whole files, never overwritten, `.done` last, no links."""

import csv
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.casework.handover.conftest import SYSTEM, World, person
from tests.casework.identify.conftest import ACTOR, MINASE
from todoke.casework.handover import jobs, queries, services
from todoke.casework.handover.adapters.folder import FolderInbox
from todoke.casework.handover.errors import CoreAway, DestinationRefused, NameTaken
from todoke.casework.handover.values import AdapterKind, BatchFile, CoreSettings, CoreSystemRef
from todoke.foundation.fence import scope

CONTENT = b"key,value\r\nk1,v1\r\n"
FILE = BatchFile("fukushi-992011-000001", CONTENT, 1, hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A shared folder with its three parts."""
    for name in ("in", "receipts", "ledger"):
        (tmp_path / "share" / name).mkdir(parents=True)
    return tmp_path / "share"


def inbox(share: Path) -> FolderInbox:
    return FolderInbox(
        CoreSystemRef(
            1, MINASE, SYSTEM, "sample-core", AdapterKind.FOLDER, CoreSettings(folder=str(share)), False, 0
        )
    )


def answer(share: Path, name: str, rows: Sequence[Mapping[str, object]], part: str = "receipts") -> None:
    """The core system writes a file and then marks it as whole."""
    with open(share / part / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (share / part / f"{name}.done").touch()


def test_the_file_comes_whole_and_its_mark_last(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # E06
    order: list[str] = []
    real = os.link

    def link(source: str, target: str, **where: int) -> None:
        order.append(target)
        real(source, target, **where)  # type: ignore[arg-type]  # descriptors of folders

    monkeypatch.setattr(os, "link", link)
    inbox(share).send(FILE)
    assert order == [f"{FILE.name}.csv", f"{FILE.name}.done"]
    assert (share / "in" / f"{FILE.name}.csv").read_bytes() == CONTENT
    assert json.loads((share / "in" / f"{FILE.name}.done").read_text()) == {"rows": 1, "sha256": FILE.sha256}
    assert sorted(path.name for path in (share / "in").iterdir()) == [f"{FILE.name}.csv", f"{FILE.name}.done"]


def test_sending_again_does_no_harm(share: Path) -> None:
    inbox(share).send(FILE)
    inbox(share).send(FILE)
    assert len(list((share / "in").iterdir())) == 2


def test_what_was_left_half_done_is_finished(share: Path) -> None:  # E06
    (share / "in" / f"{FILE.name}.csv").write_bytes(CONTENT)
    inbox(share).send(FILE)
    assert (share / "in" / f"{FILE.name}.done").exists()


def test_a_file_of_that_name_with_other_bytes_is_never_replaced(share: Path) -> None:  # E07
    (share / "in" / f"{FILE.name}.csv").write_bytes(b"somebody else's")
    with pytest.raises(NameTaken):
        inbox(share).send(FILE)
    assert (share / "in" / f"{FILE.name}.csv").read_bytes() == b"somebody else's"
    assert not (share / "in" / f"{FILE.name}.done").exists()


def test_a_race_for_the_name_is_lost_without_damage(
    share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # E07
    def link(source: str, target: str, **where: int) -> None:
        (share / "in" / target).write_bytes(b"quicker")
        raise FileExistsError

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(NameTaken):
        inbox(share).send(FILE)
    assert (share / "in" / f"{FILE.name}.csv").read_bytes() == b"quicker"


def test_a_share_without_hard_links_still_gets_the_file(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(source: str, target: str, **where: int) -> None:
        raise PermissionError(1, "no hard links here")

    monkeypatch.setattr(os, "link", link)
    inbox(share).send(FILE)
    assert (share / "in" / f"{FILE.name}.csv").read_bytes() == CONTENT


def test_a_full_disk_means_away_and_leaves_nothing(
    share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # E07
    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(CoreAway):
        inbox(share).send(FILE)
    assert list((share / "in").iterdir()) == []


@pytest.mark.parametrize("part", ["in", "receipts", "ledger"])
def test_a_part_that_is_a_link_is_refused(share: Path, tmp_path: Path, part: str) -> None:  # E13
    (share / part).rmdir()
    (tmp_path / "elsewhere").mkdir()
    (share / part).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DestinationRefused):
        inbox(share).send(FILE)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("path", ["", "share", "/nowhere/at/all"])
def test_a_folder_that_is_not_registered_by_its_whole_path_is_refused(path: str) -> None:  # E13
    with pytest.raises(DestinationRefused):
        inbox(Path(path)).check_config()


def test_a_folder_behind_a_link_is_refused(share: Path, tmp_path: Path) -> None:  # E13
    (tmp_path / "link").symlink_to(share)
    with pytest.raises(DestinationRefused):
        inbox(tmp_path / "link").check_config()


def test_receipts_without_their_mark_are_not_read_yet(share: Path) -> None:
    row = {"seq": 1, "batch": FILE.name, "key": "k1", "outcome": "accepted", "code": "", "message": ""}
    answer(share, "r1", [row])
    (share / "receipts" / "r2.csv").write_text("seq,batch,key,outcome\r\n2,x,k2,acc")
    assert [one.seq for one in inbox(share).receipts(0)] == [1]
    assert list(inbox(share).receipts(1)) == []


@pytest.mark.parametrize(
    "text", ["seq,batch\r\nx,y\r\n", "seq,batch,key,outcome\r\n1,b,k,perhaps\r\n", "\x00"]
)
def test_garbage_counts_as_no_answer(share: Path, text: str) -> None:  # F15
    (share / "receipts" / "r1.csv").write_text(text)
    (share / "receipts" / "r1.done").touch()
    if text == "\x00":
        (share / "receipts" / "r1.csv").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(CoreAway):
        inbox(share).receipts(0)


def test_a_case_goes_through_the_folder_and_the_ledger_agrees(world: World, share: Path) -> None:
    with scope(MINASE):
        services.register_core_system(
            SYSTEM, profile="sample-core", adapter=AdapterKind.FOLDER, settings=CoreSettings(folder=str(share)),
            actor=ACTOR, at=world.clock.now,
        )  # fmt: skip
    world.open(person(0), person(1))
    world.round()
    assert world.states() == ["sent", "sent"]
    first, second = world.rows()
    words = [
        {
            "seq": 1,
            "batch": "b",
            "key": first.idempotency_key,
            "outcome": "accepted",
            "code": "",
            "message": "",
        },
        {
            "seq": 2,
            "batch": "b",
            "key": second.idempotency_key,
            "outcome": "refused",
            "code": "C-1",
            "message": "不備",
        },
    ]
    answer(share, "0001", words)
    world.clock.advance(seconds=61)
    world.round()
    assert world.states() == ["receipted", "refused"]
    with pytest.raises(CoreAway):
        jobs.fetch_ledger(MINASE, SYSTEM, ACTOR)
    held = [
        {"key": row.idempotency_key, "row_sha256": row.row_sha256, "outcome": outcome}
        for row, outcome in ((first, "accepted"), (second, "refused"))
    ]
    answer(share, MINASE, held, part="ledger")
    jobs.fetch_ledger(MINASE, SYSTEM, ACTOR)
    with scope(MINASE, read_only=True):
        assert queries.reconcile(SYSTEM).is_equal
