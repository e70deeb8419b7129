"""`todoke serials load`: load links of certificate serials to resident numbers, beside the running intake."""

import argparse
from pathlib import Path

from todoke.casework.identify import services
from todoke.casework.identify.values import LoadKind, LoadOptions, LoadReport
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.queries import organisation

from .progress import bars
from .verbs import DONE, NOT_GOOD, USAGE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="番号紐付情報（CSV） / the links as CSV")
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--differential", action="store_true", help="差分として取り込む / as a difference, not in full"
    )
    parser.add_argument("--profile", default="serial-links", help="列のレイアウト / layout of the columns")
    parser.add_argument(
        "--allow-bad-rows",
        action="store_true",
        help="不備のある行を除いて切り替える / go live without the bad rows",
    )


def _run(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        console().print(f"{args.file} が見つかりません。ファイルの場所を確かめてください。", markup=False)
        return USAGE
    with bars({"bytes": "番号紐付情報"}) as tell:
        report = services.load_links(
            organisation(args.organisation).code,
            args.file,
            kind=LoadKind.DIFFERENTIAL if args.differential else LoadKind.FULL,
            actor=command_actor(),
            at=now(),
            options=LoadOptions(profile=args.profile, allow_bad_rows=args.allow_bad_rows),
            on_progress=lambda step: tell("bytes", step.bytes_read, step.bytes_total),
        )
    if args.json:
        print_json(_as_json(report))
    else:
        _tell(report)
    return DONE if report.is_current else NOT_GOOD


def _as_json(report: LoadReport) -> dict[str, object]:
    return {
        "kind": report.kind.value,
        "rows": report.rows,
        "carried": report.carried,
        "bad_rows": report.bad_rows,
        "current": report.is_current,
        "bad": [{"line": one.line, "column": one.column} for one in report.bad],
    }


def _tell(report: LoadReport) -> None:
    screen = console()
    for one in report.bad:
        screen.print(f"CSV-240 {one.line}行目: {one.column} が正しくありません。", markup=False)
    if report.is_current:
        screen.print(f"{report.rows}件を取り込み、切り替えました（引き継いだ履歴 {report.carried}件）。")
    else:
        screen.print(
            f"不備が{report.bad_rows}行あるため切り替えていません。ファイルを直して取り込み直してください。"
            "このまま使うときは --allow-bad-rows を付けてください。"
        )


VERB = Verb(_arguments, _run)
