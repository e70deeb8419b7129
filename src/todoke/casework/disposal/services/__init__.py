"""The verbs of retention: hold, lift, propose, confirm, drop; and what the worker does with an approved list."""

from .destroying import (
    claim_run,
    dispose_one,
    empty_journal,
    fail_run,
    finish_run,
    give_back_run,
    sweep,
    try_run_again,
)
from .holding import lift_hold, place_hold
from .proposing import confirm_disposal, drop_disposal, propose_disposal

__all__ = [
    "claim_run", "confirm_disposal", "dispose_one", "drop_disposal", "empty_journal", "fail_run", "finish_run", "give_back_run",
    "lift_hold", "place_hold", "propose_disposal", "sweep", "try_run_again",
]  # fmt: skip
