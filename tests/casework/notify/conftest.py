"""A town with opened cases on a portal's channel and on one without an interface, and the portal itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pytest_django import Settings

from sandbox.portal.server import PortalServer
from tests.casework.identify.applications import Written, receive
from tests.casework.identify.conftest import ACTOR, HIYORI, MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.cases import jobs as cases
from todoke.casework.cases import services as case_services
from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.cases.values import CaseStatus
from todoke.casework.identify import jobs as identify
from todoke.casework.notify import jobs
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.outbox.models import OutboxMessage
from todoke.foundation.procedures import services as procedures

RIGHTS = frozenset({Right.VIEW_CASES, Right.MOVE_CASES, Right.TYPE_STATUSES})
FIRST = 260406000000000


@dataclass
class World:
    """みなせ市 (and ひより町) with cases; `portal` remembers what it was told."""

    portal: PortalServer
    clock: Clock
    secret: Path
    sections: dict[tuple[str, str], int] = field(default_factory=dict)
    received: int = 0

    def job(self, organisation: str = MINASE, owner: str = "worker-1") -> JobContext:
        return JobContext(organisation, Claimant(owner, self.clock.now, 60), 100)

    def open(self, count: int = 1, *, organisation: str = MINASE, procedure: str = "P12") -> list[Case]:
        """Open cases that came in by hand; `by_portal` puts them on the portal's channel."""
        written = [
            Written(procedure=procedure, organisation=organisation, serial=str(5000 + self.received + number))
            for number in range(count)
        ]
        receive(*written, start=self.received)
        self.received += count
        identify.identify_applications(self.job(organisation))
        cases.open_cases(self.job(organisation))
        return self.cases(organisation)

    def by_portal(self, organisation: str = MINASE, **changes: str) -> None:
        """Let the town's channel be one with an interface."""
        way = replace(
            ChannelSettings(self.portal.url, organisation, str(self.secret)),
            **changes,  # type: ignore[arg-type]  # ChannelSettings' fields
        )
        with scope(organisation):
            relay.register_channel(
                "hand", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
                settings=way, actor=ACTOR, at=self.clock.now,
            )  # fmt: skip

    def cases(self, organisation: str = MINASE) -> list[Case]:
        with scope(organisation, read_only=True):
            return list(Case.objects.order_by("pk"))

    def notices(self, organisation: str = MINASE) -> list[str]:
        return [case.notice_state for case in self.cases(organisation)]

    def messages(self, organisation: str = MINASE) -> list[OutboxMessage]:
        with scope(organisation, read_only=True):
            return list(OutboxMessage.objects.order_by("pk"))

    def events(self, organisation: str = MINASE) -> list[tuple[str, str]]:
        with scope(organisation, read_only=True):
            return list(CaseEvent.objects.order_by("pk").values_list("to_word", "notice_state"))

    def actions(self, prefix: str, organisation: str = MINASE) -> int:
        with scope(organisation, read_only=True):
            return AuditEntry.objects.filter(action__startswith=prefix).count()

    def queue(self, organisation: str = MINASE) -> int:
        return jobs.queue_notices(self.job(organisation))

    def send(self, organisation: str = MINASE) -> int:
        return jobs.send_notices(self.job(organisation))

    def move(self, case: Case, to: CaseStatus, note: str) -> None:
        with scope(MINASE):
            now = Case.objects.get(pk=case.pk)
            case_services.move_case(
                self.clerk(), now.uuid, to=to, version=now.version, at=self.clock.now, note=note
            )

    def clerk(self, section: str | None = None, organisation: str = MINASE) -> Viewer:
        sections = None if section is None else frozenset({self.sections[organisation, section]})
        return Viewer(organisation, 7, "職 花", RIGHTS, sections)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalServer]:
    """The sandbox portal in this process; it knows the 受付番号 of the cases opened here."""
    data = tmp_path / "portal-data"
    (data / "portal").mkdir(parents=True)
    (data / "x.zip").write_bytes(b"PK")
    rows = [
        {"receipt_number": str(FIRST + number), "organisation": MINASE, "procedure_code": "P12",
         "reception_date": "2026-04-01T10:00:00+09:00", "file": "x.zip"}
        for number in range(50)
    ]  # fmt: skip
    (data / "portal" / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    server = PortalServer(data, tmp_path / "portal-state")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def world(
    db: None, var_dir: Path, clock: Clock, portal: PortalServer, settings: Settings, tmp_path: Path
) -> World:
    """Both towns with their sections."""
    settings.TODOKE_RETRY_BASE_SECONDS = 10
    secret = tmp_path / "portal.password"
    secret.write_text(f"sandbox-{MINASE}\n")
    found = World(portal, clock, secret)
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
        with scope(code):
            for procedure, word in (("P12", "kosodate"), ("P20", "kaigo")):
                found.sections[code, word] = organisations.register_section(word, name=word).id
                procedures.assign_procedure(
                    procedure, section_id=found.sections[code, word], actor=ACTOR, at=NOW
                )
    return found
