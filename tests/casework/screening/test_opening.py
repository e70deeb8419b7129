"""A file leaves by one door, which asks for what its state asks for and leaves a trace each time."""

import pytest

from tests.casework.identify.conftest import MINASE
from todoke.casework.screening import services
from todoke.casework.screening.errors import FileClosed, NumbersHidden, ReasonMissing
from todoke.casework.screening.values import OpenedFile, Opening
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope

from . import pictures
from .conftest import CASE, Desk, detail
from .files import File, attach

CLERK = (Right.VIEW_CASES, Right.MOVE_CASES)


def original(desk: Desk, viewer: Viewer, file_id: int, reason: str = "") -> OpenedFile:
    with scope(MINASE):
        return services.open_original(viewer, detail(file_id), case=CASE, reason=reason, at=desk.clock.now)


def copy(desk: Desk, viewer: Viewer, file_id: int, reason: str = "") -> OpenedFile:
    with scope(MINASE):
        return services.open_copy(viewer, detail(file_id), case=CASE, reason=reason, at=desk.clock.now)


def test_a_sound_file_opens_and_leaves_its_purpose_in_the_audit(desk: Desk) -> None:
    (one,) = attach(File(b"plain"))
    desk.run()
    assert b"".join(original(desk, desk.person(1, *CLERK), one).chunks) == b"plain"
    with scope(MINASE, read_only=True):
        entry = audit.of_object("case", str(CASE))[-1]
    assert (entry.action, entry.stream, entry.purpose) == ("attachment.downloaded", "reads", "申請内容の確認")
    assert desk.standing(one).sha256 in entry.facts


def test_a_doubtful_original_asks_for_a_reason_and_keeps_it(desk: Desk) -> None:
    (one,) = attach(File(pictures.with_script(), codes=("ATT-603",)))
    desk.run()
    clerk = desk.person(1, *CLERK)
    with pytest.raises(ReasonMissing):
        original(desk, clerk, one, reason="  ")
    assert b"".join(original(desk, clerk, one, reason="印影の確認").chunks) == pictures.with_script()
    with scope(MINASE, read_only=True):
        assert [entry.purpose for entry in audit.of_object("case", str(CASE))] == ["印影の確認"]


def test_the_copy_bears_a_name_and_a_kind_of_its_own(desk: Desk) -> None:
    (one,) = attach(File(pictures.with_script(), name="請求書.pdf.exe", codes=("ATT-603", "ATT-607")))
    desk.run()
    opened = copy(desk, desk.person(1, *CLERK), one)
    assert (opened.name, opened.kind) == ("請求書.pdf（無害化）.pdf", "pdf")
    data = b"".join(opened.chunks)
    assert len(data) == opened.size
    assert data.startswith(b"%PDF-1.4")
    with scope(MINASE, read_only=True):
        assert audit.of_object("case", str(CASE))[-1].action == "attachment.copy_downloaded"


def test_a_sealed_file_is_closed_whatever_the_reason(desk: Desk) -> None:
    (one,) = attach(File(b"PK\x03\x04", codes=("ATT-608",), kind="docm"))
    desk.run()
    for open_file in (original, copy):
        with pytest.raises(FileClosed):
            open_file(desk, desk.person(1, *CLERK), one, reason="どうしても")
    with scope(MINASE, read_only=True):
        assert audit.of_object("case", str(CASE)) == []


def test_a_file_marked_as_holding_numbers_needs_the_right_and_a_reason(desk: Desk) -> None:
    (one,) = attach(File(b"plain"))
    desk.run()
    clerk, reader = desk.person(1, *CLERK), desk.person(2, *CLERK, Right.REVEAL_NUMBERS)
    with scope(MINASE):
        for _ in range(2):
            services.mark_numbers(clerk, one, holds_numbers=True, at=desk.clock.now)
    assert desk.standing(one).original is Opening.REASON
    with pytest.raises(NumbersHidden):
        original(desk, clerk, one, reason="確認")
    with pytest.raises(ReasonMissing):
        original(desk, reader, one)
    assert b"".join(original(desk, reader, one, reason="税額の確認").chunks) == b"plain"
    with scope(MINASE):
        services.mark_numbers(clerk, one, holds_numbers=False, at=desk.clock.now)
    assert b"".join(original(desk, clerk, one).chunks) == b"plain"
    assert len(desk.actions("attachment.numbers_")) == 2, "marking twice is marking once"


def test_marking_is_for_those_who_work_on_cases(desk: Desk) -> None:
    (one,) = attach(File(b"plain"))
    desk.run()
    with scope(MINASE), pytest.raises(RightMissing):
        services.mark_numbers(desk.person(1, Right.VIEW_CASES), one, holds_numbers=True, at=desk.clock.now)


def test_a_mark_stays_with_its_attachment_though_the_content_is_shared(desk: Desk) -> None:
    first, second = attach(File(b"same"), File(b"same"))
    desk.run()
    with scope(MINASE):
        services.mark_numbers(desk.person(1, *CLERK), first, holds_numbers=True, at=desk.clock.now)
    assert [one.holds_numbers for one in desk.standings([first, second])] == [True, False]
