"""`todoke keys rotate WHAT`: change the master key, the keys that wrap originals, or the key of the audit's seals.

Killed at any moment, the same command goes on where it was; the old key stays until `todoke keys retire`.
"""

import argparse

from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import services

from .verbs import DONE, Verb, command_actor, console, print_json

WHAT = {"master": "マスター鍵", "originals": "原本を包む団体の鍵", "seal": "監査証跡の封印の鍵"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=list(WHAT), help="master / originals / seal")
    parser.add_argument("--organisation", help="団体コード（originals だけ。省略時は全団体） / one body only")
    parser.add_argument(
        "--later", action="store_true",
        help="新しい鍵を作るだけで、包み直しは自動処理に任せる（originals だけ） / leave the wrapping to the worker",
    )  # fmt: skip


def _run(args: argparse.Namespace) -> int:
    codes = [one.code for one in organisations() if args.organisation in (None, one.code)]
    done = {"master": _master, "originals": _originals, "seal": _seal}[args.what](codes, args.later)
    if args.json:
        print_json(done)
    return DONE


def _master(codes: list[str], _: bool) -> dict[str, object]:
    count = services.rotate_master(codes, actor=command_actor(), at=now())
    console().print(f"マスター鍵を替えました（包み直した団体の鍵 {count}）。鍵の控えを取り直してください。")
    return {"master": count}


def _originals(codes: list[str], is_later: bool) -> dict[str, object]:
    done: dict[str, object] = {}
    for code in codes:
        version = services.begin_rotation(code, actor=command_actor(), at=now())
        console().print(f"{code}: 新しい鍵は第{version}版です。")
        if is_later:
            done[code] = {"version": version, "wrapped": 0}
            continue

        def tell(count: int, waiting: int, code: str = code) -> None:
            console().print(f"{code}: 包み直し {count:,}件、残り {waiting:,}件")

        count = services.rewrap_all(code, actor=command_actor(), at=now(), tell=tell)
        done[code] = {"version": version, "wrapped": count}
    console().print("鍵の控えを取り直してください。古い鍵は `todoke keys retire` まで残ります。")
    return done


def _seal(codes: list[str], _: bool) -> dict[str, object]:
    public = audit.rotate_seal_key(codes, actor=command_actor(), at=now())
    console().print(f"封印の鍵を替えました。新しい公開鍵: {public}")
    return {"seal": public}


VERB = Verb(_arguments, _run)
