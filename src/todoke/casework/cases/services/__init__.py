"""The verbs of casework: open cases, view one, move it, decide who is meant, release a hold, note what later stages did."""

from .deciding import decide_identity, release_hold
from .moving import move_case
from .noting import note_handover, note_identity, note_notice
from .opening import open_cases
from .viewing import view_case

__all__ = [
    "decide_identity",
    "move_case",
    "note_handover",
    "note_identity",
    "note_notice",
    "open_cases",
    "release_hold",
    "view_case",
]
