"""A town with cases that may go to a core system, the core system itself, and the people who may act."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pytest_django import Settings

from sandbox.core.server import CoreServer
from tests.casework.identify.applications import TARO, Written, receive
from tests.casework.identify.conftest import ACTOR, AUTH_1, HEADER, HIYORI, MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.cases import jobs as cases
from todoke.casework.cases.models import Case
from todoke.casework.handover import jobs, services
from todoke.casework.handover.models import Handover
from todoke.casework.handover.values import AdapterKind, CoreSettings, CoreSystemRef
from todoke.casework.identify import jobs as identify
from todoke.casework.identify import services as identify_services
from todoke.casework.identify.values import LoadKind
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures import services as procedures

SYSTEM = "fukushi"
LINKS = tuple(f"{AUTH_1},{1001 + number},{77 + number},atena,2022-04-07,," for number in range(300))
CLERK_RIGHTS = frozenset({Right.VIEW_CASES, Right.MOVE_CASES, Right.DECIDE_IDENTITY})
PROCEDURES = {"P12": "kosodate", "P20": "kaigo", "P33": "jumin"}


def person(number: int, **changes: object) -> Written:
    """An application of one of the people whom the links know."""
    return replace(Written(serial=str(1001 + number)), **changes)  # type: ignore[arg-type]  # Written's fields


def named(number: int, name: str) -> Written:
    return person(number, applicant=replace(TARO, name=name))


@dataclass
class World:
    """Two towns and one core system; time stands still until `clock` moves."""

    core: CoreServer
    clock: Clock
    sections: Mapping[tuple[str, str], int] = field(default_factory=dict)
    limit: int = 100
    received: int = 0

    def job(self, organisation: str = MINASE, owner: str = "worker-1") -> JobContext:
        return JobContext(organisation, Claimant(owner, self.clock.now, 60), self.limit)

    def open(self, *applications: Written, organisation: str = MINASE) -> list[Case]:
        """Receive, identify and open applications; returns every case of the town."""
        ours = [replace(one, organisation=organisation) for one in applications]
        receive(*ours, start=self.received)
        self.received += len(ours)
        identify.identify_applications(self.job(organisation))
        cases.open_cases(self.job(organisation))
        return self.cases(organisation)

    def cases(self, organisation: str = MINASE) -> list[Case]:
        with scope(organisation, read_only=True):
            return list(Case.objects.order_by("pk"))

    def rows(self, organisation: str = MINASE) -> list[Handover]:
        with scope(organisation, read_only=True):
            return list(Handover.objects.select_related("batch").order_by("pk"))

    def states(self, organisation: str = MINASE) -> list[str]:
        return [row.state for row in self.rows(organisation)]

    def round(self, organisation: str = MINASE) -> int:
        """One round of the four jobs."""
        context = self.job(organisation)
        return (
            jobs.prepare(context) + jobs.write_batches(context) + jobs.send_batches(context)
            + jobs.read_receipts(context)
        )  # fmt: skip

    def drain(self, organisation: str = MINASE, rounds: int = 20) -> None:
        """Rounds with time passing between them, until every row is settled."""
        for _ in range(rounds):
            self.round(organisation)
            if not {"ready", "batched", "sent"} & set(self.states(organisation)):
                return
            self.clock.advance(seconds=61)

    def delivered(self) -> list[str]:
        """The keys that the core took for new, in order: its own log, not ours."""
        return [line["key"] for line in self.core.log() if line["is_first"]]

    def actions(self, organisation: str = MINASE) -> list[str]:
        with scope(organisation, read_only=True):
            rows = AuditEntry.objects.filter(action__startswith="handover.").order_by("pk")
            return list(rows.values_list("action", flat=True))

    def system(self, organisation: str = MINASE, **changes: object) -> CoreSystemRef:
        """Register the core system, or change how it is reached."""
        sound = CoreSettings(base_url=self.core.url, timeout_seconds=0.5, poll_seconds=60, resend_seconds=600)
        with scope(organisation):
            return services.register_core_system(
                SYSTEM, profile="sample-core", adapter=AdapterKind.HTTP_INBOX,
                settings=replace(sound, **changes),  # type: ignore[arg-type]  # CoreSettings' fields
                actor=ACTOR, at=self.clock.now,
            )  # fmt: skip

    def clerk(self, section: str | None = None, organisation: str = MINASE) -> Viewer:
        sections = None if section is None else frozenset({self.sections[organisation, section]})
        return Viewer(organisation, 7, "職 花", CLERK_RIGHTS, sections)

    def linker(self, organisation: str = MINASE) -> Viewer:
        """The 連携 role: it sees no cases and acts for the whole body."""
        return Viewer(organisation, 8, "連 花", frozenset({Right.HAND_OVER, Right.RECONCILE}), frozenset())


@pytest.fixture
def core(tmp_path: Path) -> Iterator[CoreServer]:
    """The sandbox core system in this process, with nothing planted."""
    (tmp_path / "core-data").mkdir()
    server = CoreServer(tmp_path / "core-data", tmp_path / "core-state")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def world(
    db: None, var_dir: Path, clock: Clock, core: CoreServer, settings: Settings, tmp_path: Path
) -> World:
    """Both towns, their sections and links; the core system is registered for both."""
    settings.TODOKE_RETRY_BASE_SECONDS = 10
    links = tmp_path / "links.csv"
    links.write_text(HEADER + "".join(f"{line}\n" for line in LINKS))
    found = World(core, clock)
    sections = {}
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        with scope(code):
            for procedure, word in PROCEDURES.items():
                sections[code, word] = organisations.register_section(word, name=word).id
                procedures.assign_procedure(procedure, section_id=sections[code, word], actor=ACTOR, at=NOW)
        identify_services.load_links(code, links, kind=LoadKind.FULL, actor=ACTOR, at=NOW)
        found.system(code)
    found.sections = sections
    return found


Act = Callable[[Viewer, int], object]
