"""A nation, two prefectures and sixty fictional towns in mixed editions; their files are made in memory, without plans."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from tests.support import desk
from tests.support.clock import Clock
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.exchange import queries as exchange_queries
from todoke.foundation.exchange import rules as exchange_rules
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.values import Letter
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations import queries as organisation_queries
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef
from todoke.programme.rollup import jobs
from todoke.programme.rollup.rules import comparing, snapshots
from todoke.programme.rollup.values import SUBMISSION, Snapshot

STANDARD = "urn:jp:soumu:tejunsho:hyojunka"
FIRST, FORTY = EditionRef(STANDARD, "1.0", 1), EditionRef(STANDARD, "2026-01", 1)
NATION, TSUMUGI, HAGUMI = "000001", "990001", "980005"
ACTOR = Actor(ActorKind.COMMAND, "test")
CONCEPTS = ("01", "03", "15")


def towns(prefecture: str, count: int = 30) -> list[str]:
    """Codes of fictional towns of a prefecture."""
    return [organisation_queries.code_of(f"{prefecture[:2]}{200 + one}") for one in range(1, count + 1)]


def key_of(code: str) -> bytes:
    """A town's private key."""
    return hashlib.sha256(code.encode()).digest()


def steps_of(edition: EditionRef) -> tuple[str, ...]:
    return tuple(one.id for one in comparing.steps_of(packs.edition(edition)) if one.repeat_over)


def snapshot(
    code: str, edition: EditionRef, as_of: date, letter: Callable[[int, str], str] = lambda place, _: "n"
) -> Snapshot:
    """A town's snapshot by a rule: the letter of each step, by its place and 事務."""
    steps = steps_of(edition)
    states = {concept: "".join(letter(place, concept) for place in range(len(steps))) for concept in CONCEPTS}
    return Snapshot(code, f"{code}町", edition, as_of, steps, states, 400, 100)


@dataclass
class Country:
    """Files between bodies; everything is taken in by the worker's jobs."""

    clock: Clock

    @property
    def today(self) -> date:
        return japanese_date(self.clock.now)

    def letter(
        self, sender: str, number: int, body: Mapping[str, Any], *, recipient: str = TSUMUGI, kind: str = SUBMISSION,
        as_of: date | None = None, key: bytes | None = None, made_at: datetime | None = None,
    ) -> bytes:  # fmt: skip
        """A sealed file."""
        one = Letter(kind, sender, recipient, number, as_of or self.today, made_at or self.clock.now, body)
        return exchange_rules.seal(one, key or key_of(sender))

    def submission(
        self, one: Snapshot, number: int = 1, *, recipient: str = TSUMUGI, sender: str = ""
    ) -> bytes:
        body = {"snapshot": snapshots.document(one)}
        return self.letter(sender or one.subject, number, body, recipient=recipient, as_of=one.as_of)

    def arrive(self, recipient: str, files: Iterable[bytes]) -> None:
        """Lay files into a body's folder and let the worker take them."""
        inbox = exchange_queries.inbox(recipient)
        inbox.mkdir(parents=True, exist_ok=True)
        for place, content in enumerate(files):
            (inbox / f"{place:04}.json").write_bytes(content)
        self.work(recipient)

    def work(self, *bodies: str) -> None:
        """A round of the worker for each body."""
        for code in bodies:
            context = JobContext(code, Claimant("worker-1", self.clock.now), 200)
            exchange.collect(context)
            while jobs.take(context):
                pass
            exchange.deliver(context)

    def refused(self, recipient: str) -> dict[str, int]:
        """What was put aside before it was taken, by folder."""
        inbox = exchange_queries.inbox(recipient)
        found = list(inbox.glob("refused-*/*.json"))
        return {one.parent.name: sum(two.parent == one.parent for two in found) for one in found}


def register(code: str, kind: OrganisationKind, parent: str, at: datetime, name: str = "") -> None:
    organisations.register_organisation(code, name=name or f"{code}町", kind=kind, at=at)
    if parent:
        organisations.set_parent(code, parent)


@pytest.fixture
def country(db: None, var_dir: object, clock: Clock) -> Country:
    """The nation and two prefectures that know each other; towns only as keys that are believed."""
    register(NATION, OrganisationKind.NATION, "", clock.now, "国")
    register(TSUMUGI, OrganisationKind.PREFECTURE, NATION, clock.now, "つむぎ県")
    register(HAGUMI, OrganisationKind.PREFECTURE, NATION, clock.now, "はぐみ県")
    for prefecture in (TSUMUGI, HAGUMI):
        exchange.introduce(prefecture, NATION, actor=ACTOR, at=clock.now)
    return Country(clock)


def believe(prefecture: str, codes: Iterable[str], at: datetime) -> None:
    with scope(prefecture):
        for code in codes:
            exchange.believe(code, exchange_rules.public_key_of(key_of(code)), actor=ACTOR, at=at)


def appointed(code: str, *roles: Role, name: str = "dx-1") -> Viewer:
    staff_id = desk.appoint(code, roles, name=name)
    with scope(code, read_only=True):
        viewer = accounts.viewer(staff_id)
    assert viewer is not None
    return viewer
