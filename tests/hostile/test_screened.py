"""Every hostile attachment through intake, screening and the desk: nothing doubtful is handed out as it came."""

import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sandbox.clamd.server import ClamdServer
from tests.casework.intake.conftest import Arrive, Work
from tests.casework.intake.packages import MINASE, NOW
from tests.hostile import screened
from tests.hostile.attachments import FLAGGED, SEALED
from tests.hostile.rows import CANARY
from tests.hostile.screened import Screened
from todoke.casework.intake import queries as intake
from todoke.casework.relay.models import Package
from todoke.casework.screening import jobs, queries
from todoke.casework.screening.adapters.clamd import Clamd
from todoke.casework.screening.models import SanitisedCopy
from todoke.casework.screening.rules import copies
from todoke.casework.screening.values import CopyState, Opening, ScanOutcome, ScreeningState, Standing
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit import services as sealing
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope
from todoke.foundation.vault.queries import open_blob
from todoke.proof.content import look_whole

ACTIVE = (b"JavaScript", b"OpenAction", b"/AA ", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/URI", b"<script")


@pytest.fixture
def scanner(settings: Settings) -> Iterator[ClamdServer]:
    server = ClamdServer(built_at=NOW)
    server.start()
    settings.TODOKE_CLAMD = server.address
    yield server
    server.stop()


def screen() -> None:
    context = JobContext(MINASE, Claimant("worker-1", now()), 100)
    jobs.take_up(context)
    while jobs.screen(context) + jobs.make_copies(context):
        pass


def standing_of(package_id: int) -> Standing:
    (file,) = intake.attachments(package_id)
    return queries.standings_of([file])[file.id]


def copied_bytes() -> bytes:
    row = SanitisedCopy.objects.filter(state=CopyState.MADE.value).first()
    return open_blob(row.blob_id).read() if row and row.blob_id else b""


@pytest.mark.parametrize("row", screened.rows(), ids=str)
def test_no_doubtful_original_opens_by_default_and_every_copy_is_harmless(
    row: Screened, arrive: Arrive, work: Work, scanner: ClamdServer, caplog: pytest.LogCaptureFixture
) -> None:
    data = row.attached.packed()
    with caplog.at_level(logging.DEBUG):
        hostile = arrive(data, 1)
        work()
        screen()
    with scope(MINASE):
        found, copy = standing_of(hostile), copied_bytes()
        if row.opens_at_once is not None:
            assert (found.original is Opening.FREE) == row.opens_at_once, found
        assert found.state not in (ScreeningState.WAITING, ScreeningState.UNSCANNED)
        if row.is_malware:
            assert (found.state, found.copy_opening, found.may_be_released) == (
                ScreeningState.SEALED,
                Opening.CLOSED,
                False,
            )
            assert "ATT-601" in found.codes
        if row.attached.state is SEALED:
            assert (found.state, found.original) == (ScreeningState.SEALED, Opening.CLOSED)
        if row.attached.state is FLAGGED and row.opens_at_once is False:
            assert found.original is (Opening.REASON if copy else Opening.CLOSED)
        if copy and found.copy is not None:
            findings = [one for one in look_whole(copy).findings if one.code != "ATT-612"]
            assert not findings or found.copy.kind == "text", "a text may say anything; it is shown as text"
            assert not any(word in copy for word in ACTIVE) or found.copy.kind == "text"
        _assert_nothing_lost(hostile, data)
    assert CANARY not in caplog.text
    assert "Traceback" not in caplog.text


def _assert_nothing_lost(package_id: int, data: bytes) -> None:
    """I1, I2, I4: accepted, the same bytes, and a whole audit that knows of it."""
    stored = Package.objects.get(pk=package_id)
    assert stored.state == "accepted"
    assert open_blob(stored.blob_id).read() == data
    sealing.seal(at=now())
    assert audit.verify().is_whole
    assert audit.of_object("package", str(package_id))


def test_A01_in_an_archive_in_an_archive_the_scanner_is_asked_and_finds(scanner: ClamdServer) -> None:
    scanner.signatures[screened.NESTED[:64]] = "Nested.Eicar"
    clamd = Clamd(scanner.address, timeout_seconds=5)
    assert clamd.scan([screened.NESTED]) == (ScanOutcome.INFECTED, "Nested.Eicar")


@pytest.mark.parametrize(
    "fault", ["broken", "hangs", "dies", "fewer_pages", "hands_back", "smuggles"], ids=lambda f: f"A11-{f}"
)
def test_a_sanitiser_that_fails_leaves_the_original_sealed_and_the_application_open(
    fault: str, arrive: Arrive, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(copies, "TARGET", f"tests.casework.screening.targets:{fault}")
    monkeypatch.setattr(jobs, "COPY_LIMITS", replace(jobs.COPY_LIMITS, wall_seconds=1))
    data = screened.flagged_document().packed()
    hostile = arrive(data, 1)
    work()
    screen()
    with scope(MINASE):
        found = standing_of(hostile)
        assert (found.state, found.original, found.copy_opening) == (
            ScreeningState.SEALED, Opening.CLOSED, Opening.CLOSED,
        )  # fmt: skip
        assert found.copy is not None
        assert (found.copy.state, found.copy.code) == (CopyState.NOT_MADE, "ATT-621")
        _assert_nothing_lost(hostile, data)
