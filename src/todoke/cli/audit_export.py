"""`todoke audit export`: write one body's audit trail as lines of JSON for the stand-alone verifier."""

import argparse
import json
import sys
from pathlib import Path

from todoke.foundation.audit import queries
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisation

from .verbs import DONE, Verb, console


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="団体コード / the body")
    parser.add_argument("--to", type=Path, help="書き出すファイル（省略時は標準出力） / file to write")


def _run(args: argparse.Namespace) -> int:
    count = 0
    with scope(organisation(args.organisation).code, read_only=True):
        with open(args.to, "w", encoding="utf-8") if args.to else sys.stdout as file:
            for line in queries.export():
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
                count += 1
    if args.to:
        console().print(f"{count}行を書き出しました。検証: python3 tools/audit_verify.py {args.to}")
    return DONE


VERB = Verb(_arguments, _run)
