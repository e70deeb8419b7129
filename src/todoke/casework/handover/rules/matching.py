"""突合: our ledger beside the core system's（bad-inputs E12, F16, F17）."""

import hashlib
from collections.abc import Iterable, Sequence

from todoke.casework.handover.values import HandoverState, LedgerRow, OurRow, ReceiptOutcome, Reconciliation

_CERTAINLY_SENT = frozenset({HandoverState.SENT, HandoverState.RECEIPTED, HandoverState.REFUSED})
_OUTCOMES = {HandoverState.RECEIPTED: ReceiptOutcome.ACCEPTED, HandoverState.REFUSED: ReceiptOutcome.REFUSED}


def reconcile(
    system: str, ours: Sequence[OurRow], theirs: Sequence[LedgerRow], alarms: Sequence[str] = ()
) -> Reconciliation:
    """Compare by key, then content, then outcome; `alarms` are keys of receipts that nobody can explain.

    A row that is on its way (its file may have arrived without our knowing) is neither missing nor unexpected.
    """
    core = {row.key: row for row in theirs}
    certain = {row.key: row for row in ours if row.state in _CERTAINLY_SENT}
    on_the_way = {row.key: row for row in ours if row.state is HandoverState.BATCHED and row.key in core}
    sent = {**certain, **on_the_way}
    counts = {state: sum(row.state is state for row in ours) for state in HandoverState}
    return Reconciliation(
        system=system,
        sent=len(certain),
        receipted=counts[HandoverState.RECEIPTED],
        refused=counts[HandoverState.REFUSED],
        waiting=counts[HandoverState.READY] + counts[HandoverState.BATCHED] + counts[HandoverState.SENT],
        held=counts[HandoverState.HELD],
        core_count=len(theirs),
        missing=tuple(sorted(certain.keys() - core.keys())),
        unexpected=tuple(sorted((core.keys() - sent.keys()) | set(alarms))),
        differing=tuple(sorted(key for key in sent.keys() & core.keys() if _differs(sent[key], core[key]))),
        our_sha256=ledger_hash((row.key, row.row_sha256) for row in sent.values()),
        core_sha256=ledger_hash((row.key, row.row_sha256) for row in theirs),
    )


def _differs(our: OurRow, core: LedgerRow) -> bool:
    stated = _OUTCOMES.get(our.state)
    return our.row_sha256 != core.row_sha256 or (stated is not None and stated is not core.outcome)


def ledger_hash(rows: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over "key row_sha256\\n" in the order of the keys."""
    return hashlib.sha256("".join(f"{key} {row}\n" for key, row in sorted(rows)).encode()).hexdigest()
