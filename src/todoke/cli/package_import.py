"""`todoke package import`: take ZIPs that a person has downloaded from the portal, for a body without the API."""

import argparse
from pathlib import Path

from todoke.casework.relay import queries, services
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings, ImportOutcome, ImportResult
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import SENTENCES
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisation

from .progress import bars
from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json

CHANNEL = "hand"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", type=Path, nargs="+", help="ZIPファイル、またはそのフォルダ / ZIPs, or folders of them"
    )
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument("--channel", default=CHANNEL, help="受付経路の名前 / the channel's name")
    parser.add_argument(
        "--layout", default="pittari-xml-sample", help="レイアウト / layout profile for a new channel"
    )


def hand_channel(code: str, name: str, layout: str) -> ChannelRef:
    """The channel for packages taken by hand; made when a body has none of that name."""
    with scope(code):
        known = {one.name: one for one in queries.channels()}
        return known.get(name) or services.register_channel(
            name,
            kind=ChannelKind.HAND,
            profile="by-hand",
            layout=layout,
            settings=ChannelSettings(),
            actor=command_actor(),
            at=now(),
        )


def _run(args: argparse.Namespace) -> int:
    channel = hand_channel(organisation(args.organisation).code, args.channel, args.layout)
    paths = [one for path in args.files for one in (sorted(path.glob("*.zip")) if path.is_dir() else [path])]
    results: list[ImportResult] = []
    with bars({"import": "取込み"}) as tell:
        for number, path in enumerate(paths, 1):
            results += services.import_files([path], channel, actor=command_actor(), at=now())
            tell("import", number, len(paths))
    if args.json:
        print_json([_as_json(one) for one in results])
    else:
        _tell(results)
    refused = any(one.outcome is ImportOutcome.REFUSED for one in results)
    return NOT_GOOD if refused or not results else DONE


def _as_json(one: ImportResult) -> dict[str, object]:
    return {
        "file": one.path.name,
        "outcome": one.outcome.value,
        "receipt_number": one.receipt_number,
        "code": one.code,
    }


def _tell(results: list[ImportResult]) -> None:
    for one in results:
        why = f"（{one.code} {SENTENCES.get(one.code, '')}）" if one.code else ""
        console().print(f"{one.path.name}: {one.outcome.label}{why}", markup=False)
    if not results:
        console().print("取り込むZIPファイルがありません。")
    else:
        console().print("検証と格納は自動処理が行います（`todoke work`、または `todoke serve` の実行中）。")


VERB = Verb(_arguments, _run)
