"""突合: our ledger beside the core system's（bad-inputs E12, F16, F17）."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from todoke.casework.handover.values import (
    CancellationLayout,
    CancellationStanding,
    CancelledOriginal,
    HandoverKind,
    HandoverState,
    LedgerOutcome,
    LedgerRow,
    OurRow,
    Reconciliation,
)

_CERTAINLY_SENT = frozenset({HandoverState.SENT, HandoverState.RECEIPTED, HandoverState.REFUSED})
_OUTCOMES = {HandoverState.RECEIPTED: LedgerOutcome.ACCEPTED, HandoverState.REFUSED: LedgerOutcome.REFUSED}


def reconcile(
    system: str,
    ours: Sequence[OurRow],
    theirs: Sequence[LedgerRow],
    alarms: Sequence[str] = (),
    layout: CancellationLayout | None = None,
) -> Reconciliation:
    """Compare by key, then content, then outcome; `alarms` are keys of receipts that nobody can explain.

    A row that is on its way (its file may have arrived without our knowing) is neither missing nor unexpected, nor is
    one whose cancellation is on its way or was typed in by hand. What the ledger shows of a cancelled row, and whether
    it lists cancellations, is said by the profile's `layout`.
    """
    core = {row.key: row for row in theirs}
    certain = {row.key: row for row in ours if row.state in _CERTAINLY_SENT and _is_listed(row, layout)}
    sent = {row.key: row for row in ours if row.key in core and _may_be_there(row)}
    sent |= {key: row for key, row in certain.items() if _must_be_there(row, layout)}
    both = sent.keys() & core.keys()
    uncancelled = {key for key in both if _is_uncancelled(sent[key], core[key], layout)}
    return Reconciliation(
        system=system,
        **_figures(ours, certain),
        core_count=len(theirs),
        missing=tuple(sorted(sent.keys() - core.keys())),
        unexpected=tuple(sorted((core.keys() - sent.keys()) | set(alarms))),
        differing=tuple(sorted(key for key in both - uncancelled if _differs(sent[key], core[key]))),
        our_sha256=ledger_hash((row.key, row.row_sha256) for row in sent.values()),
        core_sha256=ledger_hash((row.key, row.row_sha256) for row in theirs),
        uncancelled=tuple(sorted(uncancelled)),
    )


def _figures(ours: Sequence[OurRow], certain: Mapping[str, OurRow]) -> Mapping[str, int]:
    counts = {state: sum(row.state is state for row in ours) for state in HandoverState}
    return {
        "sent": len(certain),
        "receipted": counts[HandoverState.RECEIPTED],
        "refused": counts[HandoverState.REFUSED],
        "waiting": counts[HandoverState.READY] + counts[HandoverState.BATCHED] + counts[HandoverState.SENT],
        "held": counts[HandoverState.HELD],
        "cancelled": sum(row.cancellation is CancellationStanding.DONE for row in ours),
    }


def _is_listed(row: OurRow, layout: CancellationLayout | None) -> bool:
    """Whether a core system's ledger has rows of this kind at all."""
    return row.kind is HandoverKind.NEW or layout is None or layout.is_listed


def _must_be_there(row: OurRow, layout: CancellationLayout | None) -> bool:
    is_removed = layout is not None and layout.original is CancelledOriginal.REMOVED
    if row.cancellation is CancellationStanding.DONE:
        return not is_removed
    return row.cancellation is CancellationStanding.NONE


def _may_be_there(row: OurRow) -> bool:
    """Where its key in the core's ledger surprises nobody: on the way, or a row that was taken back."""
    return row.state is HandoverState.BATCHED or row.cancellation is not CancellationStanding.NONE


def _is_uncancelled(our: OurRow, core: LedgerRow, layout: CancellationLayout | None) -> bool:
    if our.cancellation is not CancellationStanding.DONE or layout is None:
        return False
    is_flagged = core.outcome is LedgerOutcome.CANCELLED
    return layout.original is CancelledOriginal.REMOVED or (
        layout.original is CancelledOriginal.FLAGGED and not is_flagged
    )


def _differs(our: OurRow, core: LedgerRow) -> bool:
    if our.row_sha256 != core.row_sha256:
        return True
    stated = _OUTCOMES.get(our.state)
    if our.cancellation is not CancellationStanding.NONE and core.outcome is LedgerOutcome.CANCELLED:
        return False
    return stated is not None and stated is not core.outcome


def ledger_hash(rows: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over "key row_sha256\\n" in the order of the keys."""
    return hashlib.sha256("".join(f"{key} {row}\n" for key, row in sorted(rows)).encode()).hexdigest()
