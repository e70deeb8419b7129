"""`todoke exchange key`: our own public key with its fingerprint, and whose keys we believe."""

import argparse

from todoke.foundation.exchange import queries, services
from todoke.foundation.exchange.values import fingerprint_of
from todoke.foundation.fence import scope

from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="団体コード / code of the body")


def _run(args: argparse.Namespace) -> int:
    with scope(args.organisation):
        own, peers = services.own_public_key(), queries.peers()
    if args.json:
        known = [{"peer": one.code, "key": one.public_key, "ended": one.until is not None} for one in peers]
        print_json({"key": own, "fingerprint": fingerprint_of(own), "peers": known})
        return DONE
    console().print(f"この団体の公開鍵: {own}\n指紋: {fingerprint_of(own)}", highlight=False)
    console().print("信頼する鍵:" if peers else "信頼する鍵はありません。")
    for one in peers:
        ended = "（終了）" if one.until else ""
        console().print(f"  {one.code}  {one.fingerprint}{ended}", highlight=False)
    return DONE


VERB = Verb(_arguments, _run)
