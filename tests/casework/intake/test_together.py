"""Many at once: one package stays one, and of equal applications exactly one is the first."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from tests.casework.intake.packages import ACTOR, APPLIED, MINASE, NOW, package, write_trust
from tests.support.clock import Clock
from todoke.casework.intake import jobs, queries
from todoke.casework.intake.values import DuplicateKind
from todoke.casework.relay import services as relay
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, Listed
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

WORKERS = 6


@pytest.fixture
def channel(committed_database: str, var_dir: Path, clock: Clock) -> ChannelRef:
    """みなせ市's channel in a database where commits are real."""
    write_trust(var_dir / "trust")
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=NOW)
    with scope(MINASE):
        return relay.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip


def together(task: Callable[[int], None]) -> None:
    """Run a task in several threads that start at the same moment; every exception is a failure."""
    barrier, troubles = threading.Barrier(WORKERS), []

    def run(number: int) -> None:
        try:
            barrier.wait()
            task(number)
        except BaseException as trouble:  # noqa: BLE001  # reported below
            troubles.append(trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles


def receive(channel: ChannelRef, data: bytes, number: int) -> bool:
    listed = Listed(f"{260401000000000 + number}", APPLIED)
    return relay.receive_package(channel, listed=listed, chunks=[data], actor=ACTOR, at=NOW).is_new


def test_the_same_package_delivered_many_times_at_once_is_stored_once(channel: ChannelRef) -> None:
    """S04"""
    data, news = package(), []
    together(lambda _: news.append(receive(channel, data, 1)))
    assert sorted(news) == [False] * (WORKERS - 1) + [True]
    with scope(MINASE, read_only=True):
        assert Package.objects.count() == 1


def test_of_equal_applications_judged_at_once_one_is_the_first(channel: ChannelRef) -> None:
    data = package()
    for number in range(WORKERS * 2):
        receive(channel, data, number)

    def work(number: int) -> None:
        while jobs.open_packages(JobContext(MINASE, Claimant(f"worker-{number}", NOW), 2)):
            pass

    together(work)
    with scope(MINASE, read_only=True):
        counts = queries.counts_by_duplicate()
    assert counts == {DuplicateKind.NONE: 1, DuplicateKind.SAME_CONTENT: WORKERS * 2 - 1}
