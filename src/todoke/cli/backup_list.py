"""`todoke backup list`: which sets there are."""

import argparse
from pathlib import Path

from rich.table import Table

from todoke.foundation.backup import queries
from todoke.foundation.calendars.queries import JAPAN, japanese_date
from todoke.japanese import eras

from .backup import as_json
from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", type=Path, dest="sets", help="控えの置き場所 / where sets lie")


def _run(args: argparse.Namespace) -> int:
    sets = args.sets or queries.place_of_sets()
    found = list(queries.manifests_of(sets))
    if args.json:
        print_json([as_json(one) for one in found])
        return DONE
    table = Table(title=f"控え（{sets}）")
    for word in ("名前", "取った時", "行", "バイト", "鍵"):
        table.add_column(word, justify="right" if word in {"行", "バイト"} else "left")
    for one in found:
        moment = f"{eras.written(japanese_date(one.taken_at))} {one.taken_at.astimezone(JAPAN):%H:%M}"
        rows = f"{one.rows:,}"
        table.add_row(one.name, moment, rows, f"{one.size:,}", "あり" if one.keys else "なし")
    console().print(table)
    unreadable = set(queries.set_names(sets)) - {one.name for one in found}
    for name in sorted(unreadable):
        console().print(
            f"{name}: 目録を読めません。`todoke backup verify {name}` で確かめてください。", markup=False
        )
    return DONE


VERB = Verb(_arguments, _run)
