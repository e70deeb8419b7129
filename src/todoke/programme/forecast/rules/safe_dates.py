"""Until when something can begin before a deadline is missed, or a window is lost and the next one is months away."""

from collections.abc import Sequence

from todoke.programme.forecast.values import Activity, ActivityState, LossKind, Network, SafeDate, Schedule

from .compiling import SF, Compiled, compile_network
from .placing import FAR, is_loose, limit
from .searching import Passes, passes


def last_safe_dates(network: Network, schedule: Schedule) -> tuple[SafeDate, ...]:
    """What is lost when, the heaviest loss first, then by date. Only work that has not begun, at most three lines each.

    Computed by order, dates and windows; people and vendors may already ask for an earlier start（`slack_days` is counted
    from the levelled one). A line of kind DEADLINE before today says that the deadline is lost already.
    """
    compiled = compile_network(network)
    both = passes(compiled)
    lines = [*_for_windows(compiled, schedule), *_for_deadlines(compiled, both, schedule)]
    return tuple(
        sorted(lines, key=lambda one: (-(FAR if one.lost_days is None else one.lost_days), one.by, one.key))
    )


def _for_deadlines(compiled: Compiled, both: Passes, schedule: Schedule) -> list[SafeDate]:
    lines = []
    for one, activity in enumerate(compiled.network.activities):
        target = deadline_behind(compiled, both, one)
        if target is None or not _waits(activity):
            continue
        other = compiled.network.activities[target]
        lines.append(SafeDate(
            activity.key, activity.label, compiled.network.calendar.day(both.late_start[one]), LossKind.DEADLINE,
            other.key, other.label, "", None, None, both.late_start[one] - schedule.starts[one],
        ))  # fmt: skip
    return lines


def deadline_behind(compiled: Compiled, both: Passes, one: int) -> int | None:
    """Whose deadline an activity's last start comes from; None when no deadline lies behind it."""
    return onward(compiled, both, one)[1]


def onward(compiled: Compiled, both: Passes, one: int) -> tuple[list[int], int | None]:
    """The activities whose last starts bind one another from here on, and the one whose deadline ends the chain."""
    chain = [one]
    while True:
        due, fixed = compiled.due[one], compiled.latest[one]
        lasts = compiled.likely[one]
        limits = [
            (limit(bond, lasts, both.late_start, both.late_finish), bond[1]) for bond in compiled.after[one]
        ]
        end = min(limits, default=(FAR, -1))
        if fixed is not None and fixed + lasts <= end[0]:
            return chain, one
        if due is not None and due <= end[0]:
            return chain, one
        if end[1] < 0 or (is_loose(compiled, one) and both.target < end[0]):
            return chain, None
        one = end[1]
        chain.append(one)


Lost = tuple[int, int, int, int]  # last start, whose window is lost, its next chance, working days lost


def _for_windows(compiled: Compiled, schedule: Schedule) -> list[SafeDate]:
    """For every activity the window behind it that is lost first, and the one whose loss is heaviest."""
    found: dict[int, list[Lost]] = {}
    for target, opening in enumerate(compiled.openings):
        if opening is None or compiled.network.activities[target].is_hidden:
            continue
        place = schedule.starts[target]
        at = next((n for n, (begin, end) in enumerate(opening.runs) if begin <= place < end), None)
        if at is None or at + 1 >= len(opening.runs):
            continue
        chance = opening.runs[at + 1][0]
        for one, day in _last_starts(compiled, target, opening.runs[at][1] - 1).items():
            found.setdefault(one, []).append((day, target, chance, chance - place))
    return [
        _line(compiled, schedule, one, lost)
        for one in sorted(found) if _waits(compiled.network.activities[one])
        for lost in _first_and_heaviest(found[one])
    ]  # fmt: skip


def _waits(activity: Activity) -> bool:
    return activity.state is ActivityState.OPEN and not activity.is_hidden


def _first_and_heaviest(lines: Sequence[Lost]) -> list[Lost]:
    first = min(lines, key=lambda one: (one[0], -one[3]))
    heaviest = max(lines, key=lambda one: (one[3], -one[0]))
    return [first] if first is heaviest else [first, heaviest]


def _line(compiled: Compiled, schedule: Schedule, one: int, lost: Lost) -> SafeDate:
    day, target, chance, days = lost
    network = compiled.network
    activity, goal = network.activities[one], network.activities[target]
    labels = {window.id: window.label for window in network.windows}
    return SafeDate(
        activity.key, activity.label, network.calendar.day(day), LossKind.WINDOW, goal.key, goal.label,
        "・".join(labels[name] for name in goal.windows), network.calendar.day(chance), days,
        day - schedule.starts[one],
    )  # fmt: skip


def _last_starts(compiled: Compiled, target: int, day: int) -> dict[int, int]:
    """Last starts of the target and of all that it depends on, so that the target begins by this day."""
    start, finish = {target: day}, {target: day + compiled.likely[target]}
    turn = compiled.order.index(target)
    for one in reversed(compiled.order[:turn]):
        lasts = compiled.likely[one]
        ends = [_limit_in(bond, lasts, start, finish) for bond in compiled.after[one] if bond[1] in start]
        if not ends:
            continue
        begin, opening = min(ends) - lasts, compiled.openings[one]
        if opening is not None and begin >= 0:
            begin = opening.last[min(begin, len(opening.last) - 1)]
        start[one], finish[one] = begin, begin + lasts
    return start


def _limit_in(bond: tuple[int, int, int], lasts: int, start: dict[int, int], finish: dict[int, int]) -> int:
    kind, other, lag = bond
    assert kind <= SF
    return limit((kind, 0, lag), lasts, [start[other]], [finish[other]])


def next_to_lose(lines: Sequence[SafeDate], count: int = 10) -> tuple[SafeDate, ...]:
    """The lines whose day comes first."""
    return tuple(sorted(lines, key=lambda one: (one.by, -(one.lost_days or 0), one.key))[:count])
