"""`todoke backup`: take a set, while everything goes on."""

import argparse
from dataclasses import replace
from pathlib import Path

from todoke.foundation.backup import queries, services
from todoke.foundation.backup.values import Manifest
from todoke.foundation.calendars.queries import now

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


def size_of(manifest: Manifest) -> int:
    """Bytes of a set as stored, with the pieces that it shares with others."""
    return sum(file.size for file in (*manifest.files, *(one.file for one in manifest.pieces)))


def as_json(manifest: Manifest) -> dict[str, object]:
    """A set in a few figures."""
    return {
        "name": manifest.name, "taken_at": manifest.taken_at.isoformat(), "bytes": size_of(manifest),
        "rows": sum(manifest.tables.values()), "pieces": len(manifest.pieces), "keys": manifest.keys is not None,
        "vendor": manifest.vendor, "todoke": manifest.todoke,
    }  # fmt: skip


def _tell(taken: Manifest, is_full: bool) -> None:
    screen = console()
    rows, places = sum(taken.tables.values()), len({(one.organisation, one.segment) for one in taken.pieces})
    screen.print(f"控え {taken.name} を取りました。", markup=False)
    screen.print(
        f"  {len(taken.tables)}表 {rows:,}行、原本のファイル {places}、合計 {size_of(taken):,} バイト"
    )
    if taken.keys is None:
        screen.print(
            "  鍵の控えは取っていません。TODOKE_BACKUP_KEYS_DIR を指定するか、鍵を手で写してください。"
        )
    screen.print("  `todoke backup verify` で確かめてください。")


VERB = Verb(_arguments, _run)
