"""`todoke backup rotate`: let old sets go."""

import argparse
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from todoke.foundation.backup import queries, services

from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", type=Path, dest="sets", help="控えの置き場所 / where sets lie")


def _run(args: argparse.Namespace) -> int:
    keys = settings.TODOKE_BACKUP_KEYS_DIR
    done = services.rotate(
        args.sets or queries.place_of_sets(), queries.policy(), keys=Path(keys) if keys else None
    )
    if args.json:
        print_json(asdict(done))
    else:
        console().print(
            f"控えを {len(done.kept)} 残し、{len(done.removed)} と、要らなくなった原本の写し {done.pieces} を消しました。"
        )
    return DONE


VERB = Verb(_arguments, _run)
