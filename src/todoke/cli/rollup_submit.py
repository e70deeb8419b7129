"""`todoke rollup submit`: submit a body's plan as it stands today to the body above, as a signed file."""

import argparse
from uuid import UUID

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.programme.rollup import services

from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="団体コード / code of the body")
    parser.add_argument("plan", type=UUID, help="計画の番号（画面のアドレスにある） / the plan's uuid")


def _run(args: argparse.Namespace) -> int:
    try:
        with scope(args.organisation):
            sent = services.submit_as(command_actor(), args.plan, at=now())
    except TodokeError as refusal:
        console().print(f"{refusal.code} {refusal.for_screen()}", markup=False)
        return NOT_GOOD
    if args.json:
        print_json({"number": sent.number, "recipient": sent.recipient, "edition": str(sent.edition)})
    else:
        console().print(f"{sent.recipient} に番号 {sent.number} で提出しました。自動処理が送ります。")
    return DONE


VERB = Verb(_arguments, _run)
