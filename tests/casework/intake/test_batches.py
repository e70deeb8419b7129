"""A bad package never spoils its batch, whatever it does to the one who opens it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from samples.defects import SPOILINGS
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import ACTOR, MINASE, package, profile
from tests.support.clock import Clock
from todoke.casework.intake import jobs, services
from todoke.casework.intake.models import Application
from todoke.casework.intake.rules import checking, opening
from todoke.casework.intake.rules.opening import Opened
from todoke.casework.intake.values import Judged, Verdict
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.foundation.audit import services as audit
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.vault.models import Blob

POISON = package(seed="poison")
DIGESTS = opening.open_and_read(POISON, profile()).digests


def counts() -> dict[tuple[str, str], int]:
    with scope(MINASE, read_only=True):
        return {(state.value, code): count for (state, code), count in relay.counts().items()}


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The decision fails unexpectedly on one package, as a bug would."""
    decide = checking.decide

    def failing(opened: Opened, **more: Any) -> Verdict:  # as the decision's own signature
        if opened.digests == DIGESTS:
            raise RuntimeError("a bug")
        return decide(opened, **more)

    monkeypatch.setattr(checking, "decide", failing)
    return monkeypatch


def test_sound_packages_and_broken_ones_are_stored_together(arrive: Arrive, work: Work) -> None:
    for number in range(6):
        arrive(
            package(number=number, spoiling=SPOILINGS["bad_crc"]) if number % 2 else package(number=number),
            number,
        )
    assert work() == 6
    assert counts() == {("accepted", ""): 3, ("quarantined", "PKG-105"): 3}


def test_one_that_fails_unexpectedly_is_parked_and_the_others_are_stored(
    arrive: Arrive, work: Work, clock: Clock, poisoned: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        arrive(package(number=number), number)
    bad = arrive(POISON, 9)
    assert work() == 4
    for _ in range(6):
        clock.advance(hours=1)
        with scope(MINASE):
            audit.seal(at=clock.now)
        work()
    assert counts() == {("accepted", ""): 4, ("pending", "SYS-910"): 1}
    with scope(MINASE, read_only=True):
        assert [one.id for one in relay.waiting()] == [bad]


def test_a_parked_package_is_judged_again_when_it_is_released(
    arrive: Arrive, work: Work, clock: Clock, poisoned: pytest.MonkeyPatch
) -> None:
    bad = arrive(POISON)
    for _ in range(6):
        work()
        clock.advance(hours=1)
        with scope(MINASE):
            audit.seal(at=clock.now)
    poisoned.undo()
    with scope(MINASE):
        services.release_package(bad, actor=ACTOR, at=clock.now)
    assert work() == 1
    assert counts() == {("accepted", ""): 1}


def test_a_package_that_kills_its_worker_is_found_and_parked(
    arrive: Arrive, work: Work, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies settles nothing and counts nothing; the lease runs out and another one tries."""
    decide = checking.decide

    def killing(opened: Opened, **more: Any) -> Verdict:  # as the decision's own signature
        if opened.digests == DIGESTS:
            raise KeyboardInterrupt
        return decide(opened, **more)

    monkeypatch.setattr(checking, "decide", killing)
    arrive(POISON, 0)
    for number in range(1, 5):
        arrive(package(number=number), number)
    deaths = 0
    for _ in range(20):
        try:
            work()
        except KeyboardInterrupt:
            deaths += 1
        clock.advance(minutes=20)
        with scope(MINASE):
            audit.seal(at=clock.now)
    assert deaths
    assert counts() == {("accepted", ""): 4, ("pending", "SYS-910"): 1}


def test_a_damaged_original_does_not_stop_the_others(arrive: Arrive, work: Work) -> None:
    bad, good = arrive(package(number=0), 1), arrive(package(number=1), 2)
    with scope(MINASE):
        blob = relay.package(bad).blob_id
        Blob.objects.filter(pk=blob).update(wrapped_key=bytes(60))
    work()
    with scope(MINASE, read_only=True):
        assert relay.package(good).state is PackageState.ACCEPTED
        assert relay.package(bad).state is PackageState.PENDING


def test_a_worker_whose_lease_ran_out_stores_nothing(
    arrive: Arrive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = arrive(package())
    decide = checking.decide

    def slow(opened: Opened, **more: Any) -> Verdict:  # as the decision's own signature
        with scope(MINASE):
            later = Claimant("worker-2", clock.now + timedelta(minutes=5))
            assert relay_services.claim_packages(10, by=later)
        return decide(opened, **more)

    monkeypatch.setattr(checking, "decide", slow)
    assert jobs.open_packages(JobContext(MINASE, Claimant("worker-1", clock.now), 10)) == 0
    with scope(MINASE, read_only=True):
        assert not Application.objects.exists()
        assert Package.objects.get(pk=identity).lease_owner == "worker-2"


def test_storing_fails_whole_or_not_at_all(
    arrive: Arrive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No application without the settlement of its package, no settlement without its audit entry."""
    arrive(package())
    with monkeypatch.context() as patch:
        patch.setattr("todoke.foundation.audit.services.insert_rows", _refused)
        assert work() == 0
    with scope(MINASE, read_only=True):
        assert not Application.objects.exists()
    assert counts() == {("pending", ""): 1}


def _refused(*_: object) -> None:
    raise RuntimeError("no audit")


def test_a_batch_is_stored_with_few_questions(
    arrive: Arrive, work: Work, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        arrive(package(number=number), number)
    with django_assert_max_num_queries(45):
        assert work() == 20


def test_nothing_to_do_is_no_work(work: Work) -> None:
    assert work() == 0


def test_an_unknown_layout_parks_its_packages_and_no_others(
    arrive: Arrive, work: Work, tmp_path: Path, clock: Clock
) -> None:
    from todoke.casework.relay.models import Channel

    arrive(package())
    with scope(MINASE):
        Channel.objects.update(layout=str(tmp_path / "gone.yaml"))
    assert work() == 0
    assert counts() == {("pending", ""): 1}
    with scope(MINASE):
        Channel.objects.update(layout="pittari-xml-sample")
    clock.advance(hours=1)
    assert work() == 1


def test_a_judgement_names_the_layout_and_its_edition(arrive: Arrive, clock: Clock) -> None:
    arrive(package())
    seen: list[Judged] = []
    original = services.store_batch

    def spy(judged: Any, **more: Any) -> Any:  # as the service's own signature
        seen.extend(judged)
        return original(judged, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "store_batch", spy)
        jobs.open_packages(JobContext(MINASE, Claimant("worker-1", clock.now), 10))
    assert [(one.layout, one.edition) for one in seen] == [("pittari-xml-sample", "sample-1")]


def test_an_unreadable_trust_directory_postpones_and_parks_nothing(
    arrive: Arrive, work: Work, var_dir: Path, clock: Clock
) -> None:
    """It is not the packages' fault: they go on by themselves when the operator has put it right."""
    arrive(package())
    (var_dir / "trust" / "notes.pem").write_text("no certificate")
    for _ in range(8):
        assert work() == 0
        clock.advance(minutes=20)
    assert counts() == {("pending", ""): 1}
    (var_dir / "trust" / "notes.pem").unlink()
    assert work() == 1
    assert counts() == {("accepted", ""): 1}


def test_a_large_batch_is_stored_in_parts(
    arrive: Arrive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        arrive(package(number=number), number)
    monkeypatch.setattr(jobs, "BATCH_BYTES", 15_000)
    parts: list[int] = []
    original = services.store_batch

    def spy(judged: Any, **more: Any) -> Any:  # as the service's own signature
        parts.append(len(judged))
        return original(judged, **more)

    monkeypatch.setattr(services, "store_batch", spy)
    assert work() == 5
    assert len(parts) > 1


def test_a_name_with_unprintable_characters_is_quarantined_on_every_database(
    arrive: Arrive, work: Work
) -> None:
    """Z20"""
    from samples import zips
    from samples.packages import Spoiling

    def hostile(entries: list[zips.Entry]) -> list[zips.Entry]:
        return [*entries, zips.Entry(b"Attachment/a\0b.pdf", b"x")]

    arrive(package(spoiling=Spoiling(entries=hostile)))
    assert work() == 1
    assert counts() == {("quarantined", "PKG-110"): 1}
