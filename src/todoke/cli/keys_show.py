"""`todoke keys show`: which keys there are, and how far a change of them is. Never a key itself."""

import argparse

from todoke.foundation.audit import queries as audit
from todoke.foundation.fence import scope
from todoke.foundation.keyring import queries as keyring
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import queries as vault

from .verbs import DONE, NOT_DRAINED, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    master, seals = keyring.master_state(), audit.seal_keys()
    bodies: dict[str, object] = {}
    waiting = master.to_wrap
    console().print(
        f"マスター鍵: {'取り替えの途中' if master.is_changing else '使用中'}"
        f"{f'、包み直していない団体の鍵 {master.to_wrap}' if master.to_wrap else ''}"
        f"{'、前の鍵あり' if master.has_old else ''}"
    )
    console().print(f"封印の鍵: {len(seals)}世代")
    for one in organisations():
        if args.organisation not in (None, one.code):
            continue
        with scope(one.code, read_only=True):
            state = vault.rewrapping()
        waiting += state.waiting
        bodies[one.code] = {"version": state.version, "done": state.done, "waiting": state.waiting}
        console().print(
            f"{one.code}: 第{state.version}版 {state.done:,}件、残り {state.waiting:,}件"
            f"{'（前の鍵あり）' if state.is_rotating else ''}"
        )
    if args.json:
        facts = {"changing": master.is_changing, "old": master.has_old, "to_wrap": master.to_wrap}
        print_json({"master": facts, "seal_keys": len(seals), "bodies": bodies})
    return NOT_DRAINED if waiting or master.is_changing else DONE


VERB = Verb(_arguments, _run)
