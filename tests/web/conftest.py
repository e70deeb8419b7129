"""Two invented towns with applications on their desks, and people who sit at them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from samples import world
from sandbox.clamd.server import ClamdServer
from tests.support import desk
from tests.support.beginnings import Beginning, Beginnings
from tests.support.clock import Clock
from todoke.casework import journey
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.cli.demo_world import Neighbours, set_up
from todoke.foundation.accounts.values import Role
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope

MINASE, HIYORI, KAZAMI = "992011", "993018", "993026"
PASSWORD = "tsumugi-no-kaze-12"
NOWHERE = Neighbours("http://127.0.0.1:9", "http://127.0.0.1:9")


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample world on disk."""
    folder = tmp_path_factory.mktemp("world")
    world.build(folder, packages=60, residents=600)
    return folder


@dataclass(frozen=True, slots=True)
class Towns:
    """The towns as they stand: the sample world they came from and what its truth says of each package."""

    folder: Path
    truth: Sequence[Mapping[str, object]]

    def files(self, organisation: str) -> list[Path]:
        """The packages of a town."""
        return sorted((self.folder / "portal" / organisation).glob("*.zip"))

    def of(self, organisation: str, **facts: object) -> list[Mapping[str, object]]:
        """What the truth says of the packages of a town with these facts."""
        return [
            one
            for one in self.truth
            if one["organisation"] == organisation
            and all(one[name] == value for name, value in facts.items())
        ]

    def with_case(self, organisation: str) -> list[str]:
        """受付番号 of the packages that became cases."""
        return [str(one["receipt_number"]) for one in self.of(organisation, case=True)]


def bring_in(towns: Towns, organisation: str, files: Sequence[Path]) -> None:
    """Import packages by hand and run the jobs that carry them to the desk."""
    with scope(organisation):
        channel = relay_services.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=desk.ACTOR, at=now(),
        )  # fmt: skip
    relay_services.import_files(files, channel, actor=desk.ACTOR, at=now())
    journey.take_in(JobContext(organisation, Claimant("test", now()), 100))
    for job in journey.JOBS:
        if job.name in ("handover.prepare", "notify.queue_notices"):
            job.run(JobContext(organisation, Claimant("test", now()), 100))


def _set_up(folder: Path) -> Towns:
    Path(django_settings.TODOKE_MASTER_KEY_FILE).parent.mkdir(parents=True, exist_ok=True)
    set_up(folder, NOWHERE, actor=desk.ACTOR, at=now())
    truth = json.loads((folder / "truth.json").read_text())
    return Towns(folder, truth["packages"])


def _filled(folder: Path) -> Towns:
    towns = _set_up(folder)
    for organisation in (MINASE, HIYORI):
        bring_in(towns, organisation, towns.files(organisation))
    assert relay.channels() == [], "no scope, no rows"
    return towns


@pytest.fixture(scope="session")
def _bodies(beginnings: Beginnings, sample_world: Path) -> Beginning[Towns]:
    return beginnings.build("bodies", lambda: _set_up(sample_world))


@pytest.fixture(scope="session")
def _desks(beginnings: Beginnings, sample_world: Path) -> Beginning[Towns]:
    return beginnings.build("desks", lambda: _filled(sample_world))


@pytest.fixture
def empty_towns(_bodies: Beginning[Towns], var_dir: Path, clock: Clock) -> Iterator[Towns]:
    """Every body of the sample world, set up, without any package."""
    with _bodies.begun(var_dir) as towns:
        yield towns


@pytest.fixture
def clamd(settings: Settings, clock: Clock) -> Iterator[ClamdServer]:
    """A scanner of today, set up."""
    server = ClamdServer(built_at=clock.now)
    server.start()
    settings.TODOKE_CLAMD = server.address
    settings.TODOKE_SCAN_TIMEOUT_SECONDS = 0.3
    yield server
    server.stop()


@pytest.fixture
def towns(_desks: Beginning[Towns], var_dir: Path, clock: Clock) -> Iterator[Towns]:
    """みなせ市 and ひより町 with what came to them."""
    with _desks.begun(var_dir) as towns:
        yield towns


@pytest.fixture
def clerk(towns: Towns) -> Client:
    """A clerk of みなせ市 who may do whatever there is to do."""
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))


@pytest.fixture
def stranger(towns: Towns) -> Client:
    """A clerk of ひより町."""
    return desk.browser(HIYORI, desk.appoint(HIYORI, list(Role), name="stranger"))


@pytest.fixture
def towns_with_staff(empty_towns: Towns) -> int:
    """A clerk of みなせ市 with a password; returns the id."""
    from todoke.foundation.accounts import services as accounts

    staff_id = desk.appoint(MINASE, list(Role), name="hanako")
    with scope(MINASE):
        accounts.set_password(staff_id, PASSWORD, actor=desk.ACTOR, at=now())
    return staff_id
