"""The table for people and results.json for machines."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .figures import Figure
from .goals import Goal
from .packages import Bundle
from .results import machine as machine
from .results import read, store

QUIET_NEIGHBOURS, QUIET_SPREAD = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """What was measured over one bundle, with the share of one core that others used meanwhile."""

    bundle: Bundle
    signed: int
    rounds: int
    figures: Sequence[Figure]
    floors: Sequence[Figure]
    neighbours: float | None

    @property
    def is_quiet(self) -> bool:
        """Whether the figures may be quoted: the neighbours were quiet and the rounds agree."""
        spread = max(one.spread or 0.0 for one in self.figures)
        return (self.neighbours or 0.0) <= QUIET_NEIGHBOURS and spread <= QUIET_SPREAD


def show(part: Part, console: Console) -> None:
    """Print one table: the product first, then its floor step by step."""
    n = len(part.bundle.listed)
    title = (
        f"{part.bundle.size}: {n}件 平均 {part.bundle.total_bytes / n / 1e3:.0f} KB "
        f"署名 {part.signed}件 {part.rounds}回"
    )
    table = Table(title=title, title_justify="left")
    for heading in ("項目", "値", "単位", "下限", "比", "ばらつき"):
        table.add_column(heading, justify="left" if heading in {"項目", "単位"} else "right")
    for one in part.figures:
        table.add_row(*_row(one))
    table.add_section()
    for one in part.floors:
        table.add_row(*_row(one, prefix="下限 "), style="dim")
    console.print(table)
    console.print(_reliability(part))


def show_goals(goals: Sequence[Goal], console: Console) -> None:
    """Print what was asked for beside what was found."""
    table = Table(title="目標 E1–E8", title_justify="left")
    for heading in ("", "項目", "値", "単位", "目標", "", "ばらつき"):
        table.add_column(heading, justify="right" if heading in {"値", "目標", "ばらつき"} else "left")
    for one in goals:
        bound = f"{one.target:g} {'以上' if one.is_at_least else '以下'}"
        spread = "" if one.spread is None else f"±{one.spread:.0%}"
        table.add_row(
            one.code, one.name, f"{one.value:.2f}", one.unit, bound, "○" if one.is_met else "✕", spread
        )
    console.print(table)


def _row(one: Figure, prefix: str = "") -> tuple[str, ...]:
    ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
    floor = "" if one.floor is None else f"{one.floor:,.0f}"
    spread = "" if one.spread is None else f"±{one.spread:.0%}"
    value = f"{one.value:,.0f}" if one.value >= 100 else f"{one.value:.2f}"
    return prefix + one.name, value, one.unit, floor, ratio, spread


def _reliability(part: Part) -> str:
    others = "不明" if part.neighbours is None else f"1コアの{part.neighbours:.0%}"
    verdict = "" if part.is_quiet else "。参考値: 静かな機械で測り直してください"
    return f"ほかの処理の負荷 {others}{verdict}"


def write(parts: Sequence[Part], goals: Sequence[Goal], *, seed: int, refused: int, target: Path) -> None:
    """Write everything that was measured; ratios and neighbours included."""
    document = {
        **read(target),  # the other parts measure on their own
        "machine": machine(),
        "seed": seed,
        "spoiled_packages_refused": refused,
        "bundles": [_bundle(part) for part in parts],
        "goals": [{**asdict(one), "is_met": one.is_met} for one in goals],
    }
    store(document, target)


def _bundle(part: Part) -> dict[str, object]:
    return {
        "size": part.bundle.size,
        "packages": len(part.bundle.listed),
        "signed": part.signed,
        "bytes": part.bundle.total_bytes,
        "sha256": part.bundle.fingerprint,
        "rounds": part.rounds,
        "foreign_cpu": part.neighbours,
        "is_quiet": part.is_quiet,
        "figures": [{**asdict(one), "ratio": one.ratio} for one in part.figures],
        "floors": [asdict(one) for one in part.floors],
    }
