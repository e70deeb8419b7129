"""Every hostile attachment through the whole journey and to the desk: nothing doubtful is handed out as it came."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test.utils import override_settings

from sandbox.clamd.server import ClamdServer
from tests.casework.intake.packages import MINASE, NOW
from tests.hostile import screened
from tests.hostile.attachments import FLAGGED, SEALED
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House
from tests.hostile.invariants import Passage
from tests.hostile.screened import Screened
from todoke.casework.intake import queries as intake
from todoke.casework.relay.models import Package
from todoke.casework.screening import jobs, queries
from todoke.casework.screening.adapters.clamd import Clamd
from todoke.casework.screening.models import SanitisedCopy
from todoke.casework.screening.rules import copies
from todoke.casework.screening.values import CopyState, Opening, ScanOutcome, ScreeningState, Standing
from todoke.foundation.fence import scope
from todoke.foundation.vault.queries import open_blob
from todoke.proof.content import look_whole

ACTIVE = (b"JavaScript", b"OpenAction", b"/AA ", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/URI", b"<script")
ROWS = screened.rows()


@pytest.fixture(scope="module")
def scanner() -> Iterator[ClamdServer]:
    server = ClamdServer(built_at=NOW)
    server.start()
    with override_settings(TODOKE_CLAMD=server.address):
        yield server
    server.stop()


@pytest.fixture(scope="module")
def caravan(house_of_module: House, scanner: ClamdServer) -> Iterator[Caravan[Screened]]:
    with Caravan(house_of_module, ROWS, take_in) as one:
        yield one


def take_in(traveller: Traveller, row: Screened) -> Passage:
    return traveller.take_in(row.attached.packed(), more=lambda: screen(traveller.house))


def screen(house: House) -> None:
    """What is slow about an attachment belongs to its row."""
    jobs.take_up(house.context())
    while jobs.screen(house.context()) + jobs.make_copies(house.context()):
        pass


def standing_of(package_id: int) -> Standing:
    (file,) = intake.attachments(package_id)
    return queries.standings_of([file])[file.id]


def copied_bytes(found: Standing) -> bytes:
    if found.copy is None or found.copy.state is not CopyState.MADE:
        return b""
    row = SanitisedCopy.objects.get(sha256_before=found.sha256, state=CopyState.MADE.value)
    assert row.blob_id is not None
    return open_blob(row.blob_id).read()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_doubtful_original_opens_by_default_and_every_copy_is_harmless(
    row: Screened, caravan: Caravan[Screened]
) -> None:
    passage = caravan.of(row)
    with scope(MINASE):
        assert Package.objects.get(pk=passage.package).state == "accepted"
        if row.attached.code:
            assert row.attached.code in {one.code for one in intake.findings(passage.package)}
        found = standing_of(passage.package)
        copy = copied_bytes(found)
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
    caravan.check(row)


def test_A01_in_an_archive_in_an_archive_the_scanner_is_asked_and_finds(scanner: ClamdServer) -> None:
    scanner.signatures[screened.NESTED[:64]] = "Nested.Eicar"
    clamd = Clamd(scanner.address, timeout_seconds=5)
    assert clamd.scan([screened.NESTED]) == (ScanOutcome.INFECTED, "Nested.Eicar")


@pytest.mark.parametrize(
    "fault", ["broken", "hangs", "dies", "fewer_pages", "hands_back", "smuggles"], ids=lambda f: f"A11-{f}"
)
def test_a_sanitiser_that_fails_leaves_the_original_sealed_and_the_application_open(
    fault: str, caravan: Caravan[Screened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "TARGET", f"tests.casework.screening.targets:{fault}")
    monkeypatch.setattr(jobs, "COPY_LIMITS", replace(jobs.COPY_LIMITS, wall_seconds=1))
    caravan.close()
    row = Screened(screened.flagged_document())
    with Caravan(caravan.house, [row], take_in) as alone:
        passage = alone.of(row)
        with scope(MINASE):
            found = standing_of(passage.package)
        alone.check(row)
    assert (found.state, found.original, found.copy_opening) == (
        ScreeningState.SEALED, Opening.CLOSED, Opening.CLOSED,
    )  # fmt: skip
    assert found.copy is not None
    assert (found.copy.state, found.copy.code) == (CopyState.NOT_MADE, "ATT-621")
