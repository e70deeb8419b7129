"""`todoke rollup status`: how many bodies below have submitted, how many are late, what waits to be forwarded."""

import argparse

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.exchange import queries as exchange
from todoke.foundation.fence import scope
from todoke.programme.rollup import queries

from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="団体コード / code of the prefecture or the nation")


def _run(args: argparse.Namespace) -> int:
    today = japanese_date(now())
    with scope(args.organisation, read_only=True):
        rolls = [queries.roll_up(pack, as_of=today, most_listed=0) for pack in queries.packs_in_use()]
        waiting, refused = len(queries.to_forward()), len(exchange.refused())
    lines = [
        {
            "pack": one.pack, "basis": str(one.basis), "bodies": one.below, "submitted": one.submitted,
            "comparable": one.comparable, "late": one.late,
        }
        for one in rolls
    ]  # fmt: skip
    if args.json:
        print_json({"packs": lines, "to_forward": waiting, "refused": refused})
    else:
        for one in rolls:
            console().print(
                f"{one.pack}: {one.below}団体中 提出{one.submitted}、比べられる{one.comparable}、遅れ・未提出{one.late}",
                markup=False,
            )
        console().print(f"国への送付待ち {waiting}件、取り込まなかったファイル {refused}件")
    return DONE


VERB = Verb(_arguments, _run)
