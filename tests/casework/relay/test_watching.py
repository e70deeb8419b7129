"""A watched folder: whole files are taken, put away, and taken once whatever happens in between."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.relay.portal import MINASE, NOW, number, stored
from todoke.casework.relay import jobs, queries
from todoke.casework.relay.adapters.folder import WatchedFolder
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelRef
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext


def lay(channel: ChannelRef, name: str, content: bytes = b"a package", *, age: float = 60) -> Path:
    path = Path(channel.settings.folder) / name
    path.write_bytes(content)
    written = time.time() - age
    os.utime(path, (written, written))
    return path


def collect(*, later: int = 0) -> int:
    return jobs.collect_folder(JobContext(MINASE, Claimant("worker-1", NOW + timedelta(hours=later)), 10))


def test_whole_files_are_stored_and_put_away(folder: ChannelRef) -> None:
    path = lay(folder, f"{number(1)}.zip")
    assert collect() == 1
    assert stored() == [number(1)]
    assert not path.exists()
    assert (path.parent / "done" / path.name).read_bytes() == b"a package"
    with scope(MINASE, read_only=True):
        package = Package.objects.get()
        assert (package.file_label, package.portal_received_at) == (path.name, None)


def test_a_file_that_is_still_being_written_is_left(folder: ChannelRef) -> None:
    path = lay(folder, f"{number(1)}.zip", age=0)
    assert collect() == 0
    assert path.exists()


def test_a_file_whose_name_tells_no_number_is_left(folder: ChannelRef) -> None:
    paths = [lay(folder, "scan.zip"), lay(folder, f"{number(1)}.zip.part")]
    assert collect() == 0
    assert all(path.exists() for path in paths)


def test_a_link_is_not_followed(folder: ChannelRef, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not for us")
    os.symlink(secret, Path(folder.settings.folder) / f"{number(1)}.zip")
    assert collect() == 0
    assert not stored()


def test_a_crash_between_storing_and_putting_away_stores_nothing_twice(
    folder: ChannelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay(folder, f"{number(1)}.zip")
    with monkeypatch.context() as patch:
        patch.setattr(WatchedFolder, "stored", _killed)
        with pytest.raises(KeyboardInterrupt):
            collect()
    assert path.exists()
    assert collect(later=1) == 0
    assert stored() == [number(1)]
    assert not path.exists()


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_same_file_again_is_put_away_under_another_name(folder: ChannelRef) -> None:
    done = lay(folder, f"{number(1)}.zip").parent / "done"
    collect()
    lay(folder, f"{number(1)}.zip")
    assert collect(later=1) == 0
    assert sorted(path.name for path in done.iterdir()) == [f"{number(1)}.2.zip", f"{number(1)}.zip"]


def test_a_folder_that_is_gone_is_named(folder: ChannelRef) -> None:
    os.rmdir(folder.settings.folder)
    assert collect() == 0
    assert jobs.problem_of(folder)
    with scope(MINASE, read_only=True):
        assert queries.last_runs()[0].list_code == "RLY-103"
