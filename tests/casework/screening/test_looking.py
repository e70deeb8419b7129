"""What intake could not look through whole is looked through in the confined worker before it counts as screened."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clamd.server import ClamdServer
from tests.casework.identify.conftest import MINASE
from todoke.casework.screening import jobs, services
from todoke.casework.screening.rules import looking
from todoke.casework.screening.values import Opening, ScreeningState
from todoke.foundation.accounts.values import Right
from todoke.foundation.confined import ConfinementMissing, Crew
from todoke.foundation.fence import scope
from todoke.foundation.models import Blob

from . import pictures
from .conftest import Desk
from .files import File, attach

UNSEEN = "ATT-616"
HERE = "tests.casework.screening.targets"


def test_a_large_file_waits_until_it_was_looked_through_and_is_then_no_doubt(desk: Desk) -> None:
    (one,) = attach(File(b"plain text, many lines\n" * 900, codes=(UNSEEN,)))
    jobs.take_up(desk.job())
    assert desk.standing(one).state is ScreeningState.WAITING
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.codes, found.original) == (ScreeningState.UNSCANNED, (), Opening.FREE)


def test_what_the_look_finds_is_added_and_gets_a_copy(desk: Desk, clamd: ClamdServer) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(UNSEEN,)))
    desk.run()
    found = desk.standing(one)
    assert "ATT-603" in found.codes
    assert (found.state, found.original, found.copy_opening) == (
        ScreeningState.SCREENED, Opening.REASON, Opening.FREE,
    )  # fmt: skip


def test_what_must_not_be_opened_is_sealed(desk: Desk) -> None:
    (one,) = attach(File(pictures.paper() + b"<html><script>alert(1)</script>", codes=(UNSEEN,), kind="pdf"))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.SEALED, Opening.CLOSED)
    assert [entry.object_id for entry in desk.actions("attachment.sealed")] == [str(one)]


@pytest.mark.parametrize("fault", ["broken", "hangs", "dies", "eats", "babbles"])
def test_a_file_that_ends_the_look_is_sealed(desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(looking, "TARGET", f"{HERE}:{fault}")
    monkeypatch.setattr(
        jobs, "LOOK_LIMITS", replace(jobs.LOOK_LIMITS, wall_seconds=1, memory_bytes=268_435_456)
    )
    ids = attach(File(b"a", codes=(UNSEEN,)), File(b"b"))
    desk.run()
    culprit, neighbour = desk.standings(ids)
    assert (culprit.state, culprit.codes) == (ScreeningState.SEALED, ("ATT-623",))
    assert neighbour.original is Opening.FREE


def test_F20_without_confinement_nothing_is_parsed_and_the_file_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = attach(File(pictures.with_script(), codes=(UNSEEN,)))

    def refuse(*_: object, **__: object) -> None:
        raise ConfinementMissing

    with monkeypatch.context() as patched:
        patched.setattr(Crew, "ask", refuse)
        desk.run()
        assert desk.standing(one).state is ScreeningState.WAITING
    desk.clock.advance(minutes=15)
    desk.run()
    assert "ATT-603" in desk.standing(one).codes


def test_F24_a_flipped_bit_in_the_stored_original_is_found_and_seals_the_file(
    desk: Desk, clamd: ClamdServer
) -> None:
    from pathlib import Path

    from django.conf import settings

    (one,) = attach(File(b"some bytes that will be damaged"))
    with scope(MINASE, read_only=True):
        blob = Blob.objects.get()
    path = Path(settings.TODOKE_VAULT_DIR) / MINASE / blob.segment
    stored = bytearray(path.read_bytes())
    stored[blob.offset + 20] ^= 1
    path.write_bytes(stored)
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.codes, found.original) == (ScreeningState.SEALED, ("ATT-625",), Opening.CLOSED)
    stored[blob.offset + 20] ^= 1
    path.write_bytes(stored)
    with scope(MINASE):
        services.scan_again(desk.person(1, Right.RELEASE_ATTACHMENTS), one, at=desk.clock.now)
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.codes) == (ScreeningState.SCREENED, ()), "restored from a backup"


def test_what_keeps_failing_is_parked_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(File(b"a", codes=(UNSEEN,)))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(Crew, "ask", fail)
        for _ in range(6):
            desk.run()
            desk.clock.advance(minutes=10)
    (content,) = desk.contents()
    assert content.parked_code == "SYS-910"
    with scope(MINASE):
        assert services.try_content_again(content.pk, actor=desk.worker, at=desk.clock.now)
    desk.run()
    assert desk.contents()[0].state == ScreeningState.UNSCANNED.value


_FINDING = st.lists(
    st.text(max_size=9) | st.sampled_from(["ATT-603", "seal", "flag", "note"]) | st.integers(), max_size=3
)


@given(
    st.dictionaries(
        st.just("findings"), st.none() | st.integers() | st.lists(_FINDING | st.none(), max_size=4)
    )
)
def test_no_answer_of_a_look_is_taken_for_a_clean_one(document: dict[str, object]) -> None:
    codes, is_sealed = looking.found(document)
    is_list = isinstance(document.get("findings"), list)
    assert is_list or (codes, is_sealed) == (("ATT-623",), True)
    assert all(code.startswith("ATT-") for code in codes)
