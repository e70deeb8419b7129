"""`python -m bench.reads`: what is done a million times over, beside intake: links, ledgers, the audit, lists, revocations.

All parts run in one new installation. The default is short（`--scale 1`）; every part grows in proportion, and `--scale 50`
gives the ten million links and the million rows of which decision 0015 speaks.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from .__main__ import HERE, _own_installation, _progress
from .results import show as show

if TYPE_CHECKING:  # the parts read Django's settings, which are made first
    from .figures import Figure

LINKS, LEDGER, TRAIL, CASES, REVOKED, HANDED = 200_000, 20_000, 20_000, 20_000, 100_000, 300
MOST_HANDED = 3_000  # each is a whole package
PARTS = ("handovers", "links", "ledgers", "trails", "exports", "revocation")
Found = dict[str, list["Figure"]]


def main() -> None:
    """Measure part by part, print, and write beside what intake has written."""
    args = _arguments()
    console = Console()
    found: Found = {}
    with _own_installation() as work, _progress(console) as progress:
        for name in args.parts:
            task = progress.add_task(f"{TITLES[name]}（規模 {args.scale:g}）", total=None)
            found[name] = MEASURES[name](args, work)
            progress.remove_task(task)
            show(TITLES[name], found[name], console)
    write(found, args.scale, args.results)
    console.print(f"結果: {args.results}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.reads", description="受信・検証のほかの速さを下限と並べて測る"
    )
    scale = float(os.environ.get("SCALE", "1"))
    parser.add_argument(
        "--scale", type=float, default=scale, help="規模（既定1、環境変数 SCALE。50で番号紐付情報1,000万行）"
    )
    parser.add_argument(
        "--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")), help="回数（既定5）"
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="測るもの")
    parser.add_argument(
        "--beside", type=int, default=100, help="取込み直しと並行して受信・検証する件数（既定100、0でしない）"
    )
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="結果を書くファイル")
    return parser.parse_args()


def _links(args: argparse.Namespace, work: Path) -> "list[Figure]":
    from . import links

    return links.figures(links.measure(int(LINKS * args.scale), work, beside=args.beside))


def _handovers(args: argparse.Namespace, work: Path) -> "list[Figure]":
    from . import handovers, links

    links.prepare()
    return handovers.figures(max(30, min(int(HANDED * args.scale), MOST_HANDED)), work)


def _ledgers(args: argparse.Namespace, work: Path) -> "list[Figure]":
    from . import ledgers, links

    links.prepare()
    return ledgers.figures(int(LEDGER * args.scale), args.rounds, work / "core")


def _trails(args: argparse.Namespace, work: Path) -> "list[Figure]":
    from . import links, trails

    links.prepare()
    return trails.figures(int(TRAIL * args.scale), work, args.rounds)


def _exports(args: argparse.Namespace, _work: Path) -> "list[Figure]":
    from . import exports, links

    links.prepare()
    return exports.figures(int(CASES * args.scale), args.rounds)


def _revocation(args: argparse.Namespace, _work: Path) -> "list[Figure]":
    from . import revocation
    from .figures import Figure

    found = revocation.figures(revocation.make(int(REVOKED * args.scale)))
    return [Figure(one.name, one.value, one.unit, one.floor) for one in found]


MEASURES: dict[str, Callable[[argparse.Namespace, Path], "list[Figure]"]] = {
    "handovers": _handovers,
    "links": _links,
    "ledgers": _ledgers,
    "trails": _trails,
    "exports": _exports,
    "revocation": _revocation,
}
TITLES = {
    "handovers": "引渡し",
    "links": "番号紐付情報",
    "ledgers": "突合",
    "trails": "監査証跡",
    "exports": "書き出し",
    "revocation": "失効リスト",
}


def write(found: Found, scale: float, target: Path) -> None:
    """Add to the file of results under "reads", and leave there what else was measured."""
    from . import report

    document = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    document["reads"] = {
        "machine": report.machine(), "scale": scale,
        **{name: [{**asdict(one), "ratio": one.ratio} for one in figures] for name, figures in found.items()},
    }  # fmt: skip
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
