"""`todoke backup keygen`: a pair of keys for the backups; the private one belongs on no server."""

import argparse
from pathlib import Path

from todoke.foundation.backup import services

from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        help="秘密鍵を書くファイル（新しい名前） / a new file for the private key",
    )


def _run(args: argparse.Namespace) -> int:
    public = services.make_pair(args.to)
    if args.json:
        print_json({"public": public, "private": str(args.to)})
        return DONE
    screen = console()
    screen.print(f"公開鍵: {public}", markup=False)
    screen.print("この一行を TODOKE_BACKUP_RECIPIENTS_FILE のファイルに書いてください。")
    screen.print(
        f"秘密鍵: {args.to}。金庫など、この機械の外に二つ写し、ここからは消してください。失うと控えは開けません。",
        markup=False,
    )
    return DONE


VERB = Verb(_arguments, _run)
