"""`todoke residents load`: load a copy of resident records, beside the running intake."""

import argparse
from pathlib import Path

from todoke.casework.residents import services

from .load_reports import add_load_arguments, run_load
from .verbs import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="住民記録の写し（CSV） / the resident records as CSV")
    add_load_arguments(parser, profile="resident-records")


def _run(args: argparse.Namespace) -> int:
    return run_load(args, services.load_residents, words="住民記録の写し")


VERB = Verb(_arguments, _run)
