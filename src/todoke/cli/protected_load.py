"""`todoke protected load`: take a list of protected persons（支援措置対象者）over and hide their cases."""

import argparse
from pathlib import Path

from todoke.casework.cases import services
from todoke.casework.protection.services import PROFILE
from todoke.casework.protection.values import ProtectionReport
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisation

from .load_reports import bad_as_json, is_there, tell_bad
from .verbs import DONE, NOT_GOOD, USAGE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="支援措置対象者の一覧（CSV） / the list as CSV")
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument("--profile", default=PROFILE, help="列のレイアウト / layout of the columns")


def _run(args: argparse.Namespace) -> int:
    if not is_there(args.file):
        return USAGE
    code = organisation(args.organisation).code
    with open(args.file, "rb") as file, scope(code):
        report = services.load_protected(file, actor=command_actor(), at=now(), profile=args.profile)
    if args.json:
        print_json(_as_json(report))
    else:
        _tell(report)
    return DONE if report.is_taken else NOT_GOOD


def _as_json(report: ProtectionReport) -> dict[str, object]:
    return {
        "rows": report.rows,
        "bad_rows": report.bad_rows,
        "taken": report.is_taken,
        "bad": bad_as_json(report.bad),
    }


def _tell(report: ProtectionReport) -> None:
    tell_bad(report.bad)
    screen = console()
    if report.is_taken:
        screen.print(f"{report.rows}件を登録し、その人の申請を伏せました。")
    else:
        screen.print(
            f"不備が{report.bad_rows}行あるため、何も変えていません。ファイルを直して取り込み直してください。"
        )


VERB = Verb(_arguments, _run)
