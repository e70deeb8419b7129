"""What the verbs that load files of rows share: their options, and what they tell of a load."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from todoke.casework.residents.values import BadRow, LoadKind, LoadOptions, LoadReport
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations.queries import organisation

from .progress import bars
from .verbs import DONE, NOT_GOOD, USAGE, command_actor, console, print_json


def add_load_arguments(parser: argparse.ArgumentParser, *, profile: str) -> None:
    """The options of every load."""
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--differential", action="store_true", help="差分として取り込む / as a difference, not in full"
    )
    parser.add_argument("--profile", default=profile, help="列のレイアウト / layout of the columns")
    parser.add_argument(
        "--allow-bad-rows",
        action="store_true",
        help="不備のある行を除いて切り替える / go live without the bad rows",
    )


def is_there(file: Path) -> bool:
    """Whether there is such a file; says what to do when there is none."""
    if not file.is_file():
        console().print(f"{file} が見つかりません。ファイルの場所を確かめてください。", markup=False)
    return file.is_file()


def run_load(args: argparse.Namespace, load: Callable[..., LoadReport], *, words: str) -> int:
    """Load the file that was named, by the service that takes such files, and tell what came of it."""
    if not is_there(args.file):
        return USAGE
    with bars({"bytes": words}) as show:
        report = load(
            organisation(args.organisation).code,
            args.file,
            kind=LoadKind.DIFFERENTIAL if args.differential else LoadKind.FULL,
            actor=command_actor(),
            at=now(),
            options=LoadOptions(profile=args.profile, allow_bad_rows=args.allow_bad_rows),
            on_progress=lambda step: show("bytes", step.bytes_read, step.bytes_total),
        )
    if args.json:
        print_json(as_json(report))
    else:
        tell(report)
    return DONE if report.is_current else NOT_GOOD


def bad_as_json(bad: Iterable[BadRow]) -> list[dict[str, object]]:
    """Bad lines by number and column, never by content."""
    return [{"line": one.line, "column": one.column} for one in bad]


def tell_bad(bad: Iterable[BadRow]) -> None:
    """Print which lines are bad, and where."""
    for one in bad:
        console().print(f"CSV-240 {one.line}行目: {one.column} が正しくありません。", markup=False)


def as_json(report: LoadReport) -> dict[str, object]:
    """A report as JSON-able data; bad lines by number and column, never by content."""
    return {
        "kind": report.kind.value,
        "rows": report.rows,
        "carried": report.carried,
        "bad_rows": report.bad_rows,
        "current": report.is_current,
        "bad": bad_as_json(report.bad),
    }


def tell(report: LoadReport) -> None:
    """Print a report for people."""
    tell_bad(report.bad)
    screen = console()
    if report.is_current:
        screen.print(f"{report.rows}件を取り込み、切り替えました（引き継いだ履歴 {report.carried}件）。")
    else:
        screen.print(
            f"不備が{report.bad_rows}行あるため切り替えていません。ファイルを直して取り込み直してください。"
            "このまま使うときは --allow-bad-rows を付けてください。"
        )
