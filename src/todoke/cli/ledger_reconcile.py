"""`todoke ledger reconcile`: fetch the core system's ledger and print the 突合表."""

import argparse
from dataclasses import asdict

from rich.table import Table

from todoke.casework import journey
from todoke.casework.handover import queries
from todoke.casework.handover.errors import CoreAway
from todoke.casework.handover.values import Reconciliation
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json

SHOWN = 20


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    tables: dict[str, Reconciliation] = {}
    away: list[str] = []
    for body in organisations():
        if args.organisation in {None, body.code}:
            with scope(body.code, read_only=True):
                systems = queries.core_systems()
            for system in systems:
                try:
                    journey.fetch_ledger(body.code, system.name, command_actor())
                except CoreAway:
                    away.append(system.name)
                with scope(body.code, read_only=True):
                    tables[f"{body.code} {system.name}"] = queries.reconcile(system.name)
    if args.json:
        print_json({"systems": {name: asdict(table) for name, table in tables.items()}, "away": away})
    else:
        _tell(tables, away)
    return DONE if not away and all(table.is_equal for table in tables.values()) else NOT_GOOD


def _tell(tables: dict[str, Reconciliation], away: list[str]) -> None:
    screen = console()
    table = Table(title="突合表")
    for word in (
        "基幹",
        "送信",
        "受領",
        "拒否",
        "待ち",
        "保留",
        "取消",
        "基幹の件数",
        "不足",
        "余分",
        "相違",
        "未取消",
        "結果",
    ):
        table.add_column(word, justify="left" if word in {"基幹", "結果"} else "right")
    for name, one in tables.items():
        counts = (one.sent, one.receipted, one.refused, one.waiting, one.held, one.cancelled, one.core_count)
        gaps = (len(one.missing), len(one.unexpected), len(one.differing), len(one.uncancelled))
        table.add_row(name, *map(str, counts), *map(str, gaps), "一致" if one.is_equal else "不一致")
    screen.print(table)
    for name, one in tables.items():
        gaps_of = {
            "不足": one.missing,
            "余分": one.unexpected,
            "相違": one.differing,
            "未取消": one.uncancelled,
        }
        for word, keys in gaps_of.items():
            for key in keys[:SHOWN]:
                screen.print(f"{name} {word}: {key}", markup=False)
    for name in away:
        screen.print(f"{name}: 基幹が応答しないため、前回取得した台帳と比べました。", markup=False)


VERB = Verb(_arguments, _run)
