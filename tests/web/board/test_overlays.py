"""追加データ on screen: taken over from a file, laid over a plan after its difference was seen, taken back; published."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.packs.made import edition, node
from tests.programme.plans.conftest import FIRST, STANDARD, Body
from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import Adjustment, Edition, Estimate
from todoke.programme.plans import queries
from todoke.programme.plans.values import Plan

from .test_parts import leaf

TSUMUGI = "990001"
OVERLAY = edition(
    node("ken.shidou", "県の共同調達に加わる", parent="root"), pack="urn:example:ken", overlays=STANDARD, overlay_edition="1.0",
    adjustments=(Adjustment("w04", Estimate(3, 4, 5)),),
)  # fmt: skip
ASKED = {"pack": OVERLAY.ref.pack, "edition": OVERLAY.ref.edition, "release": str(OVERLAY.ref.release)}


def taken(client: Client, one: Edition = OVERLAY) -> Any:
    file = SimpleUploadedFile("ken.yaml", packs.yaml_of(one))
    return client.post("/board/overlays/take/", {"file": file})


def shown_hash(page: str) -> str:
    return page.partition('name="shown" value="')[2][:64]


def test_an_overlay_is_laid_over_a_plan_as_it_was_shown_and_taken_back(
    body: Body, plan: Plan, officer: Client, reporter: Client
) -> None:
    before, address = body.snapshot(plan), f"/board/plans/{plan.uuid}/overlay/"
    assert taken(reporter).status_code == HTTPStatus.FORBIDDEN
    assert taken(officer).status_code == HTTPStatus.FOUND
    assert body.snapshot(plan) == before, "taking over changes no plan"
    assert "に重ねたときの違いを見る" in officer.get("/board/overlays/").content.decode()
    assert "重ねていない追加データが1件" in officer.get(f"/board/plans/{plan.uuid}/").content.decode()
    sheet = officer.get(address, ASKED).content.decode()
    assert "県の共同調達に加わる" in sheet
    assert "15/30/60 → 3/4/5" in sheet
    stale = officer.post(f"{address}apply/", {**ASKED, "act": "adopt", "shown": "0" * 64})
    assert stale.status_code == HTTPStatus.CONFLICT
    done = officer.post(f"{address}apply/", {**ASKED, "act": "adopt", "shown": shown_hash(sheet)})
    assert leaf(plan, "県の共同調達に加わる").counts
    assert leaf(plan).estimate == Estimate(3.0, 4.0, 5.0)
    again = officer.get(address, ASKED)
    assert again.status_code == HTTPStatus.NOT_FOUND, "it lies already"
    officer.post(f"{done['Location']}turn-back/")
    assert body.snapshot(plan) == before


def test_what_is_no_overlay_or_does_not_fit_is_refused_with_a_sentence(officer: Client, plan: Plan) -> None:
    no_overlay = taken(officer, edition(node("a"), pack="urn:example:ichi"))
    assert "追加データではありません" in no_overlay.content.decode()
    assert taken(officer, edition(node("b", parent="nowhere"), pack="urn:example:ni", overlays=STANDARD)).status_code == (
        HTTPStatus.UNPROCESSABLE_ENTITY
    )  # fmt: skip


@pytest.fixture
def prefecture(body: Body) -> Client:
    """Who supports the towns of つむぎ県, and keeps its guidelines."""
    organisations.register_organisation(
        TSUMUGI, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=body.clock.now
    )
    organisations.set_parent(MINASE, TSUMUGI)
    return desk.browser(TSUMUGI, desk.appoint(TSUMUGI, [Role.SUPPORT, Role.PROGRAMME], name="shien"))


def test_what_an_overlay_changes_is_seen_before_it_is_sent(
    body: Body, officer: Client, prefecture: Client
) -> None:
    taken(prefecture)
    address = "/board/overlays/publish/"
    assert officer.get(address).status_code == HTTPStatus.FORBIDDEN
    page = prefecture.get(address, ASKED).content.decode()
    assert "県の共同調達に加わる" in page
    assert "加わります" in page
    assert "15/30/60執務日" in page
    nobody = prefecture.post(f"{address}send/", ASKED)
    assert nobody.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    sent = prefecture.post(f"{address}send/", {**ASKED, "recipients": MINASE}, follow=True)
    assert "1団体に送る準備をしました" in sent.content.decode()
    assert prefecture.get(address, {**ASKED, "pack": FIRST.pack}).status_code == HTTPStatus.NOT_FOUND
    with scope(MINASE, read_only=True):
        assert queries.plans() == []
