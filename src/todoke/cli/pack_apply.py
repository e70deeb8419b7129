"""`todoke pack apply`: keep an edition for a body, for good; plans are moved to it on the screen, by a named person."""

import argparse

from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.programme.packs import services
from todoke.programme.packs.values import EditionOrigin

from .pack_files import read_edition
from .verbs import DONE, USAGE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "edition", help="手順書データ（ファイルか版の名前） / a file, or the name of an edition"
    )
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")
    parser.add_argument(
        "--received", action="store_true", help="他団体から受け取ったもの / received from another body"
    )


def _run(args: argparse.Namespace) -> int:
    codes = [one.code for one in organisations() if args.organisation in (None, one.code)]
    if not codes:
        console().print("団体が登録されていません。団体コードを確かめてください。")
        return USAGE
    edition = read_edition(args.edition)
    origin = EditionOrigin.RECEIVED if args.received else EditionOrigin.OWN
    for code in codes:
        with scope(code):
            services.keep(edition, actor=command_actor(), at=now(), origin=origin)
    if args.json:
        print_json({"edition": str(edition.ref), "sha256": edition.sha256, "organisations": codes})
    else:
        console().print(
            f"{edition.ref} を {len(codes)} 団体に登録しました。計画への採用は画面で行います。", markup=False
        )
    return DONE


VERB = Verb(_arguments, _run)
