"""`todoke pack from-excel`: the YAML of an edition from its workbook; unchanged, it is the same byte for byte."""

import argparse
from pathlib import Path

from todoke.programme.packs import queries
from todoke.programme.packs.values import Weight

from .pack_files import finding_json, read_edition, tell_findings, write_new
from .verbs import DONE, NOT_GOOD, USAGE, Verb, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workbook", help="Excelファイル / the workbook")
    parser.add_argument("file", type=Path, help="作るファイル（YAML） / the file to write")
    parser.add_argument("--force", action="store_true", help="あるファイルを置き換える / replace the file")


def _run(args: argparse.Namespace) -> int:
    edition = read_edition(args.workbook)
    findings = queries.findings(edition)
    if not write_new(args.file, queries.yaml_of(edition), may_replace=args.force):
        return USAGE
    if args.json:
        print_json(
            {
                "file": args.file.name,
                "edition": str(edition.ref),
                "findings": [finding_json(f) for f in findings],
            }
        )
    else:
        tell_findings(args.file.name, findings)
    return NOT_GOOD if any(one.weight is Weight.FAULT for one in findings) else DONE


VERB = Verb(_arguments, _run)
