"""After a restore the 突合表 says that nothing leaves, and lets a named person take the ledger and send again."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.rows import AT, make
from todoke.casework.handover import queries as handover
from todoke.casework.models import Case, CoreLedgerRow, CoreSystem, Handover
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import queries as audit
from todoke.foundation.backup import queries as backup
from todoke.foundation.backup import services as backup_services
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.models import Restoration

TOWN = "992011"


@pytest.fixture
def linker(db: None, var_dir: object) -> Client:
    """A person of the 連携 role in a town that was restored a moment ago."""
    from todoke.foundation.organisations import services
    from todoke.foundation.organisations.values import OrganisationKind

    services.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    with scope(TOWN):
        make(CoreSystem, name="core", profile="sample-core", settings="{}", is_active=True, is_stopped=False)
        Restoration.objects.create(
            organisation_id=TOWN, set_name="20260406T000000Z-aaaaaa", taken_at=AT, restored_at=AT,
            lost_entries=12, lost_until=AT + timedelta(hours=1),
        )  # fmt: skip
    return desk.browser(TOWN, desk.appoint(TOWN, [Role.LINKAGE], name="linker"))


def post(client: Client, name: str, **fields: str) -> str:
    answer = client.post(reverse(f"desk:{name}"), fields, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def test_the_page_says_what_was_restored_and_what_is_lost(linker: Client) -> None:
    page = linker.get(reverse("desk:reconcile")).content.decode()
    for words in (
        "外への送信を止めています",
        "20260406T000000Z-aaaaaa",
        "監査記録 12 件",
        "復元のため停止中",
    ):
        assert words in page


def test_sending_begins_again_step_by_step(linker: Client) -> None:
    assert "まだ突き合わせていません" in post(linker, "resume-after-restore", system="core", reason="急ぐ")
    assert "まだ突き合わせていません" in post(linker, "resume-notices")
    with scope(TOWN):
        assert handover.core_system("core").is_stopped
        backup_services.note_compared(handover.destination("core"), at=now())
    assert "0 件を受領済みにしました" in post(linker, "accept-ledger", system="core")
    assert "再開しました" in post(linker, "resume-after-restore", system="core", reason="")
    with scope(TOWN):
        assert not handover.core_system("core").is_stopped
        assert backup.is_held("notices")
    assert "確認は終わりです" in post(linker, "resume-notices")
    with scope(TOWN):
        assert backup.open_restoration() is None
        actions = [entry.action for entry in audit.of_object("destination", "core:core")]
    assert actions == ["backup.released"]
    assert "外への送信を止めています" not in linker.get(reverse("desk:reconcile")).content.decode()


def test_a_row_that_the_core_has_otherwise_is_closed_on_the_page(linker: Client) -> None:
    with scope(TOWN):
        core = CoreSystem.objects.get()
        case = make(
            Case, status="awaiting_handover", handover_state="held", hold_code="EXP-712", previous=None
        )
        row = make(
            Handover, core_system=core, case=case, kind="new", state="held", hold_code="EXP-712",
            receipt_number="260401000000123",
        )  # fmt: skip
        make(
            CoreLedgerRow, core_system=core, key=row.idempotency_key, row_sha256="0" * 64, outcome="accepted"
        )
    page = linker.get(reverse("desk:reconcile")).content.decode()
    assert "基幹にあり、内容が違う申請（EXP-712、1 件）" in page
    assert "260401000000123" in page
    assert "理由" in post(linker, "accept-theirs", row=str(row.pk), reason=" ")
    assert "基幹の内容で受領済みにしました" in post(
        linker, "accept-theirs", row=str(row.pk), reason="基幹が正しい"
    )
    assert "EXP-712、" not in linker.get(reverse("desk:reconcile")).content.decode()
    assert (
        linker.post(reverse("desk:accept-theirs"), {"row": str(row.pk + 1), "reason": "x"}).status_code
        == HTTPStatus.NOT_FOUND
    )


@pytest.mark.parametrize("name", ["accept-ledger", "resume-after-restore"])
def test_a_core_system_that_is_not_there_is_not_found(linker: Client, name: str) -> None:
    for system in ("other", ""):
        answer = linker.post(reverse(f"desk:{name}"), {"system": system})
        assert answer.status_code == HTTPStatus.NOT_FOUND
