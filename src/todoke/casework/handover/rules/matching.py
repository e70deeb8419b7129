"""突合: our ledger beside the core system's（bad-inputs E12, F16, F17）."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

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


class Keyed(Protocol):
    """A row of either ledger."""

    @property
    def key(self) -> str:
        """The idempotency key."""

    @property
    def row_sha256(self) -> str:
        """SHA-256 (hex) of the line."""


Row = TypeVar("Row", bound=Keyed)
Our = TypeVar("Our", bound=Keyed)
Their = TypeVar("Their", bound=Keyed)
_CERTAINLY_SENT = frozenset({HandoverState.SENT, HandoverState.RECEIPTED, HandoverState.REFUSED})
_OUTCOMES = {HandoverState.RECEIPTED: LedgerOutcome.ACCEPTED, HandoverState.REFUSED: LedgerOutcome.REFUSED}


def reconcile(
    system: str,
    ours: Iterable[OurRow],
    theirs: Iterable[LedgerRow],
    alarms: Sequence[str] = (),
    layout: CancellationLayout | None = None,
) -> Reconciliation:
    """Compare by key, then content, then outcome; `alarms` are keys of receipts that nobody can explain.

    Both ledgers come in the order of their keys（a million rows are compared in flat memory）; raises ValueError where
    they do not. A row that is on its way (its file may have arrived without our knowing) is neither missing nor
    unexpected, nor is one whose cancellation is on its way or was typed in by hand. What the ledger shows of a
    cancelled row, and whether it lists cancellations, is said by the profile's `layout`.
    """
    table = _Table()
    for our, core in side_by_side(ours, theirs):
        if our is not None and core is not None and _is_settled(our, core):
            table.take_equal(our)
        else:
            table.take(our, core, layout)
    counts = table.counts
    return Reconciliation(
        system=system,
        sent=table.sent,
        receipted=counts[HandoverState.RECEIPTED],
        refused=counts[HandoverState.REFUSED],
        waiting=counts[HandoverState.READY] + counts[HandoverState.BATCHED] + counts[HandoverState.SENT],
        held=counts[HandoverState.HELD],
        cancelled=table.cancelled,
        core_count=table.core_count,
        missing=tuple(table.missing),
        unexpected=tuple(sorted({*table.unexpected, *alarms})),
        differing=tuple(table.differing),
        our_sha256=table.our_hash.hexdigest(),
        core_sha256=table.core_hash.hexdigest(),
        uncancelled=tuple(table.uncancelled),
    )


@dataclass(slots=True)
class _Table:
    """The 突合表 while the two ledgers pass, key by key."""

    counts: Counter[HandoverState] = field(default_factory=Counter)
    sent: int = 0
    cancelled: int = 0
    core_count: int = 0
    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    uncancelled: list[str] = field(default_factory=list)
    our_hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    core_hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def take_equal(self, row: OurRow) -> None:
        """One key that both ledgers have with the same content, accepted and receipted: what nearly all rows are."""
        self.counts[HandoverState.RECEIPTED] += 1
        self.sent += 1
        self.core_count += 1
        line = f"{row[0]} {row[1]}\n".encode()
        self.our_hash.update(line)
        self.core_hash.update(line)

    def take(self, our: OurRow | None, core: LedgerRow | None, layout: CancellationLayout | None) -> None:
        """One key as both ledgers have it."""
        is_ours = our is not None and self._count(our, core, layout)
        if core is not None:
            self.core_count += 1
            self.core_hash.update(_hashed(core))
        if our is None or not is_ours:
            if core is not None:
                self.unexpected.append(core.key)
            return
        self.our_hash.update(_hashed(our))
        if core is None:
            self.missing.append(our.key)
        elif _is_uncancelled(our, core, layout):
            self.uncancelled.append(our.key)
        elif _differs(our, core):
            self.differing.append(our.key)

    def _count(self, our: OurRow, core: LedgerRow | None, layout: CancellationLayout | None) -> bool:
        """Count our row; returns whether the core should have it, or has it and may."""
        self.counts[our.state] += 1
        self.cancelled += our.cancellation is CancellationStanding.DONE
        is_certain = our.state in _CERTAINLY_SENT and _is_listed(our, layout)
        self.sent += is_certain
        return (is_certain and _must_be_there(our, layout)) or (core is not None and _may_be_there(our))


def side_by_side(ours: Iterable[Our], theirs: Iterable[Their]) -> Iterator[tuple[Our | None, Their | None]]:
    """Two ledgers in the order of their keys, key by key; raises ValueError where one is in another order."""
    left, right = _ascending(ours), _ascending(theirs)
    our, core = next(left, None), next(right, None)
    while our is not None or core is not None:
        if our is not None and core is not None and our.key == core.key:
            yield our, core
            our, core = next(left, None), next(right, None)
        elif core is None or (our is not None and our.key < core.key):
            yield our, None
            our = next(left, None)
        else:
            yield None, core
            core = next(right, None)


def _ascending(rows: Iterable[Row]) -> Iterator[Row]:
    last = ""
    for row in rows:
        if row.key < last:
            raise ValueError("a ledger must come in the order of its keys")
        last = row.key
        yield row


def _is_settled(our: OurRow, core: LedgerRow) -> bool:
    """Whether both say the same of an application that was handed over, receipted, and never taken back."""
    return (
        our.row_sha256 == core.row_sha256
        and our.state is HandoverState.RECEIPTED
        and core.outcome is LedgerOutcome.ACCEPTED
        and our.kind is HandoverKind.NEW
        and our.cancellation is CancellationStanding.NONE
    )


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


def _hashed(row: "Keyed") -> bytes:
    """What a row adds to the hash of a ledger: "key row_sha256\\n", in the order of the keys."""
    return f"{row.key} {row.row_sha256}\n".encode()
