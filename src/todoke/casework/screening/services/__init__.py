"""The verbs of screening: the only writers of its tables."""

from .copying import ask_for_copy, claim_copies, fail_copy, postpone_copies, store_copies, try_copy_again
from .disposing import dispose_copies, dispose_screenings
from .opening import open_copy, open_original
from .recording import (
    claim_contents,
    fail_content,
    give_back_contents,
    postpone_contents,
    scan_again,
    scan_unscanned,
    store_inspections,
    try_content_again,
)
from .releasing import confirm_release, mark_numbers, open_release, propose_release
from .taking_up import take_up

__all__ = [
    "ask_for_copy", "claim_contents", "claim_copies", "confirm_release", "dispose_copies",
    "dispose_screenings", "fail_content", "fail_copy",
    "give_back_contents", "mark_numbers", "open_copy", "open_original", "open_release", "postpone_contents", "postpone_copies",
    "propose_release",
    "scan_again", "scan_unscanned", "store_copies", "store_inspections", "take_up", "try_content_again", "try_copy_again",
]  # fmt: skip
