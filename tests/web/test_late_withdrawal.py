"""The page of a case that was withdrawn after it left: two ways, each explained, and what became of it."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.rows import AT, make
from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import CaseStatus, Filters, WorklistRow
from todoke.casework.handover.models import Handover
from todoke.casework.models import Batch, Case, CoreSystem
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.fence import scope

from .conftest import MINASE, Towns


@pytest.fixture
def viewer(towns: Towns) -> Viewer:
    """A colleague of the clerk."""
    staff_id = desk.appoint(MINASE, list(Role), name="colleague")
    with scope(MINASE):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def withdrawn(viewer: Viewer, *, has_left: bool) -> WorklistRow:
    """A case of the town that was withdrawn late, with the ledger row of its hand-over."""
    with scope(MINASE):
        row = cases.worklist(viewer, Filters(), size=1).rows[0]
        Handover.objects.filter(case_id=row.id).delete()
        if has_left:
            system = CoreSystem.objects.filter(is_active=True).first() or make(
                CoreSystem, name="kihon", profile="sample-core", is_active=True, is_stopped=False
            )
            batch = make(Batch, core_system=system, state="acknowledged")
            make(
                Handover, core_system=system, case_id=row.id, state="receipted", batch=batch, row_sha256="0" * 64,
                receipted_at=AT,
            )  # fmt: skip
        Case.objects.filter(pk=row.id).update(
            status=CaseStatus.WITHDRAWN.value,
            hold_code="SEQ-503",
            handover_state="receipted" if has_left else "none",
        )
    return row


def standing(uuid: UUID) -> tuple[str, str]:
    with scope(MINASE, read_only=True):
        found = Case.objects.get(uuid=uuid)
        return found.handover_state, found.hold_code


def page(clerk: Client, row: WorklistRow) -> str:
    answer = clerk.get(reverse("desk:case", kwargs={"uuid": row.uuid}))
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def post(clerk: Client, viewer: Viewer, row: WorklistRow, answer: str, note: str = "処理前と確かめた") -> int:
    with scope(MINASE):
        version = cases.case_detail(viewer, row.uuid).version
    typed = {"version": version, "answer": answer, "note": note}
    return clerk.post(reverse("desk:answer-withdrawal", kwargs={"uuid": row.uuid}), typed).status_code


def test_the_page_explains_both_ways_and_the_clerk_sends_a_cancellation(
    clerk: Client, viewer: Viewer
) -> None:
    row = withdrawn(viewer, has_left=True)
    shown = page(clerk, row)
    for words in (
        "取下げと基幹への取消し",
        "基幹へ取消しを引き渡す",
        "基幹に伝えた（手で取り消した）",
        "決定して保留を解除する",
    ):
        assert words in shown
    assert reverse("desk:release-hold", kwargs={"uuid": row.uuid}) not in shown
    assert post(clerk, viewer, row, "send", note="") == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(clerk, viewer, row, "both") == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(clerk, viewer, row, "send") == HTTPStatus.FOUND
    assert standing(row.uuid) == ("cancelling", "")
    after = page(clerk, row)
    assert "基幹の受領を待っています" in after
    assert "決定して保留を解除する" not in after


def test_the_clerk_says_that_the_core_was_told_by_hand(clerk: Client, viewer: Viewer) -> None:
    row = withdrawn(viewer, has_left=True)
    assert post(clerk, viewer, row, "by_hand") == HTTPStatus.FOUND
    assert standing(row.uuid) == ("cancelled", "")
    assert "担当者が基幹に伝えて取り消しました" in page(clerk, row)


def test_where_nothing_has_left_only_the_way_by_hand_is_offered(clerk: Client, viewer: Viewer) -> None:
    row = withdrawn(viewer, has_left=False)
    shown = page(clerk, row)
    assert "引き渡した記録がない" in shown
    assert 'value="send"' not in shown
    assert post(clerk, viewer, row, "send") == HTTPStatus.FOUND
    assert standing(row.uuid) == ("none", "SEQ-503"), "refused, and said so on the page"
    assert post(clerk, viewer, row, "by_hand") == HTTPStatus.FOUND
    assert standing(row.uuid) == ("none", "")


def test_what_the_core_said_to_a_cancellation_stands_on_the_page(clerk: Client, viewer: Viewer) -> None:
    row = withdrawn(viewer, has_left=True)
    assert post(clerk, viewer, row, "send") == HTTPStatus.FOUND
    with scope(MINASE):
        back = Handover.objects.get(case_id=row.id, kind="cancellation")
        original = Handover.objects.select_related("batch").get(case_id=row.id, kind="new")
        Handover.objects.filter(pk=back.pk).update(
            state="refused", batch=original.batch, row_sha256="1" * 64, refusal_code="C-901",
            refusal_message="支給済みのため取り消せません",
        )  # fmt: skip
        Case.objects.filter(pk=row.id).update(handover_state="uncancelled", hold_code="SEQ-503")
    shown = page(clerk, row)
    assert "支給済みのため取り消せません" in shown
    assert "もう一度引き渡す" in shown
    assert reverse("desk:hand-over-again", kwargs={"uuid": row.uuid}) not in shown
    assert post(clerk, viewer, row, "send") == HTTPStatus.FOUND
    assert standing(row.uuid) == ("cancelling", "")
