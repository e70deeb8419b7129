"""`todoke serials load`: load links of certificate serials to resident numbers, beside the running intake."""

import argparse
from pathlib import Path

from todoke.casework.identify import services

from .load_reports import add_load_arguments, run_load
from .verbs import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="番号紐付情報（CSV） / the links as CSV")
    add_load_arguments(parser, profile="serial-links")


def _run(args: argparse.Namespace) -> int:
    return run_load(args, services.load_links, words="番号紐付情報")


VERB = Verb(_arguments, _run)
