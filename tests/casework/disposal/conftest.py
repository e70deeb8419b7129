"""Cases that ended long ago, the people who may let them go, and the worker that does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.casework.handover.conftest import World, core, person, world
from tests.casework.identify.applications import Written, receive
from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.support import desk
from tests.support.clock import Clock
from todoke.casework.cases import jobs as case_jobs
from todoke.casework.cases import services as services_of_cases
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.disposal import jobs, queries, services
from todoke.casework.disposal.models import DisposalItem
from todoke.casework.disposal.values import DueList, Ground, HoldTarget, LegalHold, Run
from todoke.casework.identify import jobs as identify
from todoke.casework.relay.models import Package
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Role, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as audit_services
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import AuditReport
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.vault.models import Blob

__all__ = ["core", "world"]

FIRST_DAY = date(2032, 4, 1)  # completed in 令和8年度 (FY2026), five years from 1 April 2027


@dataclass
class Archive:
    """みなせ市's cases and the persons who end them and let them go."""

    clock: Clock
    clerk: Viewer
    maker: Viewer
    approver: Viewer
    received: int = 0
    day: timedelta = timedelta(days=1)

    def open(self, *applications: Written) -> list[Case]:
        """Receive and open these; returns every case of the town."""
        receive(*applications, start=self.received)
        self.received += len(applications)
        identify.identify_applications(self.job())
        case_jobs.open_cases(self.job())
        return self.cases()

    def end(self, *cases: Case, to: CaseStatus = CaseStatus.COMPLETED) -> None:
        """A clerk looks at these cases and ends them."""
        for case in cases:
            for status in (CaseStatus.CHECKING, to):
                now = next(one for one in self.cases() if one.pk == case.pk)
                with scope(MINASE):
                    services_of_cases.move_case(
                        self.clerk, case.uuid, to=status, version=now.version, at=self.clock.now, note="CANARY-NOTE",
                    )  # fmt: skip

    def cases(self) -> list[Case]:
        with scope(MINASE, read_only=True):
            return list(Case.objects.order_by("pk"))

    def job(self, owner: str = "worker-1", limit: int = 100) -> JobContext:
        return JobContext(MINASE, Claimant(owner, self.clock.now, 60), limit)

    def wait(self, **duration: float) -> None:
        """Let time pass; the audit is sealed on the way."""
        with scope(MINASE):
            audit_services.seal(at=self.clock.now)
        self.clock.advance(**duration)

    def wait_until(self, day: date) -> None:
        """Let time pass until nine in the morning of a day in Japan."""
        self.wait(days=(day - japanese_date(self.clock.now)).days)

    def due(self, rule: str = "completed") -> DueList:
        with scope(MINASE, read_only=True):
            return queries.due_list(rule, as_of=japanese_date(self.clock.now))

    def propose(self, rule: str = "completed", by: Viewer | None = None) -> Run:
        shown = self.due(rule).hash
        with scope(MINASE):
            return services.propose_disposal(
                by or self.maker, rule, shown_hash=shown, reason="保存期間の満了", at=self.clock.now
            )

    def confirm(self, run: Run, by: Viewer | None = None) -> None:
        with scope(MINASE):
            services.confirm_disposal(
                by or self.approver, run.uuid, shown_hash=run.list_hash, reason="一覧を確認", at=self.clock.now
            )  # fmt: skip

    def work(self, owner: str = "worker-1", limit: int = 100) -> int:
        return jobs.dispose(self.job(owner, limit))

    def dispose(self, rule: str = "completed") -> Run:
        """Propose, confirm and destroy, all of it."""
        run = self.propose(rule)
        self.confirm(run)
        while self.work():
            pass
        return self.run(run.uuid)

    def run(self, uuid: UUID) -> Run:
        with scope(MINASE, read_only=True):
            return queries.run(uuid)

    def hold(
        self, target: HoldTarget = HoldTarget.EVERYTHING, meant: str = "", ground: Ground = Ground.LAWSUIT
    ) -> LegalHold:
        with scope(MINASE):
            return services.place_hold(
                self.maker, target, meant, ground=ground, reason="令和14年（行ウ）第1号", at=self.clock.now
            )  # fmt: skip

    def hold_application(self, case: Case) -> LegalHold:
        return self.hold(HoldTarget.APPLICATION, str(case.uuid))

    def lift(self, hold: LegalHold) -> None:
        with scope(MINASE):
            services.lift_hold(self.maker, hold.uuid, reason="判決の確定", at=self.clock.now)

    def item_states(self) -> list[str]:
        with scope(MINASE, read_only=True):
            return list(DisposalItem.objects.order_by("run_id", "number").values_list("state", flat=True))

    def readable(self) -> list[str]:
        """受付番号 of the packages whose original can still be read."""
        with scope(MINASE, read_only=True):
            alive = Blob.objects.filter(destroyed_at=None).values("pk")
            rows = Package.objects.filter(blob_id__in=alive).order_by("pk")
            return list(rows.values_list("receipt_number", flat=True))

    def actions(self, prefix: str) -> Sequence[str]:
        with scope(MINASE, read_only=True):
            rows = AuditEntry.objects.filter(action__startswith=prefix).order_by("pk")
            return list(rows.values_list("action", flat=True))

    def audit(self) -> AuditReport:
        with scope(MINASE):
            audit_services.seal(at=self.clock.now)
            return audit.verify()


def appointed(name: str, *roles: Role) -> Viewer:
    """A member of staff of みなせ市 with these roles."""
    staff_id = desk.appoint(MINASE, roles, name=name)
    with scope(MINASE, read_only=True):
        viewer = accounts.viewer(staff_id)
    assert viewer is not None
    return viewer


def persons(clock: Clock) -> Archive:
    """The persons of みなせ市, which stands already."""
    clerk = Viewer(MINASE, 7, "職 花", frozenset({Right.VIEW_CASES, Right.MOVE_CASES}), None)
    return Archive(clock, clerk, appointed("bunsho-1", Role.RECORDS), appointed("kessai-1", Role.DECISION))


@pytest.fixture
def archive(db: None, var_dir: Path, clock: Clock) -> Archive:
    """Two towns; nothing has ended yet, and no core system takes anything."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    return persons(clock)


@pytest.fixture
def ended(archive: Archive) -> Archive:
    """Three cases that were completed in 令和8年度."""
    archive.end(*archive.open(person(0), person(1), person(2)))
    return archive


@pytest.fixture
def handed_over(world: World) -> Archive:
    """Three cases that were handed over to a core system in one file, and completed in 令和8年度."""
    archive = persons(world.clock)
    world.open(person(0), person(1), person(2))
    world.drain()
    for case in archive.cases():
        with scope(MINASE):
            services_of_cases.move_case(
                archive.clerk, case.uuid, to=CaseStatus.COMPLETED, version=case.version, at=world.clock.now
            )
    return archive
