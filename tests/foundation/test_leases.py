"""A row is claimed by one worker at a time, comes back when its worker dies, and is parked when it keeps failing."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.conf import settings

from todoke.foundation import leases
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claim, Claimant
from todoke.foundation.outbox import services
from todoke.foundation.outbox.models import OutboxMessage

from .conftest import NOW

Towns = tuple[str, str]
READY = {"kind": "k", "state": "ready"}


def claim(owner: str, *, seconds_later: float = 0, limit: int = 10) -> list[Claim]:
    by = Claimant(owner, NOW + timedelta(seconds=seconds_later), seconds=60)
    return leases.claim(OutboxMessage, where=READY, order=["id"], limit=limit, by=by)


@pytest.fixture
def three(towns: Towns) -> Towns:
    with scope(towns[0]):
        for number in range(3):
            services.put("k", key=str(number), payload={}, at=NOW)
    return towns


def test_a_claimed_row_is_not_claimed_again_while_the_lease_runs(three: Towns) -> None:
    with scope(three[0]):
        assert len(claim("one", limit=2)) == 2
        assert len(claim("two")) == 1
        assert claim("three") == []


def test_the_row_of_a_dead_worker_comes_back_and_the_dead_one_is_fenced_off(three: Towns) -> None:
    with scope(three[0]):
        dead = claim("dead")
        taken = claim("alive", seconds_later=61)
        assert [one.id for one in taken] == [one.id for one in dead]
        assert leases.still_mine(OutboxMessage, dead) == set()
        assert leases.still_mine(OutboxMessage, taken) == {one.id for one in taken}
        assert [one.attempts for one in taken] == [2, 2, 2]


def test_nobody_waits_for_a_lease_that_was_given_while_the_clock_stood_wrong(three: Towns) -> None:  # F13
    with scope(three[0]):
        early = claim("in 2038", seconds_later=12 * 365 * 86_400)
        assert len(early) == 3
        taken = claim("now")
        assert [one.id for one in taken] == [one.id for one in early]
        assert leases.still_mine(OutboxMessage, early) == set()
        assert claim("another") == [], "a lease of the right time is respected"


def test_the_rows_of_another_body_are_never_claimed(three: Towns) -> None:
    with scope(three[1]):
        assert claim("one") == []


def test_a_row_that_keeps_failing_is_parked_and_can_be_let_out(three: Towns) -> None:
    with scope(three[0]):
        later = 0.0
        for attempt in range(1, settings.TODOKE_RETRY_LIMIT + 1):
            (one,) = claim("one", seconds_later=later, limit=1)
            assert one.attempts == attempt
            failure = leases.fail(OutboxMessage, one, now=NOW + timedelta(seconds=later))
            later += 7200
            OutboxMessage.objects.exclude(pk=one.id).update(due_at=NOW + timedelta(days=365))
        assert failure.parked
        assert claim("one", seconds_later=later) == []
        assert leases.unpark(OutboxMessage, one.id, now=NOW)
        assert not leases.unpark(OutboxMessage, one.id, now=NOW)
        assert [again.attempts for again in claim("one", seconds_later=later)] == [1]


def test_a_row_given_back_because_the_other_side_is_away_is_never_parked(three: Towns) -> None:
    with scope(three[0]):
        for attempt in range(12):
            claims = claim("one", seconds_later=attempt * 1000)
            leases.postpone(OutboxMessage, claims, now=NOW + timedelta(seconds=attempt * 1000))
        assert OutboxMessage.objects.exclude(parked_code="").count() == 0


def test_the_next_due_moment_is_that_of_the_first_row_that_can_be_claimed(three: Towns) -> None:
    with scope(three[0]):
        assert leases.next_due(OutboxMessage, where=READY) == NOW
        claim("one")
        assert leases.next_due(OutboxMessage, where=READY) == NOW + timedelta(seconds=60)
        OutboxMessage.objects.update(state="sent")
        assert leases.next_due(OutboxMessage, where=READY) is None


def test_a_bad_row_never_spoils_its_batch_and_is_given_up_alone() -> None:
    done: list[int] = []
    given_up: list[int] = []

    def work(rows: Sequence[int]) -> int:
        if 2 in rows:
            raise ValueError
        done.extend(rows)
        return len(rows)

    assert leases.together_or_alone([1, 2, 3], work=work, give_up=given_up.append) == 2
    assert (done, given_up) == ([1, 3], [2])
    assert leases.together_or_alone([], work=work, give_up=given_up.append) == 0
    assert leases.together_or_alone([4, 5], work=work, give_up=given_up.append) == 2
    assert given_up == [2]
