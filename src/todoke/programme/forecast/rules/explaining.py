"""Why this date: what holds each start, back to the beginning and on to the deadline, in a chain and in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from todoke.programme.forecast.errors import ActivityUnknown
from todoke.programme.forecast.values import (
    ActivityState,
    Driver,
    DriverKind,
    Explanation,
    Network,
    Schedule,
    Step,
)

from .compiling import Bond, Compiled, compile_network
from .placing import bound
from .safe_dates import onward
from .searching import Passes, passes


def drivers(network: Network, schedule: Schedule) -> tuple[Driver, ...]:
    """What holds each start of a schedule, in the order of the network's activities."""
    compiled = compile_network(network)
    return tuple(one.driver for one in _held(compiled, schedule))


def explain(network: Network, schedule: Schedule, key: str) -> Explanation:
    """Why an activity lies where it lies, and how much room there is. Raises ActivityUnknown."""
    compiled = compile_network(network)
    place = {one.key: index for index, one in enumerate(network.activities)}
    if key not in place:
        raise ActivityUnknown
    both = passes(compiled)
    held = _held(compiled, schedule)
    chain = _back(compiled, schedule, held, place[key])
    ahead, whose = onward(compiled, both, place[key])
    room = both.late_start[place[key]] - both.start[place[key]]
    due = network.activities[whose] if whose is not None else None
    return Explanation(
        key, _sentence(network, held[place[key]].driver), chain, tuple(network.activities[one].key for one in ahead),
        (due.deadline or due.fixed_finish or due.fixed_start or network.deadline) if due else None,
        due.key if due else "", room, _why_not_critical(compiled, both, ahead) if room > 0 else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Held:
    """A driver with the index that the chain goes on to; -1: it ends here."""

    driver: Driver
    back: int


def _held(compiled: Compiled, schedule: Schedule) -> list[_Held]:
    """The placement once more, this time with a note of what was in the way."""
    count = len(compiled.likely)
    held = [_Held(Driver(DriverKind.START), -1)] * count
    taken = compiled.shelf.taken
    start = schedule.starts
    finish = [one + lasts for one, lasts in zip(start, compiled.likely, strict=True)]
    laid: list[int] = []
    for one in schedule.order:
        held[one] = _held_by(compiled, one, (start, finish), (taken, laid))
        patterns, lasts = compiled.patterns[one], compiled.likely[one]
        if patterns is not None and lasts:
            bucket, offset = divmod(start[one], compiled.shelf.grain)
            taken += patterns[lasts * compiled.shelf.grain + offset][2] << bucket * compiled.shelf.width
        laid.append(one)
    return held


Times = tuple[Sequence[int], Sequence[int]]


def _held_by(compiled: Compiled, one: int, times: Times, laid: tuple[int, list[int]]) -> _Held:
    activity, start = compiled.network.activities[one], times[0][one]
    if activity.state is ActivityState.DONE:
        return _Held(Driver(DriverKind.DONE, on=activity.finished_on), -1)
    ready, driver, back = _by_order(compiled, one, times)
    opening = compiled.openings[one]
    opened = ready if opening is None else opening.next[ready]
    if start > opened:
        return _by_capacity(compiled, one, opened, times, laid) or _Held(
            Driver(DriverKind.KEPT, driver.key, waited=start - opened), back
        )
    if opened > ready:
        labels = {item.id: item.label for item in compiled.network.windows}
        name = "・".join(labels[window] for window in activity.windows)
        day = compiled.network.calendar.day(opened)
        return _Held(Driver(DriverKind.WINDOW, driver.key, name, driver.link, opened - ready, day), back)
    return _Held(driver, back)


def _by_order(compiled: Compiled, one: int, times: Times) -> tuple[int, Driver, int]:
    """The first day by dates and order, what gives it, and the index of the predecessor if it is one."""
    activity, day = compiled.network.activities[one], compiled.release[one]
    kind = DriverKind.START
    if activity.state is ActivityState.RUNNING:
        kind = DriverKind.RUNNING
    elif day > 0:
        kind = DriverKind.FIXED
    driver, back = Driver(kind, on=compiled.network.calendar.day(day)), -1
    links: list[Bond] = [(0, before, 0) for before in compiled.preds[one]]
    for bond in (*links, *compiled.bonds[one]):
        allowed = bound([bond], compiled.likely[one], *times)
        if allowed > day or (allowed == day and back < 0 and bond[1] >= 0 and day > 0):
            day, back = allowed, bond[1]
            driver = _by_bond(compiled, bond)
    return day, driver, back


LINKS = ("FS", "SS", "FF", "SF")


def _by_bond(compiled: Compiled, bond: Bond) -> Driver:
    kind, other, lag = bond
    if other < 0:
        return Driver(DriverKind.FIXED, on=compiled.network.calendar.day(lag - 1))
    return Driver(
        DriverKind.PREDECESSOR, compiled.network.activities[other].key, link=LINKS[kind], waited=max(lag, 0)
    )


def _by_capacity(
    compiled: Compiled, one: int, day: int, times: Times, laid: tuple[int, list[int]]
) -> _Held | None:
    """Which resource was full before the start, and whose work took it; None when nothing was in the way."""
    patterns, lasts, shelf = compiled.patterns[one], compiled.likely[one], compiled.shelf
    if patterns is None or not lasts:
        return None
    opening, first, last = compiled.openings[one], day, None
    while True:
        bucket, offset = divmod(day, shelf.grain)
        pattern = patterns[lasts * shelf.grain + offset]
        full = (laid[0] >> bucket * shelf.width) + pattern[0] & pattern[1]
        if not full or day >= times[0][one]:
            break
        top = full.bit_length() - 1
        last = (bucket + top // shelf.width, top % shelf.width // shelf.bits)
        day = (last[0] + 1) * shelf.grain
        day = day if opening is None else opening.next[day]
    if last is None or day != times[0][one]:
        return None
    resource = compiled.resources[last[1]]
    blocker = _blocker(compiled, resource.resource, (last[0], times[0][one]), times, laid[1])
    key = compiled.network.activities[blocker].key if blocker >= 0 else ""
    driver = Driver(DriverKind.CAPACITY, key, resource.label, waited=times[0][one] - first)
    return _Held(driver, blocker if blocker >= 0 and times[0][blocker] < times[0][one] else -1)


def _blocker(
    compiled: Compiled, resource: str, full: tuple[int, int], times: Times, laid: Sequence[int]
) -> int:
    """Of the work that takes the resource in the full bucket, the one whose end lets the waiting one begin.

    `full`: the bucket and the start of what waits. Where nothing ends by then, the one that frees it last; -1 when the
    resource is simply not there.
    """
    grain, (bucket, start) = compiled.shelf.grain, full
    begin, end = bucket * grain, (bucket + 1) * grain
    takers = [
        other for other in laid
        if times[0][other] < end and times[1][other] > begin and compiled.likely[other]
        and any(one.resource == resource and one.hundredths for one in compiled.network.activities[other].demands)
    ]  # fmt: skip
    freed = [other for other in takers if times[1][other] <= start]
    return max(freed or takers, key=lambda other: (times[1][other], -other), default=-1)


def _back(compiled: Compiled, schedule: Schedule, held: Sequence[_Held], one: int) -> tuple[Step, ...]:
    steps: list[Step] = []
    seen: set[int] = set()
    while one >= 0 and one not in seen:
        seen.add(one)
        activity, lies = compiled.network.activities[one], schedule.placed[one]
        if not activity.is_hidden:
            steps.append(Step(activity.key, activity.words, lies.start, lies.finish, held[one].driver))
        one = held[one].back
    return tuple(reversed(steps))


def _sentence(network: Network, driver: Driver) -> str:
    """The binding driver in words. Dates are for the screen."""
    other = network.activity(driver.key)
    name = f"「{other.words}」" if other else ""
    return {
        DriverKind.START: "ほかに待つものがないので、計画の基準日から始められます。",
        DriverKind.RUNNING: "すでに着手しています。終わる日は、報告された残りの日数によります。",
        DriverKind.DONE: "完了の報告があります（分割・統合された取組では、元の取組に）。",
        DriverKind.FIXED: "固定した日付によります。",
        DriverKind.PREDECESSOR: f"{name}を待っています（{_LINK_WORDS.get(driver.link, '')}）。",
        DriverKind.WINDOW: f"時期の制約（{driver.name}）により、次に始められる日まで{driver.waited}執務日待ちます。",
        DriverKind.CAPACITY: f"{driver.name}の空きを{driver.waited}執務日待ちます。{name and name + 'が使っています。'}",
        DriverKind.KEPT: "前に計算した日程のほうが良いため、そのままにしています。",
    }[driver.kind]


_LINK_WORDS = {
    "FS": "終わってから始める", "SS": "始まってから始める", "FF": "終わってから終える", "SF": "始まってから終える",
}  # fmt: skip


def _why_not_critical(compiled: Compiled, both: Passes, ahead: Sequence[int]) -> str:
    """Where the room comes from: the first activity on the way that has less of it, and what that one waits for."""
    room = both.late_start[ahead[0]] - both.start[ahead[0]]
    for one in ahead[1:]:
        if both.late_start[one] - both.start[one] < room:
            label = compiled.network.activities[one].words
            why = _reason(compiled, both, one)
            return f"後に続く「{label}」がほかの理由で遅く始まるため、遅れても間に合います。{why}"
    return "期限から逆算した余裕です。"


def _reason(compiled: Compiled, both: Passes, one: int) -> str:
    ready, driver, _ = _by_order(compiled, one, (both.start, both.finish))
    if both.start[one] > ready:
        labels = {item.id: item.label for item in compiled.network.windows}
        names = "・".join(labels[window] for window in compiled.network.activities[one].windows)
        return f"「{names}」を待ちます。"
    other = compiled.network.activity(driver.key)
    return f"「{other.words}」を待ちます。" if other else ""
