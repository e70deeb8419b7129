"""When it is certain that a deadline cannot be kept: proofs that hold for every order of work, and nothing weaker."""

from collections.abc import Sequence
from itertools import accumulate

from todoke.programme.forecast.values import Proof, ProofKind

from .compiling import Compiled, daily
from .searching import Passes

MOST_POINTS = 12  # how many begins and ends of spans are looked at; fewer proofs, never a false one


def proofs(compiled: Compiled, both: Passes) -> tuple[Proof, ...]:
    """Chains that are too long by order alone, single demands above all there is, and work that exceeds the capacity.

    They count the likely durations as they were reported; with other durations other things are certain. The sum of work
    is only asked where nothing simpler proves it.
    """
    found = (*_chains(compiled, both), *_oversized(compiled))
    return found or tuple(_work(compiled, both))


def _chains(compiled: Compiled, both: Passes) -> list[Proof]:
    late = [
        (ends - due, -one) for one, (ends, due) in enumerate(zip(both.finish, compiled.due, strict=True))
        if due is not None and ends > due
    ]  # fmt: skip
    if not late:
        return []
    one = -max(late)[1]
    activity, due = compiled.network.activities[one], compiled.due[one]
    deadline = activity.deadline or compiled.network.deadline or activity.fixed_finish
    return [Proof(ProofKind.CHAIN, activity.key, deadline, both.finish[one], max(due or 0, 0))]


def _oversized(compiled: Compiled) -> list[Proof]:
    found = []
    for one, resource in compiled.oversized:
        activity = compiled.network.activities[one]
        much = sum(
            d.hundredths for d in activity.demands if d.resource == compiled.resources[resource].resource
        )
        found.append(Proof(ProofKind.DEMAND, activity.key, None, much, compiled.shelf.most[resource]))
    return found


def _work(compiled: Compiled, both: Passes) -> list[Proof]:
    """A resource whose work between a first day and a deadline is more than it has in all buckets that the span touches."""
    if all(due is None for due in compiled.due):
        return []
    for place, capacity in enumerate(compiled.resources):
        work = _work_of(compiled, both, place)
        found = _overfull(compiled, work, place) if work else None
        if found is not None:
            needed, available, end = found
            deadline = compiled.network.calendar.day(max(end - 1, 0))
            return [Proof(ProofKind.WORK, capacity.resource, deadline, needed, available)]
    return []


Work = tuple[int, int, int]  # from when it can begin, by when it must end, hundredths × days


def _work_of(compiled: Compiled, both: Passes, place: int) -> list[Work]:
    """The work that must lie between its earliest start and its last finish. Only what leads to a deadline counts."""
    name = compiled.resources[place].resource
    reach = _leads_to_deadline(compiled)
    found = []
    for one, activity in enumerate(compiled.network.activities):
        if reach[one] and compiled.likely[one]:
            much = sum(d.hundredths for d in activity.demands if d.resource == name)
            if much:
                found.append((both.start[one], both.late_finish[one], much * compiled.likely[one]))
    return found


def _leads_to_deadline(compiled: Compiled) -> list[bool]:
    reach = [due is not None for due in compiled.due]
    for one in reversed(compiled.order):
        reach[one] = reach[one] or any(reach[other] for other in compiled.successors[one])
    return reach


def _overfull(compiled: Compiled, work: Sequence[Work], place: int) -> tuple[int, int, int] | None:
    there = daily(compiled.network, compiled.resources[place])
    size, grain = len(compiled.network.calendar.days), compiled.network.grain
    days = [there] * size if isinstance(there, int) else there
    total = [0, *accumulate(days)]
    by_end = sorted(work, key=lambda one: one[1])
    ends = set(_points([one for _, one, _ in work]))
    for begin in _points([one for one, _, _ in work]):
        low, needed = begin // grain * grain, 0
        for place_in, (first, end, much) in enumerate(by_end):
            needed += much if first >= begin else 0
            is_last = place_in + 1 == len(by_end) or by_end[place_in + 1][1] != end
            if is_last and end in ends:
                high = min(max(-(-end // grain) * grain, low), size)
                if needed > total[high] - total[low]:
                    return needed, total[high] - total[low], end
    return None


def _points(days: Sequence[int]) -> list[int]:
    """Some of the distinct values, spread over all, the first and the last among them."""
    distinct = sorted(set(days))
    if len(distinct) <= MOST_POINTS:
        return distinct
    step = (len(distinct) - 1) / (MOST_POINTS - 1)
    return [distinct[round(step * one)] for one in range(MOST_POINTS)]
