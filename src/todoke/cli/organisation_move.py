"""`todoke organisation move`: let a body live in another database of the installation; begun again, it goes on."""

import argparse
from contextlib import ExitStack
from dataclasses import asdict

from django.conf import settings

from todoke.foundation.calendars.queries import now
from todoke.foundation.moving import services
from todoke.foundation.moving.values import Move, MoveReport
from todoke.foundation.organisations.queries import organisation

from .migrate import as_owner
from .verbs import DONE, USAGE, Verb, command_actor, console, print_json

_SAYS = {
    "begun": "書込みを止めています（ほかの処理が気づくのを待ちます）。",
    "held": "行を写し、件数と監査の連鎖を確かめています。",
    "copied": "切り替えています。",
    "switched": "元の行を消しています。",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="団体コード（6桁） / the body")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", help="移す先の組（名簿へは default） / the group; default for the directory")
    where.add_argument("--undo", action="store_true", help="切替えの前の引越しを取り消す / before the switch")


def _run(args: argparse.Namespace) -> int:
    organisation(args.code)
    if not settings.TODOKE_GROUPS and len(settings.TODOKE_OWNER_URLS) == 1:
        console().print("団体の組がありません。TODOKE_DATABASE_GROUPS_FILE に移す先の組を書いてください。")
        return USAGE
    with ExitStack() as owners:
        for alias in settings.TODOKE_OWNER_URLS:
            owners.enter_context(as_owner(alias))
        if args.undo:
            return _tell_undone(services.undo(args.code, actor=command_actor(), at=now()), as_json=args.json)
        report = services.move(args.code, args.to, actor=command_actor(), at=now(), tell=_say)
    return _tell(report, as_json=args.json)


def _say(step: str) -> None:
    if step in _SAYS:
        console().print(_SAYS[step])


def _tell_undone(undone: Move, *, as_json: bool) -> int:
    if as_json:
        print_json(asdict(undone))
    else:
        console().print(
            f"{undone.organisation} の引越しを取り消しました。行は {undone.source} にあります。", markup=False
        )
    return DONE


def _tell(report: MoveReport, *, as_json: bool) -> int:
    if as_json:
        print_json(asdict(report))
        return DONE
    rows = sum(report.tables.values())
    console().print(
        f"{report.move.organisation} を {report.move.target} へ移しました（{rows:,}行、監査の連鎖 {report.chain:,} 件は正常）。"
        "TODOKE_DATABASE_GROUPS_FILE の組も書き換えてください。",
        markup=False,
    )
    return DONE


VERB = Verb(_arguments, _run)
