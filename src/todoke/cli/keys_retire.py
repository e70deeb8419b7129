"""`todoke keys retire`: put the keys before the last change away, once nothing is wrapped by them any more."""

import argparse

from todoke.foundation.calendars.queries import now
from todoke.foundation.keyring import services as keys
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault import services

from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keys-are-kept", action="store_true", required=True,
        help="古い鍵の入った控えを、データの控えが残る間は保管している / the old keys are kept with the old backups",
    )  # fmt: skip


def _run(args: argparse.Namespace) -> int:
    removed: dict[str, object] = {}
    for one in organisations():
        removed[one.code] = services.retire_keys(one.code, actor=command_actor(), at=now())
    removed["master"] = int(keys.retire_master())
    console().print(f"片づけた古い鍵: {sum(int(str(count)) for count in removed.values())}")
    if args.json:
        print_json(removed)
    return DONE


VERB = Verb(_arguments, _run)
