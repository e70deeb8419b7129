"""`python -m bench.rollup`: the bodies of the nation × 20 事務 × 40 steps: a month's files taken in, the national page read.

47 invented prefectures forward 1,741 invented towns and themselves, a quarter of them in edition 1.0. The floors: reading and
checking the same files' JSON and nothing else; one question that fetches the rows of the page and nothing else.
"""

import argparse
import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console

from .__main__ import HERE, SEED, _own_installation
from .meters import Cost, measure

if TYPE_CHECKING:  # reads Django's settings, which are made first
    from todoke.programme.packs.values import EditionRef
    from todoke.programme.rollup.values import Snapshot

    from .figures import Figure

NATION, PREFECTURES, TOWNS = "000001", 47, 1741
STANDARD = "urn:jp:soumu:tejunsho:hyojunka"


def codes() -> dict[str, list[str]]:
    """Invented bodies by prefecture; 1,788 in all."""
    from todoke.foundation.organisations.queries import code_of

    found = {code_of(f"{one:02}000"): list[str]() for one in range(1, PREFECTURES + 1)}
    for place in range(TOWNS):
        prefecture = sorted(found)[place % PREFECTURES]
        found[prefecture].append(code_of(f"{prefecture[:2]}{201 + place // PREFECTURES}"))
    return found


def files(made_at: datetime, as_of: date) -> Iterator[bytes]:
    """A month's files of every prefecture: its own submission and what it forwards."""
    from todoke.foundation.exchange import rules
    from todoke.foundation.exchange.values import Letter
    from todoke.programme.rollup.rules.snapshots import document
    from todoke.programme.rollup.values import FORWARD, SUBMISSION

    chosen = random.Random(SEED)

    def seal(town: str) -> str:
        told = {"snapshot": document(_snapshot(town, as_of, chosen))}
        return rules.seal(Letter(SUBMISSION, town, prefecture, 1, as_of, made_at, told), _key(town)).decode()

    for prefecture, towns in codes().items():
        own = {"snapshot": document(_snapshot(prefecture, as_of, chosen))}
        yield rules.seal(Letter(SUBMISSION, prefecture, NATION, 1, as_of, made_at, own), _key(prefecture))
        letter = Letter(
            FORWARD, prefecture, NATION, 1, as_of, made_at, {"files": [seal(one) for one in towns]}
        )
        yield rules.seal(letter, _key(prefecture))


def _key(code: str) -> bytes:
    return code.encode().ljust(32, b"-")


def _snapshot(code: str, as_of: date, chosen: random.Random) -> "Snapshot":
    from todoke.programme.packs import queries as packs
    from todoke.programme.rollup.rules.comparing import steps_of
    from todoke.programme.rollup.values import Snapshot

    edition = _edition("1.0" if chosen.random() < 0.25 else "2026-01")
    steps = tuple(one.id for one in steps_of(packs.edition(edition)) if one.repeat_over)
    states = {f"{one:02}": "".join(chosen.choices("dwno", k=len(steps))) for one in range(1, 21)}
    return Snapshot(code, f"見本{code}", edition, as_of, steps, states, chosen.randrange(1001), 100)


def _edition(printed: str) -> "EditionRef":
    from todoke.programme.packs.values import EditionRef

    return EditionRef(STANDARD, printed, 1)


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    from todoke.foundation.audit.values import Actor, ActorKind
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.exchange import rules
    from todoke.foundation.exchange import services as exchange
    from todoke.foundation.fence import scope
    from todoke.foundation.first_tables import made_quickly
    from todoke.foundation.organisations import services as organisations
    from todoke.foundation.organisations.values import OrganisationKind

    with made_quickly(connection):
        call_command("migrate", verbosity=0)
    at, actor = now(), Actor(ActorKind.COMMAND, "bench")
    organisations.register_organisation(NATION, name="国", kind=OrganisationKind.NATION, at=at)
    with scope(NATION):
        for code in codes():
            exchange.believe(code, rules.public_key_of(_key(code)), actor=actor, at=at)


def _import(inbox: Path, made: list[bytes]) -> Cost:
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.exchange import services as exchange
    from todoke.foundation.leases import Claimant, JobContext
    from todoke.programme.rollup import jobs

    inbox.mkdir(parents=True, exist_ok=True)
    for place, content in enumerate(made):
        (inbox / f"{place:04}.json").write_bytes(content)

    def taken() -> None:
        context = JobContext(NATION, Claimant("bench", now()), 500)
        exchange.collect(context)
        while jobs.take(context):
            pass

    return measure(taken)


def _page(rounds: int) -> tuple[list[Cost], list[Cost], int]:
    """The national page as the browser gets it, its bytes of HTML among them; and the floor."""
    from django.http import QueryDict
    from django.template.loader import render_to_string

    from todoke.foundation.accounts.values import Right, Viewer
    from todoke.foundation.calendars.queries import japanese_date, now
    from todoke.foundation.fence import scope
    from todoke.programme.rollup.models import ComparedRow
    from todoke.web.board import rollup_view

    viewer, comparable = Viewer(NATION, 1, "bench", frozenset(Right), frozenset()), 0

    def shown() -> None:
        nonlocal comparable
        with scope(NATION, read_only=True):
            view = rollup_view.page(viewer, QueryDict(f"pack={STANDARD}"), as_of=japanese_date(now()))
            render_to_string("board/submissions.html", {"view": view, "roll": view.roll})
        comparable = view.roll.comparable

    def floor() -> None:
        with scope(NATION, read_only=True):
            list(ComparedRow.objects.filter(edition="1.0").values_list("submission", "done", "concepts"))

    shown()
    costs, floors = [measure(shown) for _ in range(rounds)], [measure(floor) for _ in range(rounds)]
    return costs, floors, comparable


def figures(rounds: int) -> "tuple[list[Figure], int]":
    """What a month costs at the nation, in milliseconds."""
    from django.conf import settings

    from todoke.foundation.calendars.queries import japanese_date, now
    from todoke.programme.rollup.rules.snapshots import read

    from .figures import Figure

    _prepare()
    made = list(files(now(), japanese_date(now())))
    taken = _import(Path(settings.TODOKE_EXCHANGE_IN) / NATION, made)

    def parsed() -> None:
        for content in made:
            body = json.loads(content)["body"]
            for one in [json.loads(file)["body"] for file in body["files"]] if "files" in body else [body]:
                read(one["snapshot"])

    least = measure(parsed)
    costs, floors, comparable = _page(rounds)
    name = f"{PREFECTURES + TOWNS:,}団体 × 20事務 × 40"
    walls = [one.wall for one in costs]
    spread = (max(walls) - min(walls)) / 2 / median(walls)
    return [
        Figure(f"{name} 月次の取込み（実時間）", taken.wall * 1000, "ms", least.wall * 1000),
        Figure(f"{name} 国の画面（実時間）", median(walls) * 1000, "ms", min(one.wall for one in floors) * 1000, spread),
        Figure(f"{name} 国の画面（CPU）", median([one.cpu for one in costs]) * 1000, "ms"),
    ], comparable  # fmt: skip


def main() -> None:
    """Measure, print, and write beside the other results."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.rollup", description="提出の取込みと国の画面の速さを測る"
    )
    parser.add_argument(
        "--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")), help="回数（既定5）"
    )
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="結果を書くファイル")
    args = parser.parse_args()
    console = Console()
    with _own_installation():
        from . import report
        from .reads import show

        found, comparable = figures(args.rounds)
        show("提出と集計", found, console)
        document = json.loads(args.results.read_text(encoding="utf-8")) if args.results.exists() else {}
        document["rollup"] = {
            "machine": report.machine(), "load": list(os.getloadavg()), "comparable": comparable,
            "figures": [{**asdict(one), "ratio": one.ratio} for one in found],
        }  # fmt: skip
        args.results.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.print(f"比べられる団体 {comparable:,}。結果: {args.results}")


if __name__ == "__main__":
    main()
