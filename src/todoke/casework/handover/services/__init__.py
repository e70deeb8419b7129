"""The verbs of the hand-over: register a core system, prepare rows, hold and release, write, send, take receipts.

And take back what has left, when the application is withdrawn（取消）.
"""

from .cancelling import answer_withdrawal
from .disposing import dispose_batches, dispose_handovers
from .holds import choose_substitute, hand_over_again, release_hold
from .parking import try_file_again, try_row_again
from .preparing import drop_rows, hold_case, prepare_cases
from .receipts import accept_ledger, claim_receipts, core_away, receipts_read, store_ledger, take_receipts
from .reopening import (
    accept_known,
    accept_theirs,
    known_there,
    resume_after_restore,
    statement_of,
    wake_listed,
)
from .sending import (
    batch_sent,
    build_batch,
    claim_batch,
    claim_ready,
    claim_unacknowledged,
    fail_batch,
    fail_row,
    postpone_batches,
    rename_batch,
    repeat_rows,
    write_batch,
)
from .systems import register_core_system, resume_handover, stop_handover

__all__ = [
    "accept_known",
    "accept_ledger",
    "accept_theirs",
    "answer_withdrawal",
    "batch_sent",
    "build_batch",
    "choose_substitute",
    "claim_batch",
    "claim_ready",
    "claim_receipts",
    "claim_unacknowledged",
    "core_away",
    "dispose_batches",
    "dispose_handovers",
    "drop_rows",
    "fail_batch",
    "fail_row",
    "hand_over_again",
    "hold_case",
    "known_there",
    "postpone_batches",
    "prepare_cases",
    "receipts_read",
    "register_core_system",
    "release_hold",
    "rename_batch",
    "repeat_rows",
    "resume_after_restore",
    "resume_handover",
    "statement_of",
    "stop_handover",
    "store_ledger",
    "take_receipts",
    "try_file_again",
    "try_row_again",
    "wake_listed",
    "write_batch",
]
