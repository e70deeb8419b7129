"""A town whose attachments are screened, with and without a scanner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from sandbox.clamd.server import ClamdServer
from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.support.clock import Clock
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import AttachmentDetail
from todoke.casework.screening import jobs, queries
from todoke.casework.screening.models import ScreenedContent, Screening
from todoke.casework.screening.values import ScannerStatus, Standing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

CASE = UUID(int=7)
WORKER = Actor(ActorKind.WORKER, "worker-1")


def detail(attachment_id: int) -> AttachmentDetail:
    """An attachment as the pages hold it; in scope."""
    return intake.attachment(attachment_id)


@dataclass
class Desk:
    """みなせ市 as screening sees it."""

    clock: Clock
    worker: Actor = WORKER

    def job(self, organisation: str = MINASE, owner: str = "worker-1") -> JobContext:
        return JobContext(organisation, Claimant(owner, self.clock.now, 60), 100)

    def run(self, organisation: str = MINASE) -> None:
        """Everything that is due: take up, screen, copy."""
        jobs.take_up(self.job(organisation))
        while jobs.screen(self.job(organisation)) + jobs.make_copies(self.job(organisation)):
            pass

    def standings(self, ids: Sequence[int], organisation: str = MINASE) -> list[Standing]:
        with scope(organisation, read_only=True):
            found = queries.standings_of([intake.attachment(one) for one in ids])
            return [found[one] for one in ids]

    def standing(self, attachment_id: int) -> Standing:
        return self.standings([attachment_id])[0]

    def status(self, organisation: str = MINASE) -> ScannerStatus:
        with scope(organisation, read_only=True):
            return queries.scanner_status(at=self.clock.now)

    def contents(self, organisation: str = MINASE) -> list[ScreenedContent]:
        with scope(organisation, read_only=True):
            return list(ScreenedContent.objects.order_by("pk"))

    def screenings(self, organisation: str = MINASE) -> list[Screening]:
        with scope(organisation, read_only=True):
            return list(Screening.objects.order_by("pk"))

    def actions(self, prefix: str, organisation: str = MINASE) -> list[AuditEntry]:
        with scope(organisation, read_only=True):
            return list(AuditEntry.objects.filter(action__startswith=prefix).order_by("pk"))

    def person(self, staff_id: int, *rights: Right, organisation: str = MINASE) -> Viewer:
        return Viewer(organisation, staff_id, "職 花", frozenset(rights or Right), None)


@pytest.fixture
def desk(db: None, var_dir: Path, clock: Clock, settings: Settings) -> Desk:
    """Both towns, and no scanner."""
    settings.TODOKE_RETRY_BASE_SECONDS = 10
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    return Desk(clock)


@pytest.fixture
def clamd(settings: Settings) -> Iterator[ClamdServer]:
    """A scanner of today, set up."""
    server = ClamdServer(built_at=NOW)
    server.start()
    settings.TODOKE_CLAMD = server.address
    settings.TODOKE_SCAN_TIMEOUT_SECONDS = 0.3
    yield server
    server.stop()
