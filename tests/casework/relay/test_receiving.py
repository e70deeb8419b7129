"""Packages are stored once, settled by whoever holds them, and can always be tried again."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.relay.portal import ACTOR, HIYORI, MINASE, NOW, number
from todoke.casework.relay import queries, services
from todoke.casework.relay.errors import NotWaiting, PackageUnknown
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import (
    Arrival,
    ChannelRef,
    ClaimedPackage,
    ImportOutcome,
    Listed,
    PackageState,
    Received,
    Settlement,
)
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant
from todoke.foundation.vault.errors import TooLarge
from todoke.foundation.vault.queries import open_blob


def receive(channel: ChannelRef, position: int = 1, content: bytes = b"package") -> Received:
    listed = Listed(number(position), NOW)
    return services.receive_package(channel, listed=listed, chunks=[content], actor=ACTOR, at=NOW)


def claim(owner: str = "worker-1", *, seconds: int = 60, later: int = 0) -> list[ClaimedPackage]:
    with scope(MINASE):
        by = Claimant(owner, NOW + timedelta(seconds=later), seconds)
        return services.claim_packages(100, by=by)


def settle(one: ClaimedPackage, state: PackageState, code: str = "", **more: object) -> int:
    with scope(MINASE):
        settlement = Settlement(one.claim, one.uuid, state, code, **more)  # type: ignore[arg-type]  # by keyword
        return services.settle_packages([settlement], actor=ACTOR, at=NOW)


def actions(package_id: int) -> list[str]:
    with scope(MINASE, read_only=True):
        return [entry.action for entry in audit.of_object("package", str(package_id))]


def test_a_received_package_is_pending_and_its_bytes_come_back(hand: ChannelRef) -> None:
    received = receive(hand, content=b"the very bytes")
    with scope(MINASE, read_only=True):
        stored = queries.package(received.package_id)
        assert open_blob(stored.blob_id).read() == b"the very bytes"
    assert stored.state is PackageState.PENDING
    assert actions(received.package_id) == ["package.received"]


def test_receiving_twice_stores_once(hand: ChannelRef) -> None:
    first, second = receive(hand), receive(hand)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.package_id == second.package_id
    assert actions(first.package_id) == ["package.received"]


def test_other_bytes_under_the_same_number_are_another_package(hand: ChannelRef) -> None:
    assert receive(hand, content=b"one").package_id != receive(hand, content=b"two").package_id


def test_the_same_bytes_under_another_number_are_another_package(hand: ChannelRef) -> None:
    assert receive(hand, 1).package_id != receive(hand, 2).package_id


def test_twice_in_one_batch_is_once(hand: ChannelRef) -> None:
    from todoke.foundation.vault import services as vault

    arrival = Arrival(Listed(number(1), NOW), vault.write(MINASE, [b"package"]))
    with scope(MINASE):
        received = services.receive_packages(hand, [arrival, arrival], actor=ACTOR, at=NOW)
    assert [one.is_new for one in received] == [True, False]


def test_a_package_over_the_limit_is_not_stored(hand: ChannelRef, settings: object) -> None:
    settings.TODOKE_PACKAGE_BYTES = 10  # type: ignore[attr-defined]  # pytest-django's fixture
    with pytest.raises(TooLarge):
        receive(hand, content=b"more than ten bytes")
    with scope(MINASE, read_only=True):
        assert not Package.objects.exists()


def test_another_body_sees_nothing_of_it(hand: ChannelRef) -> None:
    received = receive(hand)
    with scope(HIYORI, read_only=True):
        with pytest.raises(PackageUnknown):
            queries.package(received.package_id)
        assert not queries.counts()
        assert not queries.channels()


def test_packages_are_claimed_in_the_order_in_which_the_portal_received_them(hand: ChannelRef) -> None:
    for position, hours in ((1, 2), (2, 1), (3, 0)):
        listed = Listed(number(position), NOW + timedelta(hours=hours))
        content = [str(position).encode()]
        services.receive_package(hand, listed=listed, chunks=content, actor=ACTOR, at=NOW)
    assert [one.receipt_number for one in claim()] == [number(3), number(2), number(1)]


def test_a_claimed_package_is_not_claimed_by_another_worker(hand: ChannelRef) -> None:
    receive(hand)
    assert claim("worker-1")
    assert not claim("worker-2")


def test_settling_writes_the_state_and_who_did_it(hand: ChannelRef) -> None:
    received = receive(hand)
    [one] = claim()
    assert settle(one, PackageState.QUARANTINED, "PKG-105", facts={"reason": "stream"}) == 1
    with scope(MINASE, read_only=True):
        stored = queries.package(received.package_id)
        assert [detail.id for detail in queries.quarantined()] == [received.package_id]
        assert queries.counts() == {(PackageState.QUARANTINED, "PKG-105"): 1}
    assert (stored.state, stored.code, stored.facts) == (
        PackageState.QUARANTINED,
        "PKG-105",
        {"reason": "stream"},
    )
    assert actions(received.package_id)[-1] == "package.quarantined"


def test_a_worker_that_comes_late_settles_nothing(hand: ChannelRef) -> None:
    received = receive(hand)
    [late] = claim("worker-1", seconds=1)
    [now] = claim("worker-2", later=5)
    assert settle(late, PackageState.QUARANTINED, "PKG-105") == 0
    assert settle(now, PackageState.ACCEPTED) == 1
    with scope(MINASE, read_only=True):
        assert queries.package(received.package_id).state is PackageState.ACCEPTED
    assert actions(received.package_id) == ["package.received", "package.accepted"]


def test_a_quarantined_package_can_be_processed_again(hand: ChannelRef) -> None:
    received = receive(hand)
    [one] = claim()
    settle(one, PackageState.QUARANTINED, "PKG-105")
    with scope(MINASE):
        services.requeue_package(received.package_id, actor=ACTOR, at=NOW, purpose="レイアウトを登録したため")
    assert [again.claim.id for again in claim()] == [received.package_id]
    assert actions(received.package_id)[-1] == "package.requeued"


def test_a_package_that_waits_for_a_person_is_not_claimed_until_it_is_released(hand: ChannelRef) -> None:
    received = receive(hand)
    [one] = claim()
    settle(one, PackageState.PENDING, "REV-331")
    assert not claim(later=10_000)
    with scope(MINASE):
        assert [waiting.code for waiting in queries.waiting()] == ["REV-331"]
        services.requeue_package(received.package_id, actor=ACTOR, at=NOW)
    assert claim()


def test_an_accepted_package_cannot_be_processed_again(hand: ChannelRef) -> None:
    received = receive(hand)
    [one] = claim()
    settle(one, PackageState.ACCEPTED)
    with scope(MINASE), pytest.raises(NotWaiting):
        services.requeue_package(received.package_id, actor=ACTOR, at=NOW)


def test_a_package_of_another_body_cannot_be_requeued(hand: ChannelRef) -> None:
    received = receive(hand)
    with scope(HIYORI), pytest.raises(PackageUnknown):
        services.requeue_package(received.package_id, actor=ACTOR, at=NOW)


def test_a_package_that_waits_for_another_is_woken_by_it(hand: ChannelRef) -> None:
    receive(hand)
    [one] = claim()
    settle(one, PackageState.PENDING, "SEQ-502", waits_for=number(7), due_at=NOW + timedelta(hours=72))
    assert not claim(later=3_600)
    with scope(MINASE):
        assert services.wake_waiting([number(8)], at=NOW) == 0
        assert services.wake_waiting([number(7)], at=NOW) == 1
    assert claim()


def test_imported_files_say_what_became_of_each(hand: ChannelRef, tmp_path: Path) -> None:
    good, odd, missing = tmp_path / f"{number(1)}.zip", tmp_path / "scan.zip", tmp_path / f"{number(2)}.zip"
    good.write_bytes(b"a package")
    odd.write_bytes(b"another")
    first = services.import_files([good, odd, missing], hand, actor=ACTOR, at=NOW)
    again = services.import_files([good], hand, actor=ACTOR, at=NOW)
    assert [(one.outcome, one.code) for one in first] == [
        (ImportOutcome.STORED, ""),
        (ImportOutcome.REFUSED, "RLY-120"),
        (ImportOutcome.REFUSED, "RLY-121"),
    ]
    assert [one.outcome for one in again] == [ImportOutcome.KNOWN]
    assert first[0].receipt_number == number(1)
