"""The verbs of backups: take, verify, rotate, restore, mend, make a key, and let what a restore holds go out again."""

from .holds import note_compared, release, release_notices
from .keys import make_pair
from .mending import mend
from .restoring import refuse_while_restoring, restore
from .rotating import rotate
from .taking import record, take
from .verifying import verify

__all__ = [
    "make_pair",
    "mend",
    "note_compared",
    "record",
    "refuse_while_restoring",
    "release",
    "release_notices",
    "restore",
    "rotate",
    "take",
    "verify",
]
