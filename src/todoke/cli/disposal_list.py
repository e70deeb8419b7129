"""`todoke disposal list`: what the rules of retention let go of today. A dry run: proposals are made on the page."""

import argparse

from rich.table import Table

from todoke.casework.disposal import queries
from todoke.casework.disposal.values import DueList
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

from .verbs import DONE, Verb, console, print_json

COLUMNS = ("団体", "規則", "保存期間", "件数", "最も古いもの", "停止中", "未完了", "確認")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    today, found = japanese_date(now()), dict[str, list[DueList]]()
    for one in organisations():
        if args.organisation in (None, one.code):
            with scope(one.code, read_only=True):
                found[one.code] = queries.due_lists(as_of=today)
    if args.json:
        print_json({code: [_as_json(due) for due in dues] for code, dues in found.items()})
    else:
        _tell(found)
    return DONE


def _as_json(due: DueList) -> dict[str, object]:
    return {
        "rule": due.rule.code, "kind": due.rule.kind.value, "period": due.rule.period.words, "start": due.rule.start.value,
        "checked": due.rule.is_checked, "due": len(due.records), "more": due.is_cut, "oldest": due.oldest,
        "held": due.held, "unsettled": due.unsettled, "list_sha256": due.hash,
    }  # fmt: skip


def _tell(found: dict[str, list[DueList]]) -> None:
    table = Table(box=None)
    for word in COLUMNS:
        table.add_column(word)
    for code, dues in found.items():
        for due in dues:
            table.add_row(
                code, due.rule.name, f"{due.rule.period.words}（{due.rule.start.label}）",
                f"{len(due.records)}件{'以上' if due.is_cut else ''}", due.oldest.isoformat() if due.oldest else "－",
                str(due.held), str(due.unsettled), "" if due.rule.is_checked else "未確認",
            )  # fmt: skip
    console().print(table)


VERB = Verb(_arguments, _run)
