"""The 突合表 in words: each core system beside our ledger, with the 受付番号 of whatever does not agree."""

from dataclasses import dataclass

from todoke.casework.handover import queries as handover
from todoke.casework.handover.values import CoreSystemRef, HandoverDetail, Reconciliation

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One row that does not agree: in which way, its key, and the 受付番号 where it is ours."""

    words: str
    key: str
    receipt_number: str


@dataclass(frozen=True, slots=True)
class Table:
    """One core system: the figures, what does not agree, and how many more of that are not shown.

    `is_held`: a restore holds back what goes there. `listed`: rows that wait because the core has them already（EXP-712）.
    """

    figures: Reconciliation
    disagreements: tuple[Disagreement, ...]
    hidden: int
    is_held: bool = False
    listed: tuple[HandoverDetail, ...] = ()

    @property
    def is_unfetched(self) -> bool:
        """Whether the core system's ledger was probably never fetched: we sent something, their copy is empty."""
        return self.figures.core_count == 0 and self.figures.sent > 0


def reconciliations() -> list[Table]:
    """One table per core system of the body in scope."""
    return [_table(system) for system in handover.core_systems()]


def _table(system: CoreSystemRef) -> Table:
    figures = handover.reconcile(system.name)
    found = (
        [("基幹にない", key) for key in figures.missing]
        + [("こちらにない", key) for key in figures.unexpected]
        + [("内容が違う", key) for key in figures.differing]
        + [("取消しが未反映", key) for key in figures.uncancelled]
    )
    numbers = handover.receipt_numbers(system, [key for _, key in found[:SHOWN]])
    shown = tuple(Disagreement(words, key, numbers.get(key, "")) for words, key in found[:SHOWN])
    listed = tuple(handover.held_as_listed(system, limit=SHOWN))
    return Table(figures, shown, max(0, len(found) - SHOWN), system.is_held, listed)
