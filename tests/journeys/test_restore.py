"""The restore drill: a journey, a backup, more of the journey, the machine is lost; restored, it delivers once."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from samples import world
from tests.support import desk
from tests.support.machines import Vaults, live_in, new_machine
from tests.support.town import Town, assert_nothing_is_lost
from todoke.casework import journey
from todoke.casework.handover import queries as handover
from todoke.casework.handover import services as handover_services
from todoke.casework.notify import services as notify
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.cli import work
from todoke.cli.verbs import command_actor
from todoke.foundation.accounts.queries import viewer
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.backup import queries as backup
from todoke.foundation.backup import services as backup_services
from todoke.foundation.backup.errors import NotReconciled, ReasonMissing
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import read_back

EARLIER = timedelta(hours=24)


@pytest.fixture(scope="module")
def sample_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smaller world than that of the other stories: this one is lived through three times."""
    out = tmp_path_factory.mktemp("world") / "samples"
    world.build(out, packages=60, residents=6000)
    return out


def work_for(rounds: int) -> None:
    """Some rounds of the worker, and no more."""
    worker = work.Worker()
    for _ in range(rounds):
        worker.round()


def read_channels_at_once() -> None:
    """As `todoke relay pull` does: every channel is due now."""
    for body in organisations():
        with scope(body.code):
            relay.make_channels_due(at=now())


def seal() -> None:
    """Nothing may wait for a seal while the clock leaps."""
    for body in organisations():
        with scope(body.code):
            audit.seal(at=now())


def originals() -> dict[str, set[str]]:
    """By body, the hashes of the packages that are stored."""
    found = {}
    for body in organisations():
        with scope(body.code, read_only=True):
            found[body.code] = set(Package.objects.values_list("content_hash", flat=True))
    return found


def put_back_folders(town: Town) -> None:
    """A person moves what watched folders have put away back, so that it is taken once more."""
    for done in town.data.glob("folder/*/*/"):
        for file in done.iterdir():
            file.rename(done.parent / file.name)


def linker(organisation: str) -> Viewer:
    """A person of the 連携 role, appointed after the restore."""
    staff = desk.appoint(organisation, [Role.LINKAGE], name=f"linker-{organisation}")
    with scope(organisation, read_only=True):
        found = viewer(staff)
    assert found is not None
    return found


def reconcile_and_release(organisation: str) -> int:
    """What the named person does on the 突合表: fetch, accept, release; returns how many rows were settled."""
    person, settled = linker(organisation), 0
    with scope(organisation, read_only=True):
        systems = handover.core_systems()
    for system in systems:
        assert system.is_held
        with scope(organisation), pytest.raises(NotReconciled):
            handover_services.resume_after_restore(person, system.name, reason="見本", at=now())
        with scope(organisation), pytest.raises(NotReconciled):
            notify.resume_after_restore(person, at=now())
        journey.fetch_ledger(organisation, system.name, command_actor())
        settled += journey.accept_ledger(person, system.name)
        with scope(organisation):
            table = handover.reconcile(system.name)
            if not table.is_equal:
                with pytest.raises(ReasonMissing):
                    handover_services.resume_after_restore(person, system.name, reason=" ", at=now())
            handover_services.resume_after_restore(person, system.name, reason="確かめた", at=now())
    with scope(organisation):
        notify.resume_after_restore(person, at=now())
        assert backup.open_restoration() is None
    return settled


def test_what_was_backed_up_and_lost_comes_back_and_is_delivered_once(
    town: Town, settings: Settings, tmp_path: Path, var_dir: Path
) -> None:
    live_in(settings, var_dir)
    settings.TODOKE_BATCH_LIMIT = 3
    settings.TODOKE_CLOCK_OFFSET_SECONDS -= (
        EARLIER.total_seconds()
    )  # the newest are not listed by the portal yet
    read_channels_at_once()
    vaults = Vaults(tmp_path / "backups")
    vaults.prepare(settings)
    work_for(3)  # in the middle: some are with the core, some on the way
    taken = vaults.take()
    stored = originals()
    seal()
    settings.TODOKE_CLOCK_OFFSET_SECONDS += EARLIER.total_seconds()
    settings.TODOKE_BATCH_LIMIT = 100
    assert town.drain()  # what follows is lost with the machine
    everything = originals()
    assert any(stored.values())
    assert sum(map(len, everything.values())) - sum(map(len, stored.values())) > 3
    before = town.delivered(), town.registered()
    with new_machine(settings, tmp_path / "new"):
        report = vaults.restore(taken.name)
        assert report.taken_at == taken.taken_at
        assert originals() == stored
        for body in organisations():
            with scope(body.code, read_only=True):
                assert read_back() == []
        put_back_folders(town)
        read_channels_at_once()
        assert work.drain(patience=20)  # all that comes in is carried as far as the hold lets it
        assert (town.delivered(), town.registered()) == before
        assert originals() == everything
        settled = sum(reconcile_and_release(body.code) for body in organisations())
        assert settled > 0
        assert town.drain()
        assert (
            town.delivered(),
            town.registered(),
        ) == before  # everything was there: nothing is new to anybody
        assert_nothing_is_lost(town)
        for body in organisations():
            with scope(body.code, read_only=True):
                assert all(handover.reconcile(one.name).is_equal for one in handover.core_systems())
        again = vaults.take()
        assert backup_services.verify(vaults.sets, again.name, identity=vaults.identity).is_whole
