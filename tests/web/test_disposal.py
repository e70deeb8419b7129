"""保存と廃棄 on the screen: a dry run, a proposal, a second person, holds, and a certificate to print."""

import json
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.support import desk
from tests.support.clock import Clock
from todoke.casework import journey
from todoke.casework.cases import services as cases
from todoke.casework.cases.models import Case
from todoke.casework.cases.values import CaseStatus
from todoke.casework.disposal.models import DisposalRun, LegalHoldRow
from todoke.casework.intake.models import Application
from todoke.foundation.accounts.values import Right, Role, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope

from .conftest import MINASE, Towns

CLERK = Viewer(MINASE, 999, "職 花", frozenset({Right.VIEW_CASES, Right.MOVE_CASES}), None)


@pytest.fixture
def ended(towns: Towns, clock: Clock) -> list[Case]:
    """Two cases of みなせ市 that were completed more than five fiscal years ago."""
    with scope(MINASE):
        chosen = list(Case.objects.filter(status="opened").order_by("pk")[:2])
        for case in chosen:
            for version, to in (
                (case.version, CaseStatus.CHECKING),
                (case.version + 1, CaseStatus.COMPLETED),
            ):
                cases.move_case(CLERK, case.uuid, to=to, version=version, at=now(), note="済み")
        Case.objects.filter(pk__in=[one.pk for one in chosen]).update(hold_code="", handover_state="none")
        audit.seal(at=now())
    clock.advance(days=365 * 6 + 60)
    return chosen


@pytest.fixture
def keeper(ended: list[Case]) -> Client:
    """The keeper of records."""
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.RECORDS], name="keeper"))


@pytest.fixture
def decider(ended: list[Case]) -> Client:
    """Who decides, and sees all there is to see."""
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="decider"))


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == HTTPStatus.OK, address
    return response.content.decode()


def propose(keeper: Client) -> DisposalRun:
    page = keeper.get(reverse("desk:disposal-rule"), {"rule": "completed"})
    typed = {"rule": "completed", "shown": page.context["due"].hash, "reason": "保存期間の満了"}
    response = keeper.post(reverse("desk:propose-disposal"), typed)
    assert response.status_code == HTTPStatus.FOUND
    with scope(MINASE, read_only=True):
        return DisposalRun.objects.order_by("-pk")[0]


def address(name: str, uuid: UUID) -> str:
    return reverse(f"desk:{name}", kwargs={"uuid": uuid})


def confirm(client: Client, run: DisposalRun) -> None:
    response = client.post(
        address("confirm-disposal", run.uuid), {"shown": run.list_hash, "reason": "一覧を確認した"}
    )
    assert response.status_code == HTTPStatus.FOUND


def work() -> None:
    (job,) = [one for one in journey.JOBS if one.name == "disposal.dispose"]
    while job.run(JobContext(MINASE, Claimant("test", now()), 100)):
        pass


def test_from_the_dry_run_to_the_printed_certificate(
    keeper: Client, decider: Client, ended: list[Case], settings: Settings
) -> None:
    names = {one.applicant_name for one in ended}
    page = shown(keeper, reverse("desk:disposal"))
    assert "完了した申請" in page
    assert "2件" in page
    assert "未確認" in page
    run = propose(keeper)
    assert "承認待ち" in shown(keeper, address("disposal-run", run.uuid))
    assert "保存期間が過ぎたものの廃棄" in shown(decider, reverse("desk:approvals"))
    confirm(decider, run)
    work()
    listed = shown(keeper, address("disposal-run", run.uuid))
    printed = shown(keeper, address("disposal-certificate", run.uuid))
    assert "廃棄済み 2件" in listed
    assert "廃棄証明（廃棄記録）" in printed
    assert "別に取った控えの保持期間を確かめてください" in printed
    settings.TODOKE_BACKUP_DIR = "/mnt/backup"
    assert "以降、廃棄したものを含む控えはありません" in shown(
        keeper, address("disposal-certificate", run.uuid)
    )
    assert not [name for name in names if name in page + listed + printed]
    file = keeper.get(address("disposal-certificate-file", run.uuid))
    with scope(MINASE, read_only=True):
        entry = AuditEntry.objects.get(action="disposal.certified")
    assert json.loads(entry.facts)["certificate"] == sha256(file.content).hexdigest()
    assert file["Content-Disposition"].startswith("attachment")
    for case in ended:
        for name in ("case", "evidence"):
            assert decider.get(address(name, case.uuid)).status_code == HTTPStatus.NOT_FOUND
    found = shown(decider, reverse("desk:cases") + f"?text={ended[0].receipt_number}")
    assert str(ended[0].uuid) not in found


def test_a_case_that_repeats_a_disposed_one_still_opens(
    keeper: Client, decider: Client, ended: list[Case]
) -> None:
    with scope(MINASE):
        live = Case.objects.filter(status="opened").order_by("pk")[0]
        Case.objects.filter(pk=live.pk).update(duplicate_kind="same_person")
        Application.objects.filter(pk=live.application_id).update(
            duplicate_kind="same_person", duplicate_of_id=ended[0].application_id
        )
    assert "先の申請" in shown(decider, address("case", live.uuid))
    confirm(decider, propose(keeper))
    work()
    assert ended[0].applicant_name not in shown(decider, address("case", live.uuid))


def test_who_proposed_is_not_offered_the_approval_and_cannot_force_it(
    keeper: Client, ended: list[Case]
) -> None:
    run = propose(keeper)
    assert "二人目としての承認" not in shown(keeper, address("disposal-run", run.uuid))
    confirm(keeper, run)
    assert "提案した本人は確認できません" in shown(keeper, address("disposal-run", run.uuid))
    work()
    with scope(MINASE, read_only=True):
        assert Case.objects.exclude(disposed_at=None).count() == 0


def test_a_list_that_was_shown_before_it_changed_is_not_proposed(keeper: Client) -> None:
    address = reverse("desk:propose-disposal")
    typed = {"rule": "completed", "shown": "0" * 64, "reason": "x"}
    response = keeper.post(address, typed, follow=True)
    assert "廃棄一覧の内容が変わりました" in response.content.decode()
    assert keeper.post(address, {"rule": "completed"}).status_code == 422
    assert keeper.post(address, {**typed, "rule": "no-such-rule"}).status_code == 404
    assert keeper.get(reverse("desk:disposal-rule")).status_code == 404


def test_a_hold_is_set_and_lifted_with_its_reason(keeper: Client, decider: Client, ended: list[Case]) -> None:
    run = propose(keeper)
    typed = {
        "target": "application",
        "meant": str(ended[0].uuid),
        "ground": "lawsuit",
        "reason": "令和14年（行ウ）第1号",
    }
    assert keeper.post(reverse("desk:place-hold"), typed).status_code == HTTPStatus.FOUND
    assert "令和14年（行ウ）第1号" in shown(keeper, reverse("desk:disposal"))
    confirm(decider, run)
    assert "提案の後で内容が変わった" in shown(decider, address("disposal-run", run.uuid))
    with scope(MINASE, read_only=True):
        hold = LegalHoldRow.objects.get()
    keeper.post(address("lift-hold", hold.uuid), {"reason": ""})
    assert "停止しているものはありません" not in shown(keeper, reverse("desk:disposal"))
    keeper.post(address("lift-hold", hold.uuid), {"reason": "判決の確定"})
    assert "停止しているものはありません" in shown(keeper, reverse("desk:disposal"))


@pytest.mark.parametrize(
    ("target", "meant"), [("application", "x"), ("procedure", "P99"), ("application", "")]
)
def test_a_hold_on_nothing_is_refused_with_what_to_do(keeper: Client, target: str, meant: str) -> None:
    typed = {"target": target, "meant": meant, "ground": "other", "reason": "x"}
    response = keeper.post(reverse("desk:place-hold"), typed)
    assert response.status_code == 422
    assert "停止の対象が見つかりません" in response.content.decode()


def test_a_list_is_taken_back_and_can_be_proposed_again(keeper: Client) -> None:
    run = propose(keeper)
    assert keeper.post(address("drop-disposal", run.uuid), {"reason": "もう一年"}).status_code == 302
    assert "取りやめ" in shown(keeper, address("disposal-run", run.uuid))
    assert propose(keeper).uuid != run.uuid


def test_rules_that_cannot_be_read_are_said_and_nothing_is_due(
    keeper: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.TODOKE_RETENTION_DIR = tmp_path
    (tmp_path / f"{MINASE}.yaml").write_text("title: x\nedition: 1\nrules: []\n")
    response = keeper.get(reverse("desk:disposal"))
    assert response.status_code == HTTPStatus.CONFLICT
    assert "規則を読めません" in response.content.decode()
