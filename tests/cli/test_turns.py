"""Of many bodies a round visits those with work, everybody once in a while, and a share only its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.clock import START
from tests.support.rows import make
from todoke.casework import journey
from todoke.casework.journey import Job
from todoke.casework.models import Application, Package, SanitisedCopy, ScreenedContent, Watermark
from todoke.casework.notify.queries import KIND as NOTICES
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.cli import lines, turns, work
from todoke.cli.turns import Share, ShareWrong, Turns
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.outbox.models import OutboxMessage
from todoke.foundation.rows import LeasedRow

CODES = [f"{number:06d}" for number in range(1000, 2788)]
MINASE, HIYORI = "992011", "993018"
ACTOR = Actor(ActorKind.COMMAND, "test")


class Visit:
    """A job that notes whom it was run for."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, context: JobContext) -> int:
        self.seen.append(context.organisation)
        return 0


@pytest.mark.parametrize("of", [1, 2, 4, 7])
def test_the_shares_are_all_the_bodies_and_nobody_twice(of: int) -> None:
    parts = [Turns(Share(number, of)).order(CODES) for number in range(1, of + 1)]
    assert sorted(code for part in parts for code in part) == CODES
    assert max(map(len, parts)) < 2 * len(CODES) / of


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "a/4", "1/", "１/2", "1/1001", "-1/2"])
def test_a_share_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ShareWrong):
        Share.parse(text)
    assert Share.parse("2/4") == Share(2, 4)


def test_few_bodies_are_visited_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "has_work", lambda code: False)
    assert all(Turns().is_up(code, turns.MANY) for code in CODES for _ in range(2))


def test_many_bodies_are_visited_when_they_have_work_and_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "has_work", lambda code: code == CODES[1])
    at = [1000.0]
    mine = Turns(clock=lambda: at[0])
    assert [mine.is_up(code, 100) for code in CODES[:3]] == [True, True, True]
    assert [mine.is_up(code, 100) for code in CODES[:3]] == [False, True, False]
    at[0] += turns.WHOLE_SECONDS
    assert [mine.is_up(code, 100) for code in CODES[:3]] == [True, True, True]


@pytest.fixture
def towns_of_many(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Job], work.Worker]:
    """Two towns that count as many, and a worker that has just been round."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=START)
    monkeypatch.setattr(turns, "MANY", 1)

    def make(job: Job) -> work.Worker:
        monkeypatch.setattr(journey, "JOBS", (job,))
        worker = work.Worker()
        worker.round()
        return worker

    return make


def test_a_body_whose_channel_is_due_or_whose_entries_wait_for_the_seal_has_work(
    towns_of_many: Callable[[Job], work.Worker],
) -> None:
    visit = Visit()
    visited = visit.seen
    worker = towns_of_many(Job("visit", "visit", visit))
    assert visited == [MINASE, HIYORI]
    worker.round()
    assert visited == [MINASE, HIYORI]
    with scope(HIYORI):
        relay.register_channel(
            "portal", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=ChannelSettings(base_url="http://127.0.0.1:9"), actor=ACTOR, at=now(),
        )  # fmt: skip
    worker.round()
    assert visited[2:] == [HIYORI]
    with scope(MINASE):
        audit.record("test.done", object_kind="test", object_id="1", actor=ACTOR, at=START)
    worker.round()
    assert visited[3:] == [MINASE, HIYORI]
    with scope(MINASE):
        audit.seal(at=now())
    worker.round()
    assert visited[5:] == [HIYORI]


UNFINISHED: list[tuple[type[LeasedRow], dict[str, object]]] = [
    (Package, {"state": "pending"}), (Watermark, {"kind": "api"}), (ScreenedContent, {"state": "waiting"}),
    (SanitisedCopy, {"state": "making"}), (Application, {"next_step": "identify"}), (Application, {"next_step": "open"}),
    (OutboxMessage, {"kind": NOTICES, "state": "ready"}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "facts"), UNFINISHED)
def test_what_is_due_is_work_for_a_worker_of_many_bodies_and_what_is_not_yet_due_or_parked_is_none(
    db: None, var_dir: object, model: type[LeasedRow], facts: dict[str, object]
) -> None:
    organisations.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=START)
    with scope(MINASE):
        audit.seal(at=now())
        row = make(model, due_at=now() + timedelta(hours=1), **facts)
        for other, _ in UNFINISHED:  # what had to be made with it is not to count
            others = other._default_manager.exclude(pk=row.pk if other is model else 0)
            others.update(parked_code="SYS-910")
    assert not journey.has_work(MINASE)
    for due, code, is_work in ((-1, "", True), (-1, "SYS-910", False)):
        with scope(MINASE):
            model._default_manager.filter(pk=row.pk).update(
                due_at=now() + timedelta(hours=due), parked_code=code
            )
        assert journey.has_work(MINASE) is is_work


def test_a_worker_serves_its_share_only(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=START)
    visited: list[str] = []
    for number in (1, 2):
        visit = Visit()
        monkeypatch.setattr(journey, "JOBS", (Job("visit", "visit", visit),))
        work.Worker(share=Share(number, 2)).round()
        assert visit.seen == Turns(Share(number, 2)).order([MINASE, HIYORI])
        visited += visit.seen
    assert sorted(visited) == [MINASE, HIYORI]
