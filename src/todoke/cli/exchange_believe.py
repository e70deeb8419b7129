"""`todoke exchange believe`: register another body's public key whose fingerprint a person has compared, or end one."""

import argparse

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.exchange import services
from todoke.foundation.exchange.values import fingerprint_of
from todoke.foundation.fence import scope

from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="登録する団体のコード / code of the body that believes")
    parser.add_argument("peer", help="相手の団体コード / code of the other body")
    parser.add_argument("key", help="相手の公開鍵（64桁の16進数） / its public key")
    parser.add_argument(
        "--end", action="store_true", help="これからのファイルでは信頼しない / believe it no longer"
    )


def _run(args: argparse.Namespace) -> int:
    actor, at = command_actor(), now()
    try:
        with scope(args.organisation):
            if args.end:
                is_done = services.end_belief(args.peer, args.key, actor=actor, at=at)
            else:
                services.believe(args.peer, args.key, actor=actor, at=at)
                is_done = True
    except TodokeError as refusal:
        console().print(f"{refusal.code} {refusal.for_screen()}", markup=False)
        return NOT_GOOD
    if args.json:
        print_json({"done": is_done, "fingerprint": fingerprint_of(args.key)})
    elif is_done:
        word = "終了しました" if args.end else "登録しました。指紋を相手に確かめてください"
        console().print(f"{args.peer}の鍵（指紋 {fingerprint_of(args.key)}）を{word}。", highlight=False)
    else:
        console().print("その鍵は登録されていません。`todoke exchange key` で確かめてください。")
    return DONE if is_done else NOT_GOOD


VERB = Verb(_arguments, _run)
