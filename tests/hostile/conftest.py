"""The fixtures of intake: a town with a channel by hand, and a worker that opens what has arrived."""

from collections.abc import Callable, Iterator

import pytest

from tests.casework.intake.conftest import arrive as arrive
from tests.casework.intake.conftest import channel as channel
from tests.casework.intake.conftest import trust as trust
from tests.casework.intake.conftest import work as work
from tests.casework.intake.packages import ACTOR, APPLIED, NOW
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelRef, Listed


@pytest.fixture
def arrive_pieces(channel: ChannelRef) -> Callable[[Iterator[bytes]], int]:
    """Let a package arrive piece by piece; returns its id."""

    def _arrive(pieces: Iterator[bytes]) -> int:
        received = relay.receive_package(
            channel, listed=Listed("260401000000001", APPLIED), chunks=pieces, actor=ACTOR, at=NOW
        )
        return received.package_id

    return _arrive
