"""`todoke residents load`: load a copy of resident records, beside the running intake."""

import argparse
from pathlib import Path

from todoke.casework.residents import services
from todoke.casework.residents.values import LoadKind, LoadOptions
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.queries import organisation

from .load_reports import add_load_arguments, as_json, tell
from .progress import bars
from .verbs import DONE, NOT_GOOD, USAGE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="住民記録の写し（CSV） / the resident records as CSV")
    add_load_arguments(parser, profile="resident-records")


def _run(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        console().print(f"{args.file} が見つかりません。ファイルの場所を確かめてください。", markup=False)
        return USAGE
    with bars({"bytes": "住民記録の写し"}) as show:
        report = services.load_residents(
            organisation(args.organisation).code,
            args.file,
            kind=LoadKind.DIFFERENTIAL if args.differential else LoadKind.FULL,
            actor=command_actor(),
            at=now(),
            options=LoadOptions(profile=args.profile, allow_bad_rows=args.allow_bad_rows),
            on_progress=lambda step: show("bytes", step.bytes_read, step.bytes_total),
        )
    if args.json:
        print_json(as_json(report))
    else:
        tell(report)
    return DONE if report.is_current else NOT_GOOD


VERB = Verb(_arguments, _run)
