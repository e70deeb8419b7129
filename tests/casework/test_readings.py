"""The instruments show every body its own queues, at the same number of questions however much waits."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.support.rows import AT, make
from todoke.casework import gauges, readings
from todoke.casework.models import Case, Channel, Package, Quarantine, RelayRun
from todoke.casework.readings import BodyReadings
from todoke.foundation import meters, objects
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.models import OutboxMessage
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind

MINASE, HIYORI = "992011", "993018"
LATER = AT + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def towns(db: None, var_dir: object) -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=AT)


def read(body: str) -> BodyReadings:
    with scope(body, read_only=True):
        return readings.of_body(LATER)


def fill(many: int) -> None:
    for _ in range(many):
        make(Package, state="pending", due_at=AT)
        quarantined = make(Package, state="quarantined", code="PKG-110")
        make(Quarantine, package=quarantined, code="PKG-110", released_at=None)
        make(Case, handover_state="undecided", opened_at=AT)
        make(OutboxMessage, kind="portal.status", state="ready", due_at=AT)
        make(OutboxMessage, kind="portal.status", state="to_type", due_at=AT)


def test_a_queue_tells_its_depth_and_the_age_of_its_oldest_row() -> None:
    with scope(MINASE):
        make(Package, state="pending", due_at=AT)
        make(Package, state="pending", due_at=AT + timedelta(minutes=10))
    queues = {queue.stage: queue for queue in read(MINASE).queues}
    waiting = queues["intake.open_packages"]
    assert (waiting.backlog.depth, waiting.age(LATER)) == (2, 1800.0)
    assert queues["notify.send_notices"].age(LATER) == 0.0


def test_a_body_sees_nothing_of_another() -> None:
    with scope(HIYORI):
        fill(2)
    seen = read(MINASE)
    assert {queue.backlog.depth for queue in seen.queues} == {0}
    assert (dict(seen.quarantined), seen.to_type, seen.channels) == ({}, 0, ())


def test_what_is_held_is_counted_by_code() -> None:
    with scope(MINASE):
        fill(2)
        make(Package, state="pending", code="REV-331", parked_code="REV-331")
    seen = read(MINASE)
    assert (dict(seen.quarantined), dict(seen.pending)) == ({"PKG-110": 2}, {"REV-331": 1})


def test_a_channel_tells_when_it_was_read_to_its_end_and_how_late_packages_are() -> None:
    with scope(MINASE):
        channel = make(Channel, name="portal", kind="api")
        make(RelayRun, channel=channel, is_complete=True, ended_at=AT)
        make(RelayRun, channel=channel, is_complete=False, ended_at=LATER)
        make(
            Package,
            channel=channel,
            state="accepted",
            portal_received_at=AT,
            received_at=AT + timedelta(seconds=90),
        )
    (reading,) = (one for one in read(MINASE).channels if one.channel == "portal")
    assert (reading.read_at, reading.lag) == (AT, timedelta(seconds=90))


def test_the_seal_is_as_old_as_the_oldest_entry_that_waits_for_it() -> None:
    with scope(MINASE):
        audit.record(
            "test.act", object_kind="test", object_id="1", actor=Actor(ActorKind.COMMAND, "test"), at=AT
        )
        assert read(MINASE).seal_age >= 1800
        audit.seal(at=LATER)
        assert read(MINASE).seal_age == 0.0


def test_watching_costs_the_same_in_a_flood() -> None:
    with scope(MINASE):
        fill(1)
    with CaptureQueriesContext(connection) as of_few:
        read(MINASE)
    with scope(MINASE):
        fill(30)
    with CaptureQueriesContext(connection) as of_many:
        read(MINASE)
    assert len(of_few) == len(of_many)


def test_every_body_stands_in_the_gauges_and_every_gauge_is_known() -> None:
    with scope(MINASE):
        fill(1)
    found = gauges.Panel().gauges()
    assert {one.name for one in found} == set(gauges.GAUGES)
    text = meters.exposition(found).decode()
    assert f'todoke_queue_depth{{body="{MINASE}",stage="handover.prepare"}} 1.0' in text
    assert f'todoke_queue_depth{{body="{HIYORI}",stage="handover.prepare"}} 0.0' in text
    assert f'todoke_packages_held{{body="{MINASE}",code="PKG-110",outcome="quarantined"}} 1.0' in text


def counting(found: list[int]) -> Callable[[], list[meters.Gauge]]:
    def take() -> list[meters.Gauge]:
        found.append(1)
        return []

    return take


def test_readings_are_not_taken_anew_while_they_are_fresh() -> None:
    taken: list[int] = []
    panel = gauges.Panel(counting(taken))
    panel.gauges()
    panel.gauges()
    assert len(taken) == 1


def test_a_database_that_is_away_is_a_reading_too() -> None:
    def fail() -> list[meters.Gauge]:
        raise OSError("somebody's name")

    found = {one.name: one.found for one in gauges.Panel(fail).gauges()}
    assert found["todoke_readings_failed"] == {(): 1.0}


@pytest.mark.parametrize("answers", [True, False])
def test_storage_that_does_not_answer_is_a_reading(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    def listing(_: str) -> Iterator[tuple[str, int, datetime]]:
        if not answers:
            raise objects.StorageAway(reason="test")
        yield from ()

    settings.TODOKE_S3_BUCKET = "originals"
    monkeypatch.setattr(objects, "listing", listing)
    assert f"todoke_storage_up {float(answers)}" in meters.exposition(gauges.take()).decode()


def test_without_a_bucket_no_storage_is_asked() -> None:
    assert readings.of_house(AT).is_storage_near is None


def test_readings_that_take_long_are_taken_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, has_ended = threading.Event(), threading.Event()
    taken: list[str] = []

    def take() -> list[meters.Gauge]:
        if taken:
            may_end.wait(30)
        taken.append("")
        if len(taken) > 1:
            has_ended.set()
        return [meters.Gauge("todoke_test", "", (), {(): float(len(taken))})]

    def shown() -> float:
        return next(one.found[()] for one in panel.gauges() if one.name == "todoke_test")

    monkeypatch.setattr(gauges, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(gauges, "SHARE", 0)
    panel = gauges.Panel(take)
    assert shown() == 1.0
    monkeypatch.setattr(gauges, "PATIENCE_SECONDS", -1.0)
    assert shown() == 1.0, "the last ones serve while new ones are taken"
    assert shown() == 1.0, "and are taken once, not by everybody who asks"
    may_end.set()
    assert has_ended.wait(30)
    assert len(taken) == 2
