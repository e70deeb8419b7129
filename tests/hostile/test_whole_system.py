"""Every row that is a package, through the whole intake: the catalogue's answer, and the invariants after it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import MINASE, package, sha256
from tests.hostile import every, whole
from tests.hostile.rows import CANARY
from tests.hostile.whole import Whole
from todoke.casework.intake import queries as intake
from todoke.casework.intake.models import Application, Quarantine
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.fence import scope
from todoke.foundation.vault.errors import TooLarge
from todoke.foundation.vault.queries import open_blob

HOSTILE, NEIGHBOUR = 1, 2
# On the second database the rows of texts and attachments run once, together: tests/journeys/test_hostile_neighbours.
ROWS = every.rows() if connection.vendor == "sqlite" else whole.rows()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_package_ends_as_the_catalogue_says_and_nothing_is_lost(
    row: Whole, arrive: Arrive, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    data = row.build()
    with caplog.at_level(logging.DEBUG):
        hostile = arrive(data, HOSTILE)
        neighbour = arrive(package("P02", 1), NEIGHBOUR)
        work()
    with scope(MINASE):
        judged = Package.objects.get(pk=hostile)
        assert (judged.state, judged.code) == (row.state.value, row.code)
        if row.found:
            assert row.found in {one.code for one in intake.findings(hostile)}
        assert Package.objects.get(pk=neighbour).state == PackageState.ACCEPTED.value
        _assert_one_state(hostile)
        _assert_original(hostile, data)
        sealing.seal(at=judged.received_at)
        assert audit.verify().is_whole
        assert len(audit.of_object("package", str(hostile))) >= 2, "received and settled"
    assert CANARY not in caplog.text
    assert "Traceback" not in caplog.text


def _assert_one_state(package_id: int) -> None:
    """I1: accepted packages have an application, quarantined ones a stay, and nobody has both."""
    state = Package.objects.get(pk=package_id).state
    is_application = Application.objects.filter(package_id=package_id).exists()
    is_quarantined = Quarantine.objects.filter(package_id=package_id, released_at__isnull=True).exists()
    assert is_application == (state == PackageState.ACCEPTED.value)
    assert is_quarantined == (state == PackageState.QUARANTINED.value)


def _assert_original(package_id: int, data: bytes) -> None:
    """I2: the bytes that arrived are readable and are the receipt's."""
    stored = Package.objects.get(pk=package_id)
    blob = open_blob(stored.blob_id)
    assert blob.sha256 == stored.content_hash == sha256(data)
    assert blob.read() == data


@pytest.mark.parametrize("extra", [1, 5_000_000_000], ids=["Z39-one-byte-too-many", "Z39-5-GB"])
def test_a_package_over_the_limit_is_refused_while_it_comes_in(
    extra: int, arrive_pieces: Callable[[Iterator[bytes]], int], settings: Settings, var_dir: Path
) -> None:
    settings.TODOKE_PACKAGE_BYTES = 3_000_000
    block, sent = bytes(1_000_000), []

    def pieces() -> Iterator[bytes]:
        for _ in range(3 + -(-extra // len(block))):
            sent.append(1)
            yield block

    with pytest.raises(TooLarge):
        arrive_pieces(pieces())
    assert len(sent) == 4, "the sender is stopped at the limit"
    with scope(MINASE, read_only=True):
        assert not Package.objects.exists()
    assert sum(file.stat().st_size for file in var_dir.rglob("*") if file.is_file()) < len(block), (
        "space is free again"
    )
