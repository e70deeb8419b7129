"""`todoke backup verify`: whether a set is whole; for every night, and for the drill with the private key."""

import argparse
import logging
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from todoke.foundation.backup import queries, services
from todoke.foundation.backup.values import BackupAct, Verification
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import SENTENCES, TodokeError, sentence_of

from .backup import BARS
from .progress import bars
from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json

log = logging.getLogger("todoke.backup")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", help="控えの名前（省略時は最新） / the set; by default the newest")
    parser.add_argument("--from", type=Path, dest="sets", help="控えの置き場所 / where sets lie")
    parser.add_argument(
        "--identity",
        type=Path,
        help="秘密鍵のファイル。中身まで開いて確かめる / the private key: open everything",
    )
    parser.add_argument("--keys", type=Path, help="鍵の控えの置き場所 / where the copies of the keys lie")
    parser.add_argument("--seal-key", type=Path, help="封印の公開鍵 seal.pub / the public sealing key")


def _run(args: argparse.Namespace) -> int:
    sets = args.sets or queries.place_of_sets()
    keys = args.keys or settings.TODOKE_BACKUP_KEYS_DIR
    with bars(BARS) as tell:
        found = services.verify(
            sets, args.set or queries.newest(sets), identity=args.identity, keys=Path(keys) if keys else None,
            public=args.seal_key, tell=tell,
        )  # fmt: skip
    _record(sets, found)
    if args.json:
        print_json({**asdict(found), "whole": found.is_whole})
    else:
        _tell(found)
    return DONE if found.is_whole else NOT_GOOD


def _record(sets: Path, found: Verification) -> None:
    """Note the outcome in the audit of every body; where there is no database（another machine）, only on screen."""
    act = BackupAct.VERIFIED if found.is_whole else BackupAct.FAULTY
    try:
        manifest = queries.manifest(sets, found.name)
        code = found.faults[0].code if found.faults else ""
        services.record(manifest, act, actor=command_actor(), at=now(), code=code)
    except (TodokeError, DatabaseError) as nowhere:
        log.warning("backup.verification_unrecorded error=%s", type(nowhere).__name__)


def _tell(found: Verification) -> None:
    screen = console()
    depth = "中身まで開いて" if found.is_opened else "ハッシュ値で"
    screen.print(
        f"控え {found.name}: {found.files}ファイル {found.size:,} バイトを{depth}確かめました。", markup=False
    )
    if not found.is_signed:
        screen.print(
            "  署名は確かめていません（封印の公開鍵 seal.pub がありません。--seal-key で渡せます）。"
        )
    for fault in found.faults:
        words = sentence_of(fault.code, {"where": fault.where}) if fault.code in SENTENCES else fault.where
        screen.print(f"  {fault.code} {words}", markup=False)
    screen.print(
        "  正常です。"
        if found.is_whole
        else "  この控えは使えません。`todoke backup --full` で取り直してください。"
    )


VERB = Verb(_arguments, _run)
