"""What remains of work that a new edition cut into pieces or joined: what was said of the whole counts for its parts.

Until a piece has a report of its own, it takes its share of what remains of the whole, by the days of the pieces. A whole
that was done leaves nothing to do; that its pieces are done is still for somebody to report（the official figure waits）.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from todoke.programme.packs.values import Basis, Relation
from todoke.programme.plans.values import Item
from todoke.programme.progress.values import ReportState, Standing

NOTHING_LEFT = frozenset({ReportState.DONE, ReportState.OUT_OF_SCOPE})
Left = tuple[float, float, float]  # working days, low, likely, high


@dataclass(frozen=True, slots=True)
class Carried:
    """What remains by the reports of what an item came from; `done_on`: all of it was done, the last of it on that day."""

    days: Left
    done_on: date | None = None


class Carrying:
    """Goes back from pieces to wholes. Each question is answered once."""

    def __init__(self, items: Sequence[Item], standings: Mapping[UUID, Standing]) -> None:
        """All items of a plan, retired ones too, and where each stands."""
        self._items = {one.uuid: one for one in items}
        self._standings = standings
        self._pieces: dict[UUID, list[Item]] = {}
        for one in items:
            for source in one.sources if one.relation is Relation.SPLIT else ():
                self._pieces.setdefault(source, []).append(one)

    def of(self, item: Item) -> Carried | None:
        """What remains of an item by its sources; None where it speaks for itself: a report, days of the body's own."""
        sources = [self._items[one] for one in item.sources if one in self._items]
        if not sources or self._speaks(item) or not any(self._is_known(one) for one in sources):
            return None
        parts = [self._left(one) for one in sources]
        if item.relation is Relation.SPLIT:
            shares = [self._share(item, one) for one in sources]
            days = [
                sum(part[at] * share for part, share in zip(parts, shares, strict=True)) for at in range(3)
            ]
        else:
            whole = sum(_estimate(one)[1] for one in sources)
            left = sum(part[1] for part in parts) / whole if whole else 1.0
            days = [one * left for one in _estimate(item)]
        return Carried((days[0], days[1], days[2]), self._done_on(sources))

    def _speaks(self, item: Item) -> bool:
        standing = self._standings.get(item.uuid)
        is_own = item.estimate is not None and item.estimate.basis is Basis.BODY
        return is_own or (standing is not None and standing.as_of is not None)

    def _is_known(self, item: Item) -> bool:
        return self._speaks(item) or any(
            self._is_known(self._items[one]) for one in item.sources if one in self._items
        )

    def _left(self, item: Item) -> Left:
        standing, days = self._standings.get(item.uuid), _estimate(item)
        if standing is not None and standing.state in NOTHING_LEFT:
            return 0.0, 0.0, 0.0
        if standing is not None and standing.remaining is not None:
            return standing.remaining.low, standing.remaining.likely, standing.remaining.high
        carried = self.of(item)
        if carried is not None:
            return carried.days
        rest = (100 - standing.percent) / 100 if standing else 1.0
        return days[0] * rest, days[1] * rest, days[2] * rest

    def _share(self, piece: Item, whole: Item) -> float:
        """Its part of the days of all pieces of a whole; equal parts where no piece has days."""
        pieces = self._pieces[whole.uuid]
        days = sum(_estimate(one)[1] for one in pieces)
        return _estimate(piece)[1] / days if days else 1 / len(pieces)

    def _done_on(self, sources: Sequence[Item]) -> date | None:
        days = [self._end(one) for one in sources]
        known = [one for one in days if one is not None]
        return max(known) if len(known) == len(days) else None

    def _end(self, item: Item) -> date | None:
        standing = self._standings.get(item.uuid)
        if standing is not None and standing.as_of is not None:
            return standing.as_of if standing.state in NOTHING_LEFT else None
        carried = self.of(item)
        return carried.done_on if carried else None


def _estimate(item: Item) -> Left:
    one = item.estimate
    return (one.low, one.likely, one.high) if one else (0.0, 0.0, 0.0)
