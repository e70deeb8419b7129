"""Over every combination of what can be known of a file: nothing that was not cleared opens by itself."""

from itertools import product

import pytest

from todoke.casework.intake.values import AttachmentState
from todoke.casework.screening.rules import standings
from todoke.casework.screening.values import CopyState, Looks, Opening, ScreeningState

CODES = ((), ("ATT-604",), ("ATT-624",), ("ATT-603",), ("ATT-601",), ("ATT-601", "ATT-603"), ("ATT-625",))
CONTENT = tuple(
    one for one in ScreeningState if one is not ScreeningState.RELEASED
)  # contents are never released
EVERY = [
    Looks(attachment, content, codes, copy, is_released, holds_numbers, needs_copy)
    for attachment, content, codes, copy, is_released, holds_numbers, needs_copy in product(
        AttachmentState, CONTENT, CODES, (None, *CopyState), (False, True), (False, True), (False, True)
    )
]
required = pytest.mark.parametrize("is_required", [False, True])


def opening(looks: Looks, *, is_required: bool) -> Opening:
    return standings.original_opening(looks, is_scan_required=is_required)


@required
def test_what_opens_by_itself_is_screened_or_knowingly_unscanned_and_nothing_is_said_against_it(
    is_required: bool,
) -> None:
    free = [one for one in EVERY if opening(one, is_required=is_required) is Opening.FREE]
    assert free
    for one in free:
        allowed = (
            {ScreeningState.SCREENED} if is_required else {ScreeningState.SCREENED, ScreeningState.UNSCANNED}
        )
        assert one.content in allowed
        assert set(one.codes) <= standings.HARMLESS
        assert one.attachment is not AttachmentState.SEALED
        assert not one.holds_numbers


@required
def test_malware_opens_by_no_way_and_is_never_released(is_required: bool) -> None:
    for one in EVERY:
        if "ATT-601" in one.codes:
            assert standings.state_of(one) is ScreeningState.SEALED
            assert opening(one, is_required=is_required) is Opening.CLOSED
            assert standings.copy_opening(one) is Opening.CLOSED
            assert not standings.may_be_released(one)


@required
def test_a_sealed_original_opens_only_released_and_then_with_a_reason(is_required: bool) -> None:
    for one in EVERY:
        if one.attachment is AttachmentState.SEALED or one.content is ScreeningState.SEALED:
            found = opening(one, is_required=is_required)
            assert found is Opening.CLOSED or (one.is_released and found is Opening.REASON)


@required
def test_a_doubtful_original_without_a_copy_stays_shut_until_released(is_required: bool) -> None:
    for one in EVERY:
        if standings.is_flagged(one) and one.copy is not CopyState.MADE and not one.is_released:
            assert opening(one, is_required=is_required) is Opening.CLOSED


@required
def test_where_copies_only_are_shown_no_original_opens_unless_two_released_it(is_required: bool) -> None:
    for one in EVERY:
        if one.needs_copy:
            found = opening(one, is_required=is_required)
            assert found is Opening.CLOSED or (one.is_released and found is Opening.REASON)
            if (
                one.copy is CopyState.MADE
                and not one.is_released
                and not {"ATT-601", "ATT-625"} & set(one.codes)
            ):
                assert standings.may_be_released(one), "there is a way to the original"


def test_a_scanner_that_is_required_makes_nothing_easier() -> None:
    ease = [Opening.CLOSED, Opening.REASON, Opening.FREE].index
    for one in EVERY:
        assert ease(opening(one, is_required=True)) <= ease(opening(one, is_required=False))


def test_only_a_copy_that_was_made_is_shown_and_numbers_ask_for_a_reason() -> None:
    for one in EVERY:
        found = standings.copy_opening(one)
        assert found is Opening.CLOSED or one.copy is CopyState.MADE
        assert not (found is Opening.FREE and one.holds_numbers)


def test_what_is_agreed_on_changes_with_the_bytes_and_with_every_code() -> None:
    hashes = {
        standings.shown_hash(digest, codes)
        for digest in ("0" * 64, "1" * 64)
        for codes in ((), ("ATT-603",), ("ATT-603", "ATT-610"))
    }
    assert len(hashes) == 6
    assert standings.shown_hash("0" * 64, ("b", "a", "a")) == standings.shown_hash("0" * 64, ("a", "b"))
