"""A file counts as clean when a scanner with fresh signatures, which finds the test file, has said so. Else it waits."""

import logging
from datetime import timedelta

import pytest
from pytest_django import Settings

from sandbox.clamd.server import EICAR, ClamdServer
from tests.casework.identify.conftest import MINASE
from tests.proof import zips
from tests.proof.zips import Part
from todoke.casework.screening import jobs, services
from todoke.casework.screening.errors import NothingToScanAgain, NotReleasable
from todoke.casework.screening.models import ScanResult, ScreenedContent
from todoke.casework.screening.values import Opening, ScanOutcome, ScreeningState
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right
from todoke.foundation.fence import scope

from .conftest import CASE, Desk, detail
from .files import File, attach

CLEAN = b"harmless text"


def test_a_clean_file_is_screened_and_opens(desk: Desk, clamd: ClamdServer) -> None:
    (one,) = attach(File(CLEAN))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.SCREENED, Opening.FREE)
    assert found.scan is not None
    assert (found.scan.engine.name, found.scan.engine.signatures) == ("ClamAV 1.4.6", "27463")


def test_A01_malware_is_sealed_alarms_and_is_never_opened(
    desk: Desk, clamd: ClamdServer, caplog: pytest.LogCaptureFixture
) -> None:
    (one,) = attach(File(b"prefix " + EICAR))
    with caplog.at_level(logging.ERROR, "todoke.screening"):
        desk.run()
    found = desk.standing(one)
    assert (found.state, found.original, found.copy_opening) == (
        ScreeningState.SEALED, Opening.CLOSED, Opening.CLOSED,
    )  # fmt: skip
    assert found.codes == ("ATT-601",)
    assert "ATT-601" in caplog.text
    assert [entry.object_id for entry in desk.actions("attachment.infected")] == [str(one)]
    with scope(MINASE), pytest.raises(NotReleasable):
        services.propose_release(
            desk.person(1, Right.RELEASE_ATTACHMENTS), detail(one), case=CASE, shown_hash=found.shown_hash, reason="x",
            at=desk.clock.now,
        )  # fmt: skip


def test_A01_malware_in_an_archive_in_an_archive_is_what_the_scanner_says(
    desk: Desk, clamd: ClamdServer
) -> None:
    nested = zips.build([Part(b"b.zip", zips.build([Part(b"c.com", EICAR)]))])
    clamd.signatures[nested[:40]] = "Nested.Eicar"
    (one,) = attach(File(nested))
    desk.run()
    found = desk.standing(one)
    assert found.state is ScreeningState.SEALED
    assert found.scan is not None
    assert found.scan.found == "Nested.Eicar"


def test_F21_a_scanner_that_is_down_leaves_files_waiting_and_never_clean(
    desk: Desk, clamd: ClamdServer, settings: Settings
) -> None:
    (one,) = attach(File(CLEAN))
    clamd.stop()
    for _ in range(settings.TODOKE_RETRY_LIMIT + 3):
        desk.run()
        desk.clock.advance(minutes=15)
    found, (content,) = desk.standing(one), desk.contents()
    assert (found.state, found.original) == (ScreeningState.WAITING, Opening.REASON)
    assert content.parked_code == ""
    with scope(MINASE, read_only=True):
        assert not ScanResult.objects.exists()


def test_F21_what_waited_is_scanned_once_the_scanner_answers_again(
    desk: Desk, clamd: ClamdServer, settings: Settings
) -> None:
    (one,) = attach(File(CLEAN))
    settings.TODOKE_CLAMD = "tcp://127.0.0.1:9"
    desk.run()
    settings.TODOKE_CLAMD = clamd.address
    desk.run()
    assert desk.standing(one).state is ScreeningState.WAITING, "not before it is due again"
    desk.clock.advance(seconds=settings.TODOKE_RETRY_BASE_SECONDS)
    desk.run()
    assert desk.standing(one).state is ScreeningState.SCREENED


@pytest.mark.parametrize("fault", ["stall", "close", "nonsense"])
@pytest.mark.parametrize("command", ["VERSION", "INSTREAM"])
def test_F21_a_scanner_that_stalls_hangs_up_or_babbles_has_said_nothing(
    desk: Desk, clamd: ClamdServer, fault: str, command: str
) -> None:
    (one,) = attach(File(CLEAN))
    clamd.faults.arm(fault, path=command)
    desk.run()
    assert desk.standing(one).state is ScreeningState.WAITING
    desk.clock.advance(minutes=1)
    desk.run()
    assert desk.standing(one).state is ScreeningState.SCREENED


def test_F21_a_scanner_that_does_not_find_the_test_file_is_not_believed(
    desk: Desk, clamd: ClamdServer
) -> None:
    (one,) = attach(File(CLEAN))
    clamd.faults.arm("lie")
    desk.run()
    assert desk.standing(one).state is ScreeningState.WAITING
    assert clamd.asked == ["VERSION", "INSTREAM"], "it got the test file and no other"


@pytest.mark.parametrize("days", [8, None])
def test_F21_clean_by_old_signatures_or_of_unknown_age_is_not_clean(
    desk: Desk, clamd: ClamdServer, days: int | None
) -> None:
    clamd.built_at = None if days is None else desk.clock.now - timedelta(days=days)
    (one,) = attach(File(CLEAN))
    desk.run()
    found = desk.standing(one)
    assert found.state is ScreeningState.WAITING
    assert found.scan is not None
    assert found.scan.outcome is ScanOutcome.STALE
    assert desk.status().is_outdated
    clamd.built_at = desk.clock.now
    desk.clock.advance(hours=1)
    desk.run()
    assert desk.standing(one).state is ScreeningState.SCREENED
    assert not desk.status().is_outdated


def test_F21_malware_that_old_signatures_find_is_malware(desk: Desk, clamd: ClamdServer) -> None:
    clamd.built_at = desk.clock.now - timedelta(days=400)
    (one,) = attach(File(EICAR))
    desk.run()
    assert desk.standing(one).state is ScreeningState.SEALED


def test_F21_what_waits_for_more_than_a_day_is_told(desk: Desk, clamd: ClamdServer) -> None:
    clamd.stop()
    attach(File(CLEAN))
    desk.run()
    assert not desk.status().is_overdue
    desk.clock.advance(hours=25)
    status = desk.status()
    assert (status.is_overdue, status.waiting) == (True, 1)


def test_a_scanner_that_goes_away_half_way_keeps_what_it_said_before(
    desk: Desk, clamd: ClamdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = attach(*(File(CLEAN + bytes([number])) for number in range(3)))
    answers = iter(("stream: Test FOUND", "stream: OK", "babble"))
    monkeypatch.setattr(clamd, "verdict", lambda _data: next(answers))
    jobs.take_up(desk.job())
    jobs.screen(desk.job())
    states = [one.state for one in desk.standings(ids)]
    assert states == [ScreeningState.SCREENED, ScreeningState.WAITING, ScreeningState.WAITING]


def test_a_file_over_which_a_sound_scanner_keeps_silent_holds_up_no_other(
    desk: Desk, clamd: ClamdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = attach(File(b"silence"), *(File(CLEAN + bytes([number])) for number in range(2)))
    judge = clamd.verdict

    def verdict(data: bytes) -> str:
        return "stream: Time limit reached ERROR" if data == b"silence" else judge(data)

    monkeypatch.setattr(clamd, "verdict", verdict)
    desk.run()
    states = [one.state for one in desk.standings(ids)]
    assert states == [ScreeningState.WAITING, ScreeningState.SCREENED, ScreeningState.SCREENED]
    for _ in range(6):
        desk.clock.advance(minutes=15)
        desk.run()
    parked = {one.sha256: one.parked_code for one in desk.contents() if one.parked_code}
    assert list(parked.values()) == ["SYS-910"], "visible to people, and never called clean"
    assert desk.standing(ids[0]).state is ScreeningState.WAITING


def test_what_the_scanner_finds_too_large_is_not_clean(desk: Desk, clamd: ClamdServer) -> None:
    clamd.limit = 1_000
    (one,) = attach(File(b"a" * 5_000))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.codes) == (ScreeningState.UNSCREENABLE, ("ATT-624",))
    assert (found.original, found.copy) == (Opening.REASON, None)


@pytest.mark.parametrize(("scan", "opening"), [("optional", Opening.FREE), ("required", Opening.CLOSED)])
def test_without_a_scanner_the_town_decides_whether_files_open(
    desk: Desk, settings: Settings, scan: str, opening: Opening
) -> None:
    settings.TODOKE_SCAN = scan
    (one,) = attach(File(CLEAN))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.UNSCANNED, opening)


def test_an_attachment_that_nobody_has_taken_up_yet_waits(desk: Desk, settings: Settings) -> None:
    (one,) = attach(File(CLEAN))
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.WAITING, Opening.REASON)
    settings.TODOKE_SCAN = "required"
    assert desk.standing(one).original is Opening.CLOSED


def test_what_came_in_before_there_was_a_scanner_is_scanned_later(desk: Desk, settings: Settings) -> None:
    ids = attach(File(CLEAN), File(EICAR))
    desk.run()
    server = ClamdServer(built_at=desk.clock.now)
    server.start()
    settings.TODOKE_CLAMD = server.address
    desk.run()
    server.stop()
    assert [one.state for one in desk.standings(ids)] == [ScreeningState.SCREENED, ScreeningState.SEALED]


def test_what_a_late_worker_says_is_refused(desk: Desk, clamd: ClamdServer) -> None:
    from todoke.casework.screening.values import Inspection

    attach(File(CLEAN))
    jobs.take_up(desk.job())
    with scope(MINASE):
        late = services.claim_contents(limit=10, by=desk.job().by)
    desk.clock.advance(seconds=61)
    with scope(MINASE):
        again = services.claim_contents(limit=10, by=desk.job(owner="worker-2").by)
        assert len(again) == 1
        stored = services.store_inspections([Inspection(late[0])], actor=desk.worker, at=desk.clock.now)
        assert stored == 0
        assert ScreenedContent.objects.get().lease_owner == "worker-2"


def test_the_scanner_is_judged_for_the_doctor(desk: Desk, clamd: ClamdServer, settings: Settings) -> None:
    assert jobs.scanner_problems() == []
    clamd.built_at = desk.clock.now - timedelta(days=30)
    assert "古い" in jobs.scanner_problems()[0]
    clamd.faults.arm("lie")
    assert "試験用" in jobs.scanner_problems()[0]
    settings.TODOKE_CLAMD = "tcp://127.0.0.1:9"
    assert "応答しません" in jobs.scanner_problems()[0]
    settings.TODOKE_CLAMD = ""
    assert jobs.scanner_problems() == []


def test_a_false_alarm_is_lifted_by_newer_signatures_and_by_nobody_else(
    desk: Desk, clamd: ClamdServer
) -> None:
    clamd.signatures[b"harmless"] = "False.Alarm"
    (one,) = attach(File(CLEAN))
    desk.run()
    decider = desk.person(1, Right.RELEASE_ATTACHMENTS)
    with scope(MINASE):
        services.scan_again(decider, one, at=desk.clock.now)
    assert desk.standing(one).state is ScreeningState.SEALED, "until the scanner has said so"
    del clamd.signatures[b"harmless"]
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.codes, found.original) == (ScreeningState.SCREENED, (), Opening.FREE)
    assert len(desk.actions("attachment.scan_again")) == 1
    with scope(MINASE), pytest.raises(NothingToScanAgain):
        services.scan_again(decider, one, at=desk.clock.now)
    with scope(MINASE), pytest.raises(RightMissing):
        services.scan_again(desk.person(2, Right.VIEW_CASES), one, at=desk.clock.now)


def test_a_clean_scan_does_not_lift_what_the_look_has_sealed(desk: Desk, clamd: ClamdServer) -> None:
    content = b"%PDF-1.4 harmless <html><script>alert(1)</script>" + bytes(20)
    clamd.signatures[b"harmless"] = "False.Alarm"
    (one,) = attach(File(content, codes=("ATT-616",), kind="pdf"))
    desk.run()
    assert "ATT-610" in desk.standing(one).codes
    del clamd.signatures[b"harmless"]
    with scope(MINASE):
        services.scan_again(desk.person(1, Right.RELEASE_ATTACHMENTS), one, at=desk.clock.now)
    desk.run()
    found = desk.standing(one)
    assert found.state is ScreeningState.SEALED
    assert "ATT-601" not in found.codes


def test_where_scanning_is_required_two_persons_open_what_is_too_large_to_scan(
    desk: Desk, clamd: ClamdServer, settings: Settings
) -> None:
    settings.TODOKE_SCAN = "required"
    clamd.limit = 1_000
    (one,) = attach(File(b"a" * 5_000))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original, found.may_be_released) == (
        ScreeningState.UNSCREENABLE, Opening.CLOSED, True,
    )  # fmt: skip


def test_the_doctor_says_what_is_wrong_with_the_scanner(
    desk: Desk, clamd: ClamdServer, settings: Settings
) -> None:
    from todoke.cli import doctor

    assert doctor._scanner().health is doctor.Health.GOOD
    clamd.faults.arm("lie")
    assert doctor._scanner().health is doctor.Health.BAD
    settings.TODOKE_CLAMD = ""
    assert doctor._scanner().health is doctor.Health.MISSING
    settings.TODOKE_SCAN = "required"
    assert doctor._scanner().health is doctor.Health.BAD
