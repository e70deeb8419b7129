"""Every row about attachments: inside a package through the check of intake, and alone by the thorough look."""

from urllib.parse import unquote

import pytest

from samples.attachments import Attachment
from tests.casework.intake.packages import check, package
from tests.hostile import attachments
from tests.hostile.attachments import REFUSED, ROWS, Attached
from tests.hostile.material import pdfs
from todoke.casework.intake import queries
from todoke.casework.intake.values import AttachmentState, Severity, Trust
from todoke.casework.relay.values import PackageState
from todoke.proof import content, sniff
from todoke.proof.report import Gravity
from todoke.web.shared import downloads

STATES = {Gravity.SEAL: AttachmentState.SEALED, Gravity.FLAG: AttachmentState.FLAGGED}
BY_NAME_ALONE = {"ATT-604", "ATT-606", "ATT-607", REFUSED}
LARGE = "ATT-616"


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return queries.load_trust(tmp_path_factory.mktemp("no-trust"))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_attachment_comes_out_as_the_catalogue_says_and_its_application_goes_on(
    row: Attached, trust: Trust
) -> None:
    verdict = check(row.packed(), trust)
    if row.code == REFUSED:
        assert (verdict.state, verdict.code) == (PackageState.QUARANTINED, REFUSED)
        return
    assert verdict.state is PackageState.ACCEPTED
    (found,) = verdict.attachments
    codes = [one.code for one in verdict.findings]
    assert (found.state, found.code) == (row.state, row.code), codes
    assert set(codes) == {row.code, *row.found} - {""}
    assert all(one.where == "1" for one in verdict.findings)
    if not row.code:
        assert all(one.severity is Severity.NOTE for one in verdict.findings)


@pytest.mark.parametrize("row", [row for row in ROWS if row.code not in BY_NAME_ALONE], ids=str)
def test_the_thorough_look_finds_at_least_as_much(row: Attached) -> None:
    data = row.build()
    report = content.look_whole(memoryview(data))
    codes = {one.code for one in report.findings}
    if row.code == LARGE and row.number == "A15":
        assert report.is_complete, "what was large is seen whole"
        return
    assert row.code in codes or not row.code
    gravity = report.gravity
    state = STATES.get(gravity, AttachmentState.SOUND) if gravity else AttachmentState.SOUND
    assert state is row.state


@pytest.mark.parametrize("row", [row for row in ROWS if row.code], ids=str)
def test_what_a_look_says_holds_no_text_of_the_file(row: Attached) -> None:
    for one in content.look(row.build()).findings:
        assert one.what or not one.reason, "a reason is a word of ours, with its Japanese"


def test_A15_a_gigabyte_on_one_line_is_told_by_its_ends() -> None:
    piece = b"x" * 262_144
    report = content.look_at_ends(piece, piece[-65_536:], 1_000_000_000, sniff.FileKind.TEXT)
    assert {one.code for one in report.findings} == {"ATT-615", LARGE}
    assert not report.is_complete


def test_A07_A13_a_good_attachment_beside_a_bad_one_stays_sound(trust: Trust) -> None:
    bad = Attachment("a.pdf", b"")
    good = Attachment("b.pdf", pdfs.build(pdfs.sound()))
    verdict = check(package("P02", attachments=(bad, good)), trust)
    assert [one.state for one in verdict.attachments] == [AttachmentState.FLAGGED, AttachmentState.SOUND]


def test_A13_a_long_name_is_cut_for_the_label_and_kept_raw(trust: Trust) -> None:
    (row,) = (row for row in attachments.NAMES if "250" in row.condition)
    (found,) = check(row.packed(), trust).attachments
    assert len(found.label) == 200
    assert bytes.fromhex(found.raw_name).decode() == f"Attachment/{row.name}"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "申" * 250 + ".pdf", 'a"; x="\r\nSet-Cookie: a=b.pdf']
)
def test_A13_a_download_bears_our_own_type_and_a_name_that_breaks_nothing(name: str) -> None:
    answer = downloads.as_download(iter([b"%PDF-"]), name=name, kind="pdf", size=5)
    stated = answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert stated.startswith("attachment; ")
    assert "/" not in stated
    assert "\r" not in stated
    assert unquote(stated.partition("filename*=UTF-8''")[2]).endswith(".pdf")


def test_A01_the_look_marks_nothing_clean_and_a_test_virus_does_not_stop_it() -> None:
    """The scanner decides about viruses; the signature is put together here so that no scanner finds this file."""
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
    assert content.look(eicar).kind is sniff.FileKind.TEXT
    assert content.look(eicar).gravity is None
