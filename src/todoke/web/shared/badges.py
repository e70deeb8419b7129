"""How a state looks: a tone and a sign beside its words, so that colour never speaks alone."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """The CSS tone and the icon of a badge."""

    tone: str
    icon: str


PLAIN = Look("plain", "ring")
WAITING = Look("plain", "clock")
PROGRESS = Look("progress", "arrow")
GOOD = Look("good", "tick")
WARNING = Look("warn", "warning")
BAD = Look("bad", "stop")
ASK = Look("warn", "question")

LOOK_OF: Mapping[str, Look] = {
    "pending": WARNING, "accepted": GOOD, "quarantined": BAD,
    "received": WAITING, "in_progress": PROGRESS, "processing": PROGRESS, "reviewing": PROGRESS,
    "returned": WARNING, "approved": GOOD, "completed": GOOD, "done": GOOD, "rejected": BAD, "withdrawn": PLAIN,
    "matched": GOOD, "renewed": GOOD, "unknown": ASK, "conflict": ASK, "decided": GOOD, "not_asked": PLAIN,
    "ready": WAITING, "sent": PROGRESS, "receipted": GOOD, "refused": BAD, "held": WARNING, "none": PLAIN,
    "waiting": WAITING, "batched": PROGRESS, "answered": GOOD, "to_type": WARNING, "typed": GOOD, "parked": BAD,
    "valid": GOOD, "invalid": BAD, "indeterminate": ASK, "not_required": PLAIN,
    "same_content": WARNING, "same_receipt": WARNING, "same_person": WARNING, "resubmission": PLAIN,
    "info": PLAIN, "warning": WARNING, "hold": WARNING, "error": BAD, "quarantine": BAD,
}  # fmt: skip


def look_of(value: str) -> Look:
    """The look of a state; a state without one of its own is plain."""
    return LOOK_OF.get(value, PLAIN)
