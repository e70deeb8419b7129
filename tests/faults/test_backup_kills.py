"""kill -9 of a backup and of a restore: no half set verifies, nothing starts on half a restore, and both go on."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from tests.foundation.conftest import HIYORI, MINASE, NOW
from tests.foundation.test_backup import hashes, store
from tests.support.machines import Vaults, live_in, new_machine
from todoke.foundation.audit import queries as audit
from todoke.foundation.backup import queries, services
from todoke.foundation.backup.errors import RestoreUnfinished
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.queries import organisations as bodies
from todoke.foundation.organisations.values import OrganisationKind

KILLS = int(os.environ.get("TODOKE_BACKUP_KILLS", "2"))
SEED = int(os.environ.get("TODOKE_BACKUP_SEED", "7"))


@pytest.fixture
def vaults(committed_database: str, var_dir: Path, settings: Settings, tmp_path: Path) -> Vaults:
    """Two towns with something in each, and a place for their backups."""
    live_in(settings, var_dir)
    for code in (MINASE, HIYORI):
        organisations.register_organisation(code, name="町", kind=OrganisationKind.MUNICIPALITY, at=NOW)
        store(code, b"before", 3)
    found = Vaults(tmp_path / "backups")
    found.prepare(settings)
    return found


def killed_after(act: Callable[[], object], seconds: float) -> bool:
    """Do it in a process of its own and kill -9 that after so long; False when it was over before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_killed_backup_leaves_whole_sets_only_and_the_next_one_is_whole(vaults: Vaults) -> None:
    begun = time.monotonic()
    vaults.take()
    chance, whole = random.Random(SEED), time.monotonic() - begun
    for _ in range(KILLS):
        store(MINASE, b"more", 1)
        killed_after(vaults.take, chance.uniform(0, whole))
        for name in queries.set_names(vaults.sets):
            assert services.verify(vaults.sets, name, identity=vaults.identity, keys=vaults.keys).is_whole
    name = vaults.take().name
    assert services.verify(vaults.sets, name, identity=vaults.identity, keys=vaults.keys).is_whole
    assert not list(vaults.sets.glob(".draft-*"))


@pytest.mark.sqlite_only("a restore takes long there; one is killed on PostgreSQL below")
def test_a_killed_restore_starts_nothing_and_the_next_one_goes_on(
    vaults: Vaults, settings: Settings, tmp_path: Path
) -> None:
    chance, name = random.Random(SEED), vaults.take().name
    before = {town: hashes(town) for town in (MINASE, HIYORI)}
    with new_machine(settings, tmp_path / "measured", is_bare=True):
        begun = time.monotonic()
        vaults.restore(name)
        whole = time.monotonic() - begun
    with new_machine(settings, tmp_path / "new", is_bare=True):
        for _ in range(KILLS):
            if not killed_after(lambda: vaults.restore(name), chance.uniform(0, whole)):
                break
            nothing_starts_on_a_half()
        if (tmp_path / "new" / "restoring").exists() or not hashes_or_none(MINASE):
            vaults.restore(name)
        services.refuse_while_restoring()
        for town in (MINASE, HIYORI):
            assert hashes(town) == before[town]
            with scope(town, read_only=True):
                assert audit.verify().is_whole
                assert queries.is_held("core:any")


def hashes_or_none(town: str) -> dict[int, str]:
    from django.db import DatabaseError

    try:
        return hashes(town) if bodies() else {}
    except DatabaseError:  # no table yet
        return {}


def nothing_starts_on_a_half() -> None:
    """Either a mark refuses every start, or nothing has been written yet, or all is there with its hold."""
    try:
        services.refuse_while_restoring()
    except RestoreUnfinished:
        return
    if hashes_or_none(MINASE):
        with scope(MINASE, read_only=True):
            assert queries.is_held("core:any")


@pytest.mark.postgresql_only("on SQLite the file appears with all its rows")
def test_a_restore_killed_between_the_tables_and_the_rows_goes_on(
    vaults: Vaults, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, before = vaults.take().name, hashes(MINASE)
    with new_machine(settings, tmp_path / "new", is_bare=True):
        with monkeypatch.context() as patch:
            patch.setattr(
                "todoke.foundation.backup.services.postgres_rows.load",
                lambda *_: os.kill(os.getpid(), signal.SIGKILL),
            )
            assert killed_after(lambda: vaults.restore(name), 120)
        with pytest.raises(RestoreUnfinished):
            services.refuse_while_restoring()
        vaults.restore(name)
        assert hashes(MINASE) == before
