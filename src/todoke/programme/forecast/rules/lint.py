"""What is odd about a plan: found by rule, told in a sentence that says what to do. It forbids nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from todoke.programme.forecast.values import Activity, ActivityState, Finding, LintRule, Network

from .compiling import MOVING, Compiled, compile_network
from .searching import Passes, passes

LONG = 63  # working days: three months
STALE = timedelta(days=30)
BUDGET, CONTRACT, PRIVACY, GO_LIVE = "budget", "contract", "pia", "go-live"
# A node says what it is by its tags; where it has none, its label does.
WORDS: dict[str, tuple[str, ...]] = {
    BUDGET: ("予算要求", "予算措置"),
    CONTRACT: ("契約",),
    PRIVACY: ("特定個人情報保護評価", "PIA"),
    GO_LIVE: ("本稼働", "本番稼働", "稼働開始", "運用開始", "データ移行"),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A plan under inspection: its lists, its passes, and where each kind of work stands."""

    network: Network
    compiled: Compiled
    both: Passes

    def of_kind(self, kind: str) -> list[int]:
        """Unfinished activities of one kind."""
        return [index for index, one in enumerate(self.network.activities) if is_of_kind(one, kind)]


def is_of_kind(activity: Activity, kind: str) -> bool:
    """Whether work is of a kind that a rule asks for."""
    if activity.is_hidden or activity.state not in MOVING:
        return False
    return kind in activity.tags or any(word in activity.label for word in WORDS[kind])


def lint(network: Network) -> tuple[Finding, ...]:
    """All findings, rule by rule, in the order of the plan. Raises OrderInCircle, NetworkBroken, NothingToSchedule."""
    compiled = compile_network(network)
    seen = _Seen(network, compiled, passes(compiled))
    return tuple(
        Finding(rule, key, sentence.format(label=_label(network, key), **facts))
        for rule, (find, sentence) in RULES.items()
        for key, facts in find(seen)
    )


def _label(network: Network, key: str) -> str:
    activity = network.activity(key)
    return activity.words if activity else key


Hit = tuple[str, dict[str, str | int]]
Hits = Iterator[Hit]


def _shown(seen: _Seen) -> Iterator[tuple[int, Activity]]:
    return (
        (index, one) for index, one in enumerate(seen.network.activities)
        if not one.is_hidden and one.state is not ActivityState.LEFT_OUT
    )  # fmt: skip


def _no_owner(seen: _Seen) -> Hits:
    return ((one.key, {}) for _, one in _shown(seen) if one.state in MOVING and not one.owner)


def _dangling(seen: _Seen) -> Hits:
    """Nothing before it and nothing behind it."""
    linked = {key for link in seen.network.dependencies for key in (link.before, link.after)}
    if len(seen.network.activities) > 1:
        yield from ((one.key, {}) for _, one in _shown(seen) if one.state in MOVING and one.key not in linked)


def _too_long(seen: _Seen) -> Hits:
    return (
        (one.key, {"days": one.likely})
        for _, one in _shown(seen)
        if one.state in MOVING and one.likely > LONG
    )


def _no_estimate(seen: _Seen) -> Hits:
    return ((one.key, {}) for _, one in _shown(seen) if one.state in MOVING and not one.has_estimate)


def _stale(seen: _Seen) -> Hits:
    """Work that runs, or should have begun, and of which nothing was heard for thirty days."""
    for index, one in _shown(seen):
        should_run = one.state is ActivityState.OPEN and seen.both.late_start[index] <= 0
        if one.state is ActivityState.RUNNING or (should_run and one.reported_on is not None):
            age = None if one.reported_on is None else seen.network.as_of - one.reported_on
            if age is None or age > STALE:
                yield one.key, {"age": "報告なし" if age is None else f"{age.days}日前の報告"}


def _not_delivered(seen: _Seen) -> Hits:
    return (
        (one.key, {}) for _, one in _shown(seen)
        if one.state is ActivityState.DONE and one.deliverables and not one.evidence and not one.is_carried
    )  # fmt: skip


def _not_confirmed(seen: _Seen) -> Hits:
    """Taken as done because all that it came from was; nobody has said so of itself."""
    return ((one.key, {}) for _, one in _shown(seen) if one.state is ActivityState.DONE and one.is_carried)


def _deadline_before_window(seen: _Seen) -> Hits:
    """Its own deadline, or the one it leads to, lies before the first day on which it may begin."""
    for index, one in _shown(seen):
        opening, due = seen.compiled.openings[index], seen.compiled.due[index]
        if opening is not None and due is not None and opening.runs[0][0] + one.likely > due:
            yield one.key, {}


def _after(seen: _Seen, first: str, second: str) -> Hits:
    """Work of the second kind that is planned to begin before that of the first kind for the same 事務 has ended."""
    ends = {index: seen.both.finish[index] for index in seen.of_kind(first)}
    for index in seen.of_kind(second):
        one = seen.network.activities[index]
        mine = [
            end for other, end in ends.items()
            if other != index and seen.network.activities[other].concept in {one.concept, ""}
        ]  # fmt: skip
        if mine and seen.both.start[index] < max(mine):
            yield one.key, {}


def _over_capacity(seen: _Seen) -> Hits:
    for index, place in seen.compiled.oversized:
        yield seen.network.activities[index].key, {"name": seen.compiled.resources[place].label}


def _late(seen: _Seen) -> Hits:
    """Late by order alone: more people would not help."""
    for index, one in _shown(seen):
        due = seen.compiled.due[index]
        if due is not None and seen.both.finish[index] > due:
            yield one.key, {"days": seen.both.finish[index] - due}


RULES: dict[LintRule, tuple[Callable[[_Seen], Hits], str]] = {
    LintRule.LATE: (_late, "「{label}」は、人手を増やしても期限に{days}執務日遅れます。期限か前後関係を見直してください。"),
    LintRule.OVER_CAPACITY: (
        _over_capacity, "「{label}」に要る{name}が、体制の上限を超えています。体制か必要数を直してください。"
    ),
    LintRule.DEADLINE_BEFORE_WINDOW: (
        _deadline_before_window, "「{label}」の期限は、始められる時期より前です。期限か時期の制約を直してください。"
    ),
    LintRule.CONTRACT_BEFORE_BUDGET: (
        lambda seen: _after(seen, BUDGET, CONTRACT),
        "「{label}」が予算要求より先に始まる日程です。前後関係を加えてください。",
    ),
    LintRule.PRIVACY_AFTER_GO_LIVE: (
        lambda seen: _after(seen, PRIVACY, GO_LIVE),
        "「{label}」が特定個人情報保護評価より先に始まる日程です。評価を先に終えてください（番号法 第28条）。",
    ),
    LintRule.NO_OWNER: (_no_owner, "「{label}」の担当が決まっていません。担当課を決めてください。"),
    LintRule.STALE: (_stale, "「{label}」の報告が古くなっています（{age}）。残りの日数を報告してください。"),
    LintRule.NOT_DELIVERED: (
        _not_delivered, "「{label}」は完了ですが、成果物の所在がありません。所在を記録してください。"
    ),
    LintRule.NOT_CONFIRMED: (
        _not_confirmed,
        "「{label}」は、分割・統合の前の取組が完了なので、残りの作業がないものとして計算しています。確かめて報告してください。",
    ),
    LintRule.NO_ESTIMATE: (_no_estimate, "「{label}」に所要日数がありません。見積もるまで0日として計算します。"),
    LintRule.TOO_LONG: (_too_long, "「{label}」は{days}執務日と長く、遅れに気付きにくくなります。分けてください。"),
    LintRule.DANGLING: (_dangling, "「{label}」には前後のつながりがありません。前後関係を加えてください。"),
}  # fmt: skip


def count_by_rule(findings: Sequence[Finding]) -> dict[LintRule, int]:
    """How many of each."""
    return {rule: count for rule in RULES if (count := sum(one.rule is rule for one in findings))}
