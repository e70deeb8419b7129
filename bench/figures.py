"""From the costs of the rounds to the figures of the table: floors are the best round, the product is the median."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .floor import Step
from .intake import Passed
from .meters import Cost, peak_memory
from .results import Figure as Figure


@dataclass(frozen=True, slots=True)
class Rounds:
    """Everything measured over one bundle of `n` packages."""

    n: int
    signed: int
    total_bytes: int
    steps: Sequence[Step]
    floors: Sequence[Sequence[Cost]]
    passed: Sequence[Passed]
    commits: int


def figures(rounds: Rounds, *parts: Figure) -> list[Figure]:
    """The product's figures; `parts` are shares of intake that were measured alone."""
    relay = [one.relay for one in rounds.passed]
    intake = [one.intake for one in rounds.passed]
    both = [Cost(a.cpu + b.cpu, a.wall + b.wall) for a, b in zip(relay, intake, strict=True)]
    durable, judging = _sums(rounds)
    wall, n = median(one.wall for one in both), rounds.n
    return [
        per_application("受信・検証・格納 durable", [one.cpu for one in both], durable, n),
        Figure("  最良の回 best round", _micro(min(one.cpu for one in both), n), "µs/件", _micro(durable, n)),
        per_application("  うち受信 relay", [one.cpu for one in relay], None, n),
        per_application("  うち検証・格納 intake", [one.cpu for one in intake], judging, n),
        *parts,
        per_application("経過時間 wall clock", [one.wall for one in both], None, n),
        Figure("速さ throughput", n / wall, "件/秒"),
        Figure("速さ throughput", rounds.total_bytes / wall / 1e6, "MB/秒"),
        Figure("原本の fsync（os.fsync の回数）", _fsyncs(rounds) / n, "回/件"),
        Figure("データベースの確定 commits", rounds.commits / n, "回/件"),
        Figure("最大メモリ peak RSS（下限の材料を含む）", peak_memory() / 1e6, "MB"),
    ]


def floor_figures(rounds: Rounds) -> list[Figure]:
    """The floor, step by step."""
    found = []
    for place, step in enumerate(rounds.steps):
        cpu = [costs[place].cpu for costs in rounds.floors]
        found.append(Figure(step.name, _micro(min(cpu), rounds.n), "µs/件", spread=_spread(cpu)))
    return found


def _sums(rounds: Rounds) -> tuple[float, float]:
    """CPU seconds of the floor of durable intake, and of judging alone: the best round of every step."""
    best = [min(costs[place].cpu for costs in rounds.floors) for place in range(len(rounds.steps))]
    pairs = list(zip(rounds.steps, best, strict=True))
    durable = sum(cpu for step, cpu in pairs if step.is_durable)
    return durable, sum(cpu for step, cpu in pairs if step.is_judging)


def _fsyncs(rounds: Rounds) -> float:
    return median(one.relay.fsyncs + one.intake.fsyncs for one in rounds.passed)


def per_application(name: str, seconds: Sequence[float], floor: float | None, n: int) -> Figure:
    """CPU per application, the median of the rounds; `floor` in seconds for all of them."""
    least = None if floor is None else _micro(floor, n)
    return Figure(name, _micro(median(seconds), n), "µs/件", least, _spread(seconds))


def _micro(seconds: float, n: int) -> float:
    return seconds / n * 1e6


def _spread(values: Sequence[float]) -> float:
    middle = median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0.0
