"""`todoke audit verify`: walk every body's audit chain and check its seals."""

import argparse

from todoke.foundation.audit import queries
from todoke.foundation.audit.values import AuditReport
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

from .verbs import DONE, NOT_GOOD, Verb, console, print_json

HOW = {
    "edited": "書き換えられています",
    "deleted": "削除されています",
    "reordered": "順序が入れ替わっています",
    "rewritten": "封印後に連鎖ごと書き換えられています",
    "resealed": "封印の署名が合いません",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    chosen = [one for one in organisations() if args.organisation in (None, one.code)]
    reports: dict[str, AuditReport] = {}
    for one in chosen:
        with scope(one.code, read_only=True):
            reports[one.code] = queries.verify()
    if args.json:
        print_json({code: _as_json(report) for code, report in reports.items()})
    for one in [] if args.json else chosen:
        console().print(f"{one.code} {one.name}: {_sentence(reports[one.code])}")
    return DONE if all(report.is_whole for report in reports.values()) else NOT_GOOD


def _sentence(report: AuditReport) -> str:
    if report.fault is None:
        lost = f"、復元で失われた記録{report.lost}件" if report.lost else ""
        return f"正常（{report.chained}件、封印{report.seals}件、封印待ち{report.unchained}件{lost}）"
    row = f"（行番号 {report.fault.row}）" if report.fault.row else ""
    return f"連番 {report.fault.sequence}{row} が{HOW[report.fault.how]}"


def _as_json(report: AuditReport) -> dict[str, object]:
    fault = report.fault
    return {
        "chained": report.chained,
        "unchained": report.unchained,
        "seals": report.seals,
        "whole": report.is_whole,
        "lost": report.lost,
        "fault": {"sequence": fault.sequence, "row": fault.row, "how": fault.how} if fault else None,
    }


VERB = Verb(_arguments, _run)
