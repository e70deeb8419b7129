"""`todoke pack to-excel`: an edition as a workbook that people edit."""

import argparse
from pathlib import Path

from todoke.foundation.calendars.queries import now
from todoke.programme.packs import queries

from .pack_files import read_edition, write_new
from .verbs import DONE, USAGE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "edition", help="手順書データ（ファイルか版の名前） / a file, or the name of an edition"
    )
    parser.add_argument("file", type=Path, help="作るExcelファイル / the workbook to write")
    parser.add_argument("--force", action="store_true", help="あるファイルを置き換える / replace the file")


def _run(args: argparse.Namespace) -> int:
    edition = read_edition(args.edition)
    if not write_new(args.file, queries.workbook_of(edition, at=now()), may_replace=args.force):
        return USAGE
    if args.json:
        print_json({"file": args.file.name, "edition": str(edition.ref), "sha256": edition.sha256})
    else:
        console().print(
            f"{args.file} に書き出しました。直したら todoke pack from-excel で戻します。", markup=False
        )
    return DONE


VERB = Verb(_arguments, _run)
