"""`todoke backup`: take a set, while everything goes on."""

import argparse
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from todoke.foundation.backup import queries, services
from todoke.foundation.backup.values import DIRECTORY, Manifest
from todoke.foundation.calendars.queries import JAPAN, japanese_date, now
from todoke.japanese import eras

from .progress import bars
from .verbs import DONE, Verb, command_actor, console, print_json

BARS = {"database": "データベース", "vault": "原本", "verify": "確かめる"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", type=Path, help="控えの置き場所（省略時は TODOKE_BACKUP_DIR） / where sets lie"
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="前の控えに頼らず、原本をすべて写し直す / copy every original again",
    )


def _run(args: argparse.Namespace) -> int:
    places = queries.places()
    if args.to is not None:
        places = replace(places, sets=args.to)
    with bars(BARS) as tell:
        taken = services.take(places, actor=command_actor(), at=now(), is_full=args.full, tell=tell)
    if args.json:
        print_json(as_json(taken))
    else:
        _tell(taken, args.full)
    return DONE


def words_of(moment: datetime) -> str:
    """A moment to the second, in Japan, for people."""
    return f"{eras.written(japanese_date(moment))} {moment.astimezone(JAPAN):%H:%M:%S}"


def as_json(manifest: Manifest) -> dict[str, object]:
    """A set in a few figures."""
    return {
        "name": manifest.name, "taken_at": manifest.taken_at.isoformat(), "bytes": manifest.size,
        "rows": manifest.rows, "pieces": len(manifest.pieces), "keys": manifest.keys is not None,
        "vendor": manifest.vendor, "todoke": manifest.todoke,
        "databases": {copy.group: copy.taken_at.isoformat() for copy in manifest.databases},
        "objects": sum(len(one.objects) for one in manifest.bundles), "relies_on_versions": manifest.listing is not None,
    }  # fmt: skip


def _tell(taken: Manifest, is_full: bool) -> None:
    screen = console()
    places = len({(one.organisation, one.segment) for one in taken.pieces})
    screen.print(f"控え {taken.name} を取りました。", markup=False)
    screen.print(
        f"  {len(taken.tables)}表 {taken.rows:,}行、原本のファイル {places}、合計 {taken.size:,} バイト"
    )
    for copy in taken.databases if taken.groups else ():
        name = "名簿" if copy.group == DIRECTORY else f"組 {copy.group}"
        screen.print(f"  {name}: {words_of(copy.taken_at)} の {len(copy.bodies)}団体", markup=False)
    if taken.bundles:
        count = sum(len(one.objects) for one in taken.bundles)
        screen.print(f"  S3互換の保管の原本 {count:,} 件（{len(taken.bundles)}ファイル）")
    if taken.listing is not None:
        screen.print(
            "  S3互換の保管の原本は写さず、バケットの版の一覧だけを取りました（一覧は行と照合済み）。"
        )
    if taken.keys is None:
        screen.print(
            "  鍵の控えは取っていません。TODOKE_BACKUP_KEYS_DIR を指定するか、鍵を手で写してください。"
        )
    screen.print("  `todoke backup verify` で確かめてください。")


VERB = Verb(_arguments, _run)
