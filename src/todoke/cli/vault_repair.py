"""`todoke vault repair`: put damaged originals back from the backups, one by one, while everything goes on."""

import argparse
from dataclasses import asdict
from pathlib import Path

from todoke.foundation.backup import queries as backup
from todoke.foundation.backup import services
from todoke.foundation.backup.values import Mending
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import queries as vault

from .backup import BARS
from .progress import Tell, bars
from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--identity", type=Path, required=True, help="控えの秘密鍵 / the private key of the sets"
    )
    parser.add_argument("--from", type=Path, dest="sets", help="控えの置き場所 / where sets lie")
    parser.add_argument(
        "--set", help="この控えだけを使う（省略時は新しい順にすべて） / only this set; by default all"
    )
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")
    parser.add_argument(
        "--known", action="store_true",
        help="夜間の読み直しが見つけたものだけ（全部は読まない） / only what the nightly re-reading has found",
    )  # fmt: skip


def _run(args: argparse.Namespace) -> int:
    done: dict[str, Mending] = {}
    with bars(BARS) as tell:
        for one in organisations():
            if args.organisation in (None, one.code):
                done[one.code] = _repair(one.code, args, tell)
    if args.json:
        print_json({code: asdict(one) for code, one in done.items()})
    else:
        for code, mending in done.items():
            _tell(code, mending)
    return NOT_GOOD if any(one.left for one in done.values()) else DONE


def _repair(code: str, args: argparse.Namespace, tell: Tell) -> Mending:
    with scope(code, read_only=True):
        damaged = vault.damaged_originals(among_known=args.known)
    if not damaged:
        return Mending({}, (), ())
    return services.mend(
        args.sets or backup.place_of_sets(), code, damaged, identity=args.identity, name=args.set,
        actor=command_actor(), at=now(), tell=tell,
    )  # fmt: skip


def _tell(code: str, one: Mending) -> None:
    screen = console()
    if not one.mended and not one.left:
        screen.print(f"{code}: 壊れた原本はありません。")
    if one.mended:
        numbers = "、".join(str(pk) for pk in sorted(one.mended)[:20])
        names = "、".join(sorted(set(one.mended.values())))
        screen.print(
            f"{code}: {len(one.mended)} 件を控え {names} から戻し、受け取ったときと同じことを確かめました（番号 {numbers}）。",
            markup=False,
        )
    if one.left:
        numbers = "、".join(str(pk) for pk in one.left[:20])
        screen.print(
            f"{code}: {len(one.left)} 件は、使える写しが控えにありません（番号 {numbers}）。"
            "別の媒体の控えがあれば --from で指定してください。",
            markup=False,
        )
    for fault in one.faults:
        screen.print(f"{code}: 使えない控えのファイル {fault.where}（{fault.code}）", markup=False)


VERB = Verb(_arguments, _run)
