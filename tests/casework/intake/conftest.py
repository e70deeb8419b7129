"""Trust as an operator installs it, two towns, and a way for packages to arrive."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.casework.intake.packages import ACTOR, APPLIED, HIYORI, MINASE, NOW, write_trust
from tests.support.clock import Clock
from todoke.casework.intake import jobs, queries
from todoke.casework.intake.values import Trust
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, Listed
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

Arrive = Callable[..., int]
Work = Callable[[], int]


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """The test authorities with lists that revoke nobody."""
    folder = tmp_path_factory.mktemp("trust")
    write_trust(folder)
    return queries.load_trust(folder)


@pytest.fixture
def channel(db: None, var_dir: Path, clock: Clock) -> ChannelRef:
    """みなせ市's channel by hand, with ひより町 beside it and the trust directory filled."""
    write_trust(var_dir / "trust")
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    with scope(MINASE):
        return relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip


@pytest.fixture
def arrive(channel: ChannelRef) -> Arrive:
    """Let a package arrive under a 受付番号; returns its id."""

    def _arrive(data: bytes, number: int = 1, *, received_at: datetime | None = APPLIED) -> int:
        listed = Listed(f"{260401000000000 + number}", received_at)
        received = relay.receive_package(channel, listed=listed, chunks=[data], actor=ACTOR, at=NOW)
        return received.package_id

    return _arrive


@pytest.fixture
def work(channel: ChannelRef, clock: Clock) -> Work:
    """Run the job once."""
    return lambda: jobs.open_packages(JobContext(MINASE, Claimant("worker-1", clock.now), 100))
