"""`todoke restore`: bring a set back into an empty place; whatever goes outside is held until it is released."""

import argparse
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings

from todoke.foundation.audit import queries as audit
from todoke.foundation.backup import queries, services
from todoke.foundation.backup.values import Identities, RestoreReport
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import read_back

from .backup import BARS
from .backup import words_of as _words
from .migrate import as_owner, bring_up_to_date
from .progress import bars
from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", help="控えの名前（省略時は最新） / the set; by default the newest")
    parser.add_argument("--from", type=Path, dest="sets", help="控えの置き場所 / where sets lie")
    parser.add_argument(
        "--identity", type=Path, required=True, help="控えの秘密鍵 / the private key of the sets"
    )
    parser.add_argument("--keys", type=Path, help="鍵の控えのファイル（*.keys.age） / the copy of the keys")
    parser.add_argument(
        "--keys-identity", type=Path, help="鍵の控えの秘密鍵（別のとき） / its private key, if another"
    )
    parser.add_argument("--seal-key", type=Path, help="封印の公開鍵 seal.pub / the public sealing key")
    parser.add_argument(
        "--group", help="この組のデータベースだけを戻す / only the database of this group（default: 名簿）"
    )
    parser.add_argument(
        "--quick", action="store_true", help="原本の読み戻しを省く / do not read every original back"
    )


def _run(args: argparse.Namespace) -> int:
    sets = args.sets or queries.place_of_sets()
    by = Identities(args.identity, args.keys, args.keys_identity, args.seal_key)
    name = args.set or queries.newest(sets)
    with bars(BARS) as tell, ExitStack() as owners:
        for alias in settings.TODOKE_OWNER_URLS:
            owners.enter_context(as_owner(alias))
        report = services.restore(
            sets, name, by, actor=command_actor(), at=now(), group=args.group, tell=tell
        )  # fmt: skip
    bring_up_to_date()
    chains, damaged = _look_back({gap.code for gap in report.gaps}, is_quick=args.quick)
    if args.json:
        print_json({**asdict(report), "chains": chains, "damaged": damaged})
    else:
        _tell(report, chains, damaged)
    return DONE if all(chains.values()) and not any(damaged.values()) else NOT_GOOD


def _look_back(bodies: set[str], *, is_quick: bool) -> tuple[dict[str, bool], dict[str, list[int]]]:
    """By body: whether the audit is whole, and which originals cannot be read."""
    chains: dict[str, bool] = {}
    damaged: dict[str, list[int]] = {}
    for body in (one for one in organisations() if one.code in bodies):
        with scope(body.code, read_only=True):
            chains[body.code] = audit.verify().is_whole
            damaged[body.code] = [] if is_quick else read_back()
    return chains, damaged


def _tell(report: RestoreReport, chains: dict[str, bool], damaged: dict[str, list[int]]) -> None:
    screen = console()
    screen.print(f"控え {report.name} を戻しました。", markup=False)
    rows = sum(report.tables.values())
    screen.print(
        f"  {len(report.tables)}表 {rows:,}行、原本のファイル {report.segments}、{report.size:,} バイト"
    )
    screen.print(
        f"  失われた時間: {_words(report.taken_at)} より後のすべて。ポータルにまだある申請は、読み直すと届く。"
    )
    for group, moment in report.databases.items() if len(report.databases) > 1 else ():
        screen.print(f"    {group}: {_words(moment)} の時点", markup=False)
    if report.objects:
        screen.print(f"  S3互換の保管に戻した原本 {report.objects:,} 件")
    for gap in report.gaps:
        if gap.lost:
            until = _words(datetime.fromisoformat(gap.lost_until))
            screen.print(
                f"  {gap.code}: 外の封印によれば、監査記録 {gap.lost - gap.kept:,} 件（{until} まで）が失われた。",
                markup=False,
            )
    for code, is_whole in chains.items():
        bad = damaged[code]
        words = "正常" if is_whole else "正常でない（`todoke audit verify`）"
        screen.print(f"  {code}: 監査証跡は{words}、読めない原本 {len(bad)} 件 {bad[:5] or ''}", markup=False)
    screen.print("  外への送信（引渡しと通知）は止めてある。受信を済ませ、突合表の画面で再開する。")


VERB = Verb(_arguments, _run)
