"""The verbs of casework: open cases, view one, move it, decide who is meant, release a hold, note what later stages did.

Answer a late withdrawal; and hide, or show again, the cases of protected persons（支援措置）.
"""

from .deciding import confirm_identity, decide_identity, drop_identity, release_hold
from .disposing import dispose_cases, forget_words
from .exporting import agree_to_export, ask_to_export, note_taken, refuse_export, shown_hash
from .moving import move_case
from .noting import note_handover, note_identity, note_notice
from .opening import open_cases
from .protecting import end_protection, load_protected, look_at_cases, protect, review_protection
from .revealing import reveal_numbers
from .viewing import view_case
from .withdrawing import answer_withdrawal

__all__ = [
    "agree_to_export",
    "answer_withdrawal",
    "ask_to_export",
    "confirm_identity",
    "decide_identity",
    "dispose_cases",
    "drop_identity",
    "end_protection",
    "forget_words",
    "load_protected",
    "look_at_cases",
    "move_case",
    "note_handover",
    "note_identity",
    "note_notice",
    "note_taken",
    "open_cases",
    "protect",
    "refuse_export",
    "release_hold",
    "reveal_numbers",
    "review_protection",
    "shown_hash",
    "view_case",
]
