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
    # packages
    "pending": WARNING, "accepted": GOOD, "quarantined": BAD,
    # cases
    "opened": WAITING, "checking": PROGRESS, "awaiting_handover": WAITING, "handed_over": GOOD, "examining": PROGRESS,
    "returned": WARNING, "resubmitted": PLAIN, "completed": GOOD, "rejected": BAD, "withdrawn": PLAIN,
    "reception_error": BAD,
    # identity
    "matched": GOOD, "renewed": GOOD, "unknown": ASK, "conflict": ASK, "decided": GOOD, "not_asked": PLAIN,
    "differs": WARNING, "proposed": WAITING, "agrees": GOOD, "varies": PLAIN, "absent": PLAIN, "strong": GOOD, "fair": PLAIN,
    "weak": WARNING,
    # hand-over
    "undecided": WAITING, "none": PLAIN, "held": WARNING, "waiting": WAITING, "sent": PROGRESS, "receipted": GOOD,
    "refused": BAD, "cancelling": PROGRESS, "cancelled": PLAIN, "uncancelled": WARNING,
    # notices
    "silent": PLAIN, "due": WAITING, "queued": WAITING, "answered": GOOD, "to_type": WARNING, "typed": GOOD,
    "failed": BAD,
    # signatures, findings, duplicates, files, loads
    "valid": GOOD, "invalid": BAD, "indeterminate": ASK, "not_required": PLAIN,
    "note": PLAIN, "warn": WARNING, "hold": WARNING, "stop": BAD,
    "same_content": WARNING, "same_receipt": WARNING, "same_person": WARNING, "same_household": WARNING, "same_subject": WARNING,
    "resubmission": PLAIN,
    "sound": GOOD, "flagged": WARNING, "current": GOOD, "loading": PROGRESS, "retired": PLAIN,
    # attachments
    "screened": GOOD, "unscanned": WARNING, "unscreenable": WARNING, "released": WARNING, "making": PROGRESS,
    "made": GOOD, "not_made": BAD, "sealed": BAD,
    # lists of what is disposed of
    "approved": PROGRESS, "dropped": PLAIN, "disposed": GOOD, "changed": WARNING,
    # items of plans and findings of workshops
    "active": PLAIN, "adapted": PROGRESS, "out_of_scope": PLAIN, "local": PROGRESS, "working": PROGRESS,
    "not_started": PLAIN, "candidate": ASK, "taken": GOOD, "left": PLAIN,
    # submissions and support of the bodies below
    "confirmed": GOOD, "unregistered": WARNING, "planned": WAITING, "running": PROGRESS, "finished": GOOD,
    # plain words of the pages themselves
    "done": GOOD, "in_progress": PROGRESS,
}  # fmt: skip


def look_of(value: str) -> Look:
    """The look of a state; a state without one of its own is plain."""
    return LOOK_OF.get(value, PLAIN)
