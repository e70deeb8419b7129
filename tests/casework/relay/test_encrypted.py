"""The portal behind TLS: both sides must know each other, or nothing is sent and nothing is received."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.relay.portal import ACTOR, MINASE, NOW, Portal, stored
from tests.support.tls import DAY, Authority, Holder, guard
from todoke.casework.relay import services
from todoke.casework.relay.models import RelayRun
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.foundation.fence import scope
from todoke.foundation.transport import Transport


@dataclass
class Ends:
    """The authorities of the two sides, and what each side shows."""

    authority: Authority
    stranger: Authority
    portal: Holder
    town: Holder


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    authority, stranger = Authority(tmp_path, "authority"), Authority(tmp_path, "stranger")
    return Ends(authority, stranger, authority.issue("portal"), authority.issue("town"))


def read(portal: Portal, ends: Ends, transport: Transport) -> str:
    """Read the portal once over TLS; returns the code of the run."""
    address = guard(portal.server.server, ends.portal, [ends.authority.file])
    with scope(MINASE):
        services.register_channel(
            "portal", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=ChannelSettings(address, MINASE, str(portal._password), transport=transport),
            actor=ACTOR, at=NOW,
        )  # fmt: skip
    portal.pull()
    with scope(MINASE, read_only=True):
        return RelayRun.objects.latest("pk").list_code


def transport(ends: Ends, town: Holder | None) -> Transport:
    shown = (str(town.certificate), str(town.key)) if town else ("", "")
    return Transport(str(ends.authority.file), *shown)


def test_both_sides_know_each_other(portal: Portal, ends: Ends) -> None:
    assert read(portal, ends, transport(ends, ends.town)) == ""
    assert len(stored()) == 5


EXPIRED, OTHER_ADDRESS = (-DAY, -timedelta(minutes=1)), "127.0.0.2"
WRONG: dict[str, Callable[[Ends], Ends]] = {
    "C21-the-portals-certificate-has-expired": lambda ends: Ends(
        ends.authority, ends.stranger, ends.authority.issue("old", valid=EXPIRED), ends.town
    ),
    "C21-the-portals-certificate-bears-another-name": lambda ends: Ends(
        ends.authority, ends.stranger, ends.authority.issue("other", address=OTHER_ADDRESS), ends.town
    ),
    "C21-the-portal-is-vouched-for-by-a-stranger": lambda ends: Ends(
        ends.authority, ends.stranger, ends.stranger.issue("false"), ends.town
    ),
    "C21-our-certificate-has-expired": lambda ends: Ends(
        ends.authority, ends.stranger, ends.portal, ends.authority.issue("late", valid=EXPIRED)
    ),
    "C21-our-certificate-is-a-strangers": lambda ends: Ends(
        ends.authority, ends.stranger, ends.portal, ends.stranger.issue("guest")
    ),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_nothing_is_received_from_a_peer_that_is_not_known(
    change: Callable[[Ends], Ends], portal: Portal, ends: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = change(ends)
    with caplog.at_level(logging.WARNING):
        assert read(portal, wrong, transport(wrong, wrong.town)) == "RLY-113"
    assert stored() == []
    assert "relay.peer_refused" in caplog.text


def test_C21_a_portal_that_asks_who_we_are_gets_no_answer_from_a_town_without_certificate(
    portal: Portal, ends: Ends
) -> None:
    assert read(portal, ends, transport(ends, None)) == "RLY-113"
    assert stored() == []


def test_C21_a_certificate_file_that_is_no_certificate_stops_the_channel_and_says_which(
    portal: Portal, ends: Ends, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    assert read(portal, ends, Transport(str(broken))) == "SYS-930"
    assert stored() == []
