"""`todoke vault compact`: give the room of bytes that nobody can read any more back to the disk."""

import argparse
from collections.abc import Mapping
from datetime import timedelta

from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import services
from todoke.foundation.vault.values import Compaction

from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")
    parser.add_argument(
        "--dead-percent", type=_percent, default=50,
        help="読めない部分がこの割合以上の区画を書き直す（既定 50） / rewrite segments at least so dead",
    )  # fmt: skip
    parser.add_argument(
        "--settled-hours", type=float, default=24.0,
        help="この時間変わっていない区画だけを扱う（既定 24） / only segments unchanged for so long",
    )  # fmt: skip


def _percent(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("1 … 100")
    return int(text)


def _run(args: argparse.Namespace) -> int:
    settled_for = timedelta(hours=args.settled_hours)
    done: dict[str, Compaction] = {}
    for one in organisations():
        if args.organisation in (None, one.code):
            done[one.code] = services.compact(
                one.code, dead_percent=args.dead_percent, settled_for=settled_for, actor=command_actor(), at=now()
            )  # fmt: skip
    if args.json:
        print_json({code: _as_json(one) for code, one in done.items()})
    else:
        _tell(done)
    return DONE


def _tell(done: Mapping[str, Compaction]) -> None:
    for code, one in done.items():
        console().print(
            f"{code}: 書き直し {one.rewritten}、削除 {one.removed}、空いた容量 {one.bytes_freed:,} バイト、"
            f"使用中などで見送り {one.left_alone}"
        )


def _as_json(one: Compaction) -> dict[str, object]:
    return {
        "rewritten": one.rewritten, "removed": one.removed, "bytes_moved": one.bytes_moved,
        "bytes_freed": one.bytes_freed, "left_alone": one.left_alone,
    }  # fmt: skip


VERB = Verb(_arguments, _run)
