"""What is doubtful is shown as a copy that is made of pixels or characters; what cannot be copied stays sealed."""

import hashlib
import io

import pypdfium2
import pytest
from PIL import Image
from pytest_django import Settings

from tests.casework.identify.conftest import MINASE
from todoke.casework.intake.values import AttachmentState
from todoke.casework.screening import jobs, queries, services
from todoke.casework.screening.errors import NoCopyToAskFor
from todoke.casework.screening.models import SanitisedCopy
from todoke.casework.screening.rules import copies
from todoke.casework.screening.values import CopyState, Opening, ScreeningState, Standing
from todoke.foundation.confined import ConfinementMissing
from todoke.foundation.fence import scope
from todoke.foundation.objects import StorageAway
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.errors import StoreFailed
from todoke.foundation.vault.queries import open_blob
from todoke.proof.content import look_whole

from . import pictures
from .conftest import Desk
from .files import File, attach

ACTIVE = "ATT-603"
HERE = "tests.casework.screening.targets"


def copied(desk: Desk, content: bytes, *codes: str, **more: object) -> tuple[Standing, bytes]:
    """How a doubtful file stands once its copy is made, and the bytes of the copy."""
    (one,) = attach(File(content, codes=codes, **more))  # type: ignore[arg-type]  # fields of File
    desk.run()
    with scope(MINASE, read_only=True):
        row = SanitisedCopy.objects.get()
        data = open_blob(row.blob_id).read() if row.blob_id else b""
    return desk.standing(one), data


def test_A03_a_document_with_a_script_is_shown_as_its_pages(desk: Desk) -> None:
    found, data = copied(desk, pictures.with_script(3), ACTIVE)
    assert len(pypdfium2.PdfDocument(data)) == 3
    assert (found.original, found.copy_opening) == (Opening.REASON, Opening.FREE)
    assert look_whole(data).findings == ()
    for word in (b"JavaScript", b"OpenAction", b"/JS", b"/AA", b"/AcroForm", b"/EmbeddedFile", b"/URI"):
        assert word not in data


def test_both_hashes_and_the_tool_are_kept_and_the_original_stays_as_it_is(desk: Desk) -> None:
    original = pictures.with_script()
    (one,) = attach(File(original, codes=(ACTIVE,)))
    desk.run()
    found = desk.standing(one)
    with scope(MINASE, read_only=True):
        row = SanitisedCopy.objects.get()
        assert row.sha256_before == hashlib.sha256(original).hexdigest() == found.sha256
        assert row.blob_id is not None
        assert row.sha256_after == hashlib.sha256(open_blob(row.blob_id).read()).hexdigest()
    assert found.copy is not None
    assert found.copy.tool.startswith("pdfium ")
    assert (found.copy.pages_before, found.copy.pages_after) == (1, 1)
    entry = desk.actions("attachment.copied")[0]
    assert row.sha256_before in entry.facts
    assert row.sha256_after in entry.facts


def test_A09_a_photograph_loses_what_it_tells_and_keeps_which_way_is_up(desk: Desk) -> None:
    found, data = copied(desk, pictures.photograph(), "ATT-607", name="photo.png")
    assert pictures.SECRET not in data
    assert b"Exif" not in data
    assert Image.open(io.BytesIO(data)).size == (30, 40), "turned as the EXIF said"
    assert found.copy is not None
    assert found.copy.kind == "jpeg"


@pytest.mark.parametrize(
    ("condition", "content", "kind"),
    [
        ("CMYK", pictures.drawn("JPEG", "CMYK"), "jpeg"),
        ("16-bit", pictures.drawn("PNG", "I;16"), "png"),
        ("palette", pictures.drawn("GIF", "P"), "png"),
        ("one-bit", pictures.drawn("TIFF", "1"), "png"),
        ("transparent", pictures.drawn("PNG", "RGBA"), "png"),
        ("pages", pictures.pages(3), "pdf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_A09_every_kind_of_picture_becomes_a_plain_one(
    desk: Desk, condition: str, content: bytes, kind: str
) -> None:
    found, data = copied(desk, content, "ATT-607")
    assert found.copy is not None
    assert (found.copy.state, found.copy.kind) == (CopyState.MADE, kind)
    if kind == "pdf":
        assert len(pypdfium2.PdfDocument(data)) == found.copy.pages_before == 3
    else:
        assert Image.open(io.BytesIO(data)).mode in ("L", "RGB", "RGBA")


def test_A09_a_photograph_that_breaks_off_is_shown_as_far_as_it_came(desk: Desk) -> None:
    whole = pictures.drawn("JPEG", size=(600, 600))
    found, data = copied(desk, whole[: len(whole) // 2], "ATT-611")
    assert found.copy is not None
    assert (found.copy.state, found.copy.is_partial) == (CopyState.MADE, True)
    assert Image.open(io.BytesIO(data)).size == (600, 600)


def test_A09_HEIC_cannot_be_decoded_and_stays_sealed_with_what_to_do(desk: Desk) -> None:
    found, _ = copied(desk, b"\0\0\0\x18ftypheic" + bytes(200), "ATT-606")
    assert (found.state, found.original) == (ScreeningState.SEALED, Opening.CLOSED)
    assert found.copy is not None
    assert found.copy.code == "ATT-622"
    assert found.may_be_released


def test_A02_an_office_document_with_a_macro_stays_sealed(desk: Desk) -> None:
    found, _ = copied(desk, b"PK\x03\x04 macro", "ATT-608", kind="docm", state=AttachmentState.SEALED)
    assert (found.state, found.original, found.copy_opening) == (
        ScreeningState.SEALED, Opening.CLOSED, Opening.CLOSED,
    )  # fmt: skip
    assert found.may_be_released


def test_A06_a_drawing_with_a_script_is_shown_as_text_and_stays_sealed(desk: Desk) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    found, data = copied(desk, drawing, "ATT-609", state=AttachmentState.SEALED)
    assert found.original is Opening.CLOSED
    assert found.copy is not None
    assert found.copy.kind == "text"
    assert data.startswith(b"\xef\xbb\xbf<svg"), "text behind a mark, which no browser takes for a page"


def test_A15_control_characters_become_visible_and_long_lines_end(desk: Desk) -> None:
    found, data = copied(desk, b"a\x1b[2J" + b"x" * 5_000 + "\u202e逆".encode(), "ATT-614")
    text = data.decode("utf-8-sig")
    assert "␛[2J" in text
    assert "[U+202E]逆" in text
    assert max(len(line) for line in text.splitlines()) <= 400
    assert found.copy is not None
    assert not found.copy.is_partial


def test_A15_a_huge_text_is_shown_up_to_a_limit(desk: Desk) -> None:
    found, data = copied(desk, b"x" * 3_000_000, "ATT-615", kind="text")
    assert found.copy is not None
    assert found.copy.is_partial
    assert len(data) < 250_000
    assert "以下省略" in data.decode("utf-8-sig")[-40:]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("broken", "crashed"), ("hangs", "wall"), ("dies", "crashed"), ("eats", "memory"),
        ("fewer_pages", "fewer_pages"), ("more_pages", "nonsense"), ("babbles", "nonsense"),
        ("hands_back", "not_plain"), ("smuggles", "not_plain"), ("trails", "not_plain"), ("refuses", "broken"),
    ],
)  # fmt: skip
def test_A11_what_the_sanitiser_fails_at_stays_sealed_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str, reason: str
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(copies, "TARGET", f"{HERE}:{fault}")
    limits = replace(jobs.COPY_LIMITS, wall_seconds=1, memory_bytes=268_435_456)
    monkeypatch.setattr(jobs, "COPY_LIMITS", limits)
    found, data = copied(desk, pictures.with_script(2), ACTIVE)
    assert data == b""
    assert (found.state, found.original, found.copy_opening) == (
        ScreeningState.SEALED, Opening.CLOSED, Opening.CLOSED,
    )  # fmt: skip
    assert found.copy is not None
    assert (found.copy.state, found.copy.code) == (CopyState.NOT_MADE, "ATT-621")
    assert found.may_be_released
    assert f'"reason":"{reason}"' in desk.actions("attachment.not_copied")[0].facts.replace(" ", "")


def test_A11_a_document_that_breaks_the_reader_stays_sealed(desk: Desk) -> None:
    found, _ = copied(desk, b"%PDF-1.7\nnothing that is a document", "ATT-611")
    assert (found.state, found.original) == (ScreeningState.SEALED, Opening.CLOSED)


def test_while_its_copy_is_being_made_a_doubtful_original_stays_closed(desk: Desk) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(ACTIVE,)))
    jobs.take_up(desk.job())
    found = desk.standing(one)
    assert (found.original, found.copy_opening) == (Opening.CLOSED, Opening.CLOSED)
    assert not found.may_be_released, "nothing to release yet: wait for the copy"


def test_A07_an_empty_file_needs_no_copy_and_opens(desk: Desk) -> None:
    (one,) = attach(File(b"", codes=("ATT-604",)))
    desk.run()
    found = desk.standing(one)
    assert (found.copy, found.original) == (None, Opening.FREE)


def test_a_clerk_may_ask_for_a_copy_of_a_sound_file_once(desk: Desk) -> None:
    (one,) = attach(File(pictures.paper()))
    desk.run()
    assert desk.standing(one).copy is None
    with scope(MINASE):
        services.ask_for_copy(one, actor=desk.worker, at=desk.clock.now)
        with pytest.raises(NoCopyToAskFor):
            services.ask_for_copy(one, actor=desk.worker, at=desk.clock.now)
    desk.run()
    found = desk.standing(one)
    assert (found.original, found.copy_opening) == (Opening.FREE, Opening.FREE)


def test_a_copy_that_a_sound_file_did_not_get_does_not_seal_it(desk: Desk) -> None:
    (one,) = attach(File(b"%PDF-1.7\nnothing that is a document"))
    desk.run()
    with scope(MINASE):
        services.ask_for_copy(one, actor=desk.worker, at=desk.clock.now)
    desk.run()
    found = desk.standing(one)
    assert found.copy is not None
    assert (found.copy.state, found.original) == (CopyState.NOT_MADE, Opening.FREE)


def test_a_worker_that_died_over_a_copy_is_followed_by_another(desk: Desk) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(ACTIVE,)))
    jobs.take_up(desk.job())
    with scope(MINASE):
        assert len(services.claim_copies(limit=5, by=desk.job().by)) == 1
    assert jobs.make_copies(desk.job(owner="worker-2")) == 0, "it is leased"
    desk.clock.advance(seconds=61)
    assert jobs.make_copies(desk.job(owner="worker-2")) == 1
    assert desk.standing(one).copy_opening is Opening.FREE


@pytest.mark.parametrize("fault", [StoreFailed, StorageAway, ConfinementMissing])
def test_a_copy_waits_as_long_as_what_it_needs_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Settings, fault: type[Exception]
) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(ACTIVE,)))

    def refuse(*_: object, **__: object) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(vault, "write", refuse)
        for _ in range(settings.TODOKE_RETRY_LIMIT + 2):
            desk.run()
            desk.clock.advance(minutes=15)
    assert desk.standing(one).original is Opening.CLOSED
    desk.run()
    assert desk.standing(one).copy_opening is Opening.FREE


def test_a_copy_that_keeps_failing_is_shown_to_people_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(ACTIVE,)))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(vault, "write", fail)
        for _ in range(settings.TODOKE_RETRY_LIMIT + 1):
            desk.run()
            desk.clock.advance(minutes=15)
    with scope(MINASE):
        ((copy, _, code),) = queries.parked_copies()
        assert code == "SYS-910"
        assert services.try_copy_again(copy, actor=desk.worker, at=desk.clock.now)
        assert not services.try_copy_again(copy, actor=desk.worker, at=desk.clock.now)
    desk.run()
    assert desk.standing(one).copy_opening is Opening.FREE
    assert len(desk.actions("copy.unparked")) == 1
