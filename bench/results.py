"""The file of results: each part writes under its own key, and leaves there what else was measured."""

import json
import os
import platform
import sqlite3
import ssl
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
_LIBRARIES = ("Django", "cryptography", "lxml", "zlib-ng")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: `ratio` is floor ÷ value (1 = nothing to gain), `spread` is half of (max − min) ÷ median."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    spread: float | None = None

    @property
    def ratio(self) -> float | None:
        """How near the value is to the floor; None without one."""
        return self.floor / self.value if self.floor is not None and self.value else None

    def told(self) -> dict[str, object]:
        """As it stands in the file of results: name, value, unit, floor, ratio, spread."""
        return {**asdict(self), "ratio": self.ratio}


def read(target: Path) -> dict[str, Any]:
    """What stands in the file; nothing where there is none."""
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    return found


def store(document: Mapping[str, object], target: Path) -> None:
    """Write the whole file."""
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def add(key: str, figures: Iterable[Figure], target: Path, **facts: object) -> None:
    """Put figures（name, value, unit, floor, ratio, spread）and facts under a key; other facts that stand there stay."""
    document = read(target)
    lines = [one.told() for one in figures]
    document[key] = {**document.get(key, {}), "machine": machine(), **facts, "figures": lines}
    store(document, target)


def show(title: str, found: Iterable[Figure], console: Console) -> None:
    """Print one table."""
    table = Table(title=title, title_justify="left")
    for heading in ("項目", "値", "単位", "下限", "比", "ばらつき"):
        table.add_column(heading, justify="left" if heading in {"項目", "単位"} else "right")
    for one in found:
        table.add_row(
            one.name, f"{one.value:,.2f}" if one.value < 100 else f"{one.value:,.0f}", one.unit,
            "" if one.floor is None else f"{one.floor:,.2f}", "" if one.ratio is None else f"{one.ratio:.2f}",
            "" if one.spread is None else f"±{one.spread:.0%}",
        )  # fmt: skip
    console.print(table)


def machine() -> dict[str, object]:
    """What the figures depend on: hardware, kernel, interpreter, libraries."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next((one.partition(":")[2].strip() for one in lines if one.startswith("model name")), "")
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": sys.version.split()[0],
        "sqlite": sqlite3.sqlite_version,
        "openssl": ssl.OPENSSL_VERSION,
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
