"""A package that kills or takes over its confined worker is alone in quarantine; its neighbours never notice."""

import os
from random import Random

import pytest
from pytest_django import Settings

from samples import documents
from samples.attachments import Attachment
from samples.packages import Spoiling
from samples.zips import Entry
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import ACTOR, MINASE, circumstances, package, profile
from tests.support.clock import Clock
from todoke.casework.intake import queries, services
from todoke.casework.intake.rules import checking, confined, crossing, opening
from todoke.casework.intake.values import Severity, Trust
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.asking import INLINE_BYTES, sealed
from todoke.foundation.confined import Answer, ConfinedLimits, ConfinementMissing, Crew, DeathReason, Question
from todoke.foundation.fence import scope
from todoke.foundation.vault.queries import open_blob


def deadly(bug: str) -> bytes:
    """A sound package whose attachment sets off a planted bug."""
    return package(attachments=(Attachment(f"deadly-{bug}.pdf", documents.pdf(Random(bug), 2_000)),))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(confined, "TARGET", "tests.casework.intake.planted:read")
    return monkeypatch


def counts() -> dict[tuple[str, str], int]:
    with scope(MINASE, read_only=True):
        return {(state.value, code): count for (state, code), count in relay.counts().items()}


def work_on(work: Work, clock: Clock, rounds: int = 2) -> None:
    for _ in range(rounds):
        work()
        clock.advance(minutes=20)


@pytest.mark.parametrize(
    ("bug", "reason"),
    [
        ("segfault", DeathReason.CRASHED),
        ("memory", DeathReason.MEMORY),
        ("exit", DeathReason.CRASHED),
        ("network", DeathReason.REFUSED),
        ("bug", DeathReason.CRASHED),
        ("garbage", DeathReason.CRASHED),
        ("forged", DeathReason.CRASHED),
    ],
)
def test_a_package_that_breaks_its_reader_is_alone_in_quarantine(
    arrive: Arrive, work: Work, clock: Clock, planted: pytest.MonkeyPatch, bug: str, reason: DeathReason
) -> None:
    """Z90"""
    for number in range(1, 4):
        arrive(package(number=number), number)
    bad = arrive(deadly(bug), 9)
    for number in range(4, 7):
        arrive(package(number=number), number)
    assert work() == 6
    assert counts() == {("accepted", ""): 6, ("pending", ""): 1}
    clock.advance(minutes=20)
    work()
    assert counts() == {("accepted", ""): 6, ("quarantined", "SYS-921"): 1}
    with scope(MINASE, read_only=True):
        (stay,) = queries.quarantine_list()
        original = open_blob(relay.package(bad).blob_id).read()
    assert stay.package_id == bad
    assert reason.label in stay.sentence
    assert original == deadly(bug)


def test_one_that_was_given_up_is_read_again_when_it_is_released(
    arrive: Arrive, work: Work, clock: Clock, planted: pytest.MonkeyPatch
) -> None:
    bad = arrive(deadly("segfault"))
    work_on(work, clock)
    planted.undo()
    with scope(MINASE):
        services.release_package(bad, actor=ACTOR, at=clock.now)
    assert work() == 1
    assert counts() == {("accepted", ""): 1}


def test_an_answer_without_a_reading_accepts_nothing(
    arrive: Arrive, work: Work, clock: Clock, planted: pytest.MonkeyPatch
) -> None:
    arrive(deadly("empty"))
    work_on(work, clock)
    assert counts() == {("quarantined", "SYS-921"): 1}


def test_where_nothing_can_be_confined_packages_wait_unopened_and_go_on_by_themselves(
    arrive: Arrive,
    work: Work,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """F20"""

    class Missing(Crew):
        def ask(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]  # never answers
            raise ConfinementMissing

    for number in range(3):
        arrive(package(number=number), number)
    with monkeypatch.context() as patch:
        patch.setattr(queries, "crew_of", lambda *_: Missing(confined.TARGET))
        for _ in range(8):
            assert work() == 0
            clock.advance(minutes=20)
    assert counts() == {("pending", ""): 3}
    assert "SYS-920" in caplog.text
    assert work() == 3
    assert counts() == {("accepted", ""): 3}


def test_every_package_can_have_a_child_of_its_own(arrive: Arrive, work: Work, settings: Settings) -> None:
    settings.TODOKE_CONFINED_PACKAGES = 1
    for number in range(5):
        arrive(package(number=number), number)
    assert work() == 5
    assert counts() == {("accepted", ""): 5}


def test_small_and_large_originals_are_read_alike(arrive: Arrive, work: Work) -> None:
    large = Attachment("large.pdf", documents.pdf(Random("large"), 3 * INLINE_BYTES))
    arrive(package(number=1), 1)
    arrive(package(number=2, attachments=(large,)), 2)
    assert work() == 2
    assert counts() == {("accepted", ""): 2}


def test_a_large_package_is_read_in_little_memory() -> None:
    """I6: whatever lies in a package, reading it takes no more than some of it at a time."""

    def filled(entries: list[Entry]) -> list[Entry]:
        return [*entries, Entry(b"Attachment/long.pdf", b"%PDF-1.7\n" + bytes(120_000_000), method=0)]

    descriptor = sealed(package("P02", spoiling=Spoiling(entries=filled)))
    with Crew(confined.TARGET, limits=ConfinedLimits(memory_bytes=64 << 20), is_required=True) as crew:
        briefing = {"layouts": {"a": crossing.profile_document(profile())}}
        answer = crew.ask([Question({"layout": "a"}, descriptor)], briefing=briefing)[0]
    assert isinstance(answer, Answer), answer
    os.close(descriptor)
    opened = crossing.opened_of(answer.output)
    assert opened.digests["Attachment/long.pdf"].size > 120_000_000


def test_both_halves_together_judge_as_one(trust: Trust) -> None:
    descriptor = sealed(package())
    verdict = queries.check_confined(
        descriptor, profile=profile(), trust=trust, circumstances=circumstances()
    )
    os.close(descriptor)
    assert verdict.state is PackageState.ACCEPTED
    assert verdict == services.check_package(
        package(), profile=profile(), trust=trust, circumstances=circumstances()
    )


def test_a_layout_crosses_unchanged() -> None:
    assert crossing.profile_of(crossing.profile_document(profile())) == profile()


def test_what_was_found_crosses_unchanged() -> None:
    for data in (package(), package("P02"), b"", b"PK", package()[:-30]):
        opened = opening.open_and_read(data, profile())
        assert crossing.opened_of(crossing.opened_document(opened)) == opened


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b"[{}, {}]",
        b'[{"reading": 1}]',
        b'[{"stop": {"code": 1}}]',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_what_does_not_fit_the_schema_is_refused(document: bytes) -> None:
    with pytest.raises(crossing.CrossingBroken):
        crossing.opened_of(document)


def test_giving_up_names_the_cause_for_the_clerk() -> None:
    verdict = checking.given_up(DeathReason.MEMORY.label, "")
    assert verdict.state is PackageState.QUARANTINED
    assert [(one.code, one.severity) for one in verdict.findings] == [("SYS-921", Severity.STOP)]
