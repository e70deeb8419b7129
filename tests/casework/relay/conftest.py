"""Two towns, a channel, and the sandbox portal beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.relay.portal import ACTOR, HIYORI, MINASE, NOW, Portal, lay_out
from todoke.casework.relay import services
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind


@pytest.fixture
def towns(db: None, var_dir: Path, clock: object) -> None:
    """みなせ市 and ひより町, registered."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)


@pytest.fixture
def hand(towns: None) -> ChannelRef:
    """みなせ市's channel for ZIPs that a person has downloaded."""
    with scope(MINASE):
        return services.register_channel(
            "hand", kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample",
            settings=ChannelSettings(), actor=ACTOR, at=NOW,
        )  # fmt: skip


@pytest.fixture
def folder(towns: None, tmp_path: Path) -> ChannelRef:
    """みなせ市's channel for a watched folder."""
    place = tmp_path / "inbox"
    place.mkdir()
    with scope(MINASE):
        return services.register_channel(
            "folder", kind=ChannelKind.FOLDER, profile="watched-folder", layout="pittari-xml-sample",
            settings=ChannelSettings(folder=str(place)), actor=ACTOR, at=NOW,
        )  # fmt: skip


@pytest.fixture
def portal(towns: None, clock: object, tmp_path: Path) -> Iterator[Portal]:
    """A sandbox portal that holds five packages of みなせ市, and the channel that leads to it."""
    data = tmp_path / "world"
    lay_out(data, count=5)
    password = tmp_path / "password"
    password.write_text(f"sandbox-{MINASE}\n")
    portal = Portal(data, tmp_path / "state", password)
    yield portal
    portal.stop()
