"""`todoke vault verify`: decrypt every stored original and compare its hash, so that a flipped bit is found in time."""

import argparse

from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import queries

from .verbs import DONE, NOT_GOOD, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    damaged: dict[str, list[int]] = {}
    for one in organisations():
        if args.organisation in (None, one.code):
            with scope(one.code, read_only=True):
                damaged[one.code] = queries.read_back()
    if args.json:
        print_json({code: {"damaged": ids} for code, ids in damaged.items()})
    for code, ids in [] if args.json else damaged.items():
        console().print(f"{code}: {_sentence(ids)}")
    return NOT_GOOD if any(damaged.values()) else DONE


def _sentence(ids: list[int]) -> str:
    if not ids:
        return "すべての原本を読み、受け取ったときと同じことを確かめました。"
    numbers = "、".join(str(one) for one in ids[:20])
    return f"読めない原本が {len(ids)} 件あります（番号 {numbers}）。`todoke vault repair` で控えから戻してください。"


VERB = Verb(_arguments, _run)
