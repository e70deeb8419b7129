"""A prefecture publishes its overlay to its towns as signed files; a town keeps it, and no plan moves by it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.programme.packs.made import edition, node
from tests.support.rows import AT
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.claims import JobContext
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.models import IncomingFile
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs import jobs, queries, services
from todoke.programme.packs.errors import EditionUnknown
from todoke.programme.packs.values import Edition, EditionOrigin

TOWN, PREFECTURE = "992011", "990001"
ACTOR = Actor(ActorKind.COMMAND, "test")
STANDARD = "urn:jp:soumu:tejunsho:hyojunka"
OVERLAY = edition(
    node("ken.x", parent="root"), pack="urn:example:ken", overlays=STANDARD, overlay_edition="1.0"
)


@pytest.fixture(autouse=True)
def _two(db: None, var_dir: Path) -> None:
    organisations.register_organisation(TOWN, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    organisations.register_organisation(PREFECTURE, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=AT)
    exchange.introduce(TOWN, PREFECTURE, actor=ACTOR, at=AT)
    organisations.set_parent(TOWN, PREFECTURE)


def context(body: str) -> JobContext:
    return JobContext(body, Claimant("worker-1", AT), 10)


def viewer(*rights: Right) -> Viewer:
    return Viewer(PREFECTURE, 1, "県の担当", frozenset(rights), None)


def publish(one: Edition, *recipients: str, by: Viewer | None = None) -> None:
    with scope(PREFECTURE):
        services.keep(one, actor=ACTOR, at=AT)
        services.publish(
            by or viewer(Right.ASK_BODIES), one.ref, recipients=recipients, as_of=japanese_date(AT), at=AT
        )
    exchange.deliver(context(PREFECTURE))


def take() -> int:
    exchange.collect(context(TOWN))
    return jobs.take_editions(context(TOWN))


def codes() -> list[str]:
    with scope(TOWN, read_only=True):
        return list(IncomingFile.objects.order_by("pk").values_list("code", flat=True))


def test_an_overlay_of_the_prefecture_arrives_and_is_kept_once() -> None:
    by = viewer(Right.ASK_BODIES)
    publish(OVERLAY, TOWN, by=by)
    publish(OVERLAY, TOWN, by=by)
    assert take() == 2
    assert take() == 0
    with scope(TOWN, read_only=True):
        assert queries.edition(OVERLAY.ref) == OVERLAY
        origins = [one.origin for one in queries.packs() if one.pack == OVERLAY.ref.pack]
    assert origins == [EditionOrigin.RECEIVED]


def test_only_the_body_above_is_believed_and_a_refusal_says_why() -> None:
    organisations.set_parent(TOWN, "")
    publish(OVERLAY, TOWN)
    assert take() == 0
    assert codes() == ["PCK-108"]
    with scope(TOWN, read_only=True), pytest.raises(EditionUnknown):
        queries.edition(OVERLAY.ref)


def test_one_that_cannot_be_kept_stops_no_other() -> None:
    by = viewer(Right.ASK_BODIES)
    with scope(TOWN):
        services.keep(replace(OVERLAY, title="町の題名", sha256="0" * 64), actor=ACTOR, at=AT)
    publish(OVERLAY, TOWN, by=by)
    publish(edition(node("ken.y"), pack="urn:example:ken2"), TOWN, by=by)
    assert take() == 1
    assert codes() == ["PCK-104", ""]


def test_who_may_not_ask_bodies_publishes_nothing() -> None:
    with pytest.raises(RightMissing):
        publish(OVERLAY, TOWN, by=viewer(Right.VIEW_PLANS))
