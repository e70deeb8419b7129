"""`todoke rollup import`: import an official publication as a file, and say what did not fit."""

import argparse
from datetime import date
from pathlib import Path

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.programme.rollup import services

from .verbs import DONE, NOT_GOOD, USAGE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="取り込む団体のコード / code of the body")
    parser.add_argument("layout", help="様式の名前（soumu-steps-monthly など） / layout of the publication")
    parser.add_argument("file", type=Path, help="公表されたファイル（ExcelかCSV） / the file as published")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, required=True, help="公表資料の時点（例 2026-01-31） / its day"
    )


def _run(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        console().print("ファイルがありません。場所を確かめてください。")
        return USAGE
    try:
        with scope(args.organisation):
            kept = services.take_publication_as(
                command_actor(), args.layout, args.file.read_bytes(), as_of=args.as_of, at=now()
            )
    except TodokeError as refusal:
        console().print(f"{refusal.code} {refusal.for_screen()}", markup=False)
        return NOT_GOOD
    counts = {kind.value: count for kind, count in kept.misfit_counts.items()}
    if args.json:
        print_json({"bodies": kept.bodies, "rows": kept.rows, "misfits": counts})
    else:
        console().print(f"{kept.rows}行から{kept.bodies}団体を取り込みました。")
        for kind, count in kept.misfit_counts.items():
            console().print(f"  {kind.label}: {count}件")
    return DONE


VERB = Verb(_arguments, _run)
