"""`python -m bench.identities`: how many are identified without a person, that nobody is mistaken, and how fast.

Two measurements: invented residents with variants through the pure rules（no database）, and a load and reload of links
（`bench/links.py`）.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from samples import links, people, places

if TYPE_CHECKING:  # the product is imported once Django is set up
    from todoke.casework.identify.rules.judging import Register
    from todoke.casework.identify.values import LinkBook, LinkKey
    from todoke.casework.intake.values import ApplicationForm
    from todoke.proof.certificates import BasicFour

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the applications: by kind how many, how many without a person, how many mistaken."""

    total: Counter[str]
    settled: Counter[str]
    wrong: Counter[str]
    seconds: float

    @property
    def share(self) -> float:
        """The share of applicants who were identified without a person."""
        return self.settled.total() / self.total.total()


def identify(cases: Sequence[people.Case]) -> Outcome:
    """Judge every application as the worker does, over all links and records at once."""
    from todoke.casework.identify.rules import judging
    from todoke.casework.identify.rules import parties as rules
    from todoke.casework.identify.rules.judging import Papers

    book, register = _book(cases), _register(cases)
    total, settled, wrong = Counter[str](), Counter[str](), Counter[str]()
    begin = time.process_time()
    for case in cases:
        form, certified = _form(case)
        drafts = rules.drafts(form, _key(case))
        found = rules.find(drafts, book, case.applied_at)
        papers = Papers(form, certified, case.applied_at)
        applicant = judging.judge(list(zip(drafts, found, strict=True)), papers, register)[0].result
        total[case.kind] += 1
        settled[case.kind] += bool(applicant.number)
        wrong[case.kind] += bool(applicant.number) and applicant.number != case.number
    return Outcome(total, settled, wrong, time.process_time() - begin)


def _key(case: people.Case) -> "LinkKey | None":
    from todoke.casework.identify.rules.rows import link_key

    return link_key(case.issuer_key, f"{case.serial:08X}")


def _form(case: people.Case) -> "tuple[ApplicationForm, BasicFour | None]":
    from todoke.casework.intake.values import ApplicationForm, Contact, PartyRole, Person, StatedParty
    from todoke.proof.certificates import BasicFour

    person = Person(case.name, case.kana, case.birth, "女性" if case.female else "男性", "", case.address)
    stated = (StatedParty(PartyRole.AGENT, 1, "代理　人"),) if case.has_agent else ()
    form = ApplicationForm("992011", case.applied_at, person, Contact(), "手続", (), stated)
    if case.certified is None:
        return form, None
    name, marks, sex, birth, address, _ = case.certified
    places_ = frozenset(place for place, mark in enumerate(marks) if mark == "1")
    return form, BasicFour(name, sex, birth, address, places_)


def _book(cases: Sequence[people.Case]) -> "LinkBook":
    from todoke.casework.identify.rules.rows import link_key
    from todoke.casework.identify.values import RENEWED_INFERRED, Link, LinkBook, LinkKey

    by_key: dict[LinkKey, list[Link]] = {}
    by_number: dict[tuple[str, str], list[Link]] = {}
    for row, is_inferred in _rows_of(cases):
        key = link_key(row.issuer_key, row.serial)
        assert key is not None
        end = None if row.valid_to is None else _midnight(row.valid_to) + timedelta(days=1)
        link = Link(
            key, row.number, row.number_kind, _midnight(row.valid_from), people.LOAD_BEFORE if is_inferred else end,
            is_inferred, RENEWED_INFERRED if is_inferred else row.reason,
        )  # fmt: skip
        by_key.setdefault(key, []).append(link)
        by_number.setdefault((row.number_kind, row.number), []).append(link)
    return LinkBook(by_key, by_number)


def _rows_of(cases: Sequence[people.Case]) -> Iterator[tuple[links.Link, bool]]:
    """Every link, and whether its end was only derived."""
    for case in cases:
        yield from ((row, False) for row in case.links)
        yield from ((row, True) for row in case.inferred)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), places.JST)


def _register(cases: Sequence[people.Case]) -> "Register":
    from todoke.casework.identify.rules.judging import Register
    from todoke.casework.residents.values import Resident, ResidentStatus, Sex
    from todoke.japanese.variant_forms import COMMON

    records = {
        one.number: Resident(
            one.number, one.name, one.kana, (one.other_name,) if one.other_name else (), one.birth,
            Sex.FEMALE if one.female else Sex.MALE, one.address, one.previous_address, one.household,
            status=ResidentStatus(one.status), status_since=one.status_since,
        )
        for case in cases
        for one in case.records
    }  # fmt: skip
    return Register(True, records, {}, COMMON)


def show(outcome: Outcome, console: Console) -> None:
    """Print the table by kind, and the two figures that matter."""
    table = Table(title=f"申請者の特定 {outcome.total.total()}件", title_justify="left")
    for heading in ("種類", "件数", "人手なし", "割合", "取り違え"):
        table.add_column(heading, justify="left" if heading == "種類" else "right")
    for kind, count in outcome.total.most_common():
        done, mistaken = outcome.settled[kind], outcome.wrong[kind]
        table.add_row(kind, str(count), str(done), f"{done / count:.0%}", str(mistaken))
    console.print(table)
    each = outcome.seconds / outcome.total.total() * 1e6
    console.print(
        f"人手なしで特定 {outcome.share:.1%}、取り違え {outcome.wrong.total()}件、{each:.0f} µs/件（CPU、照合を含む）"
    )


def main() -> None:
    """Measure and print. Ends with an error when anybody was mistaken for somebody else."""
    parser = argparse.ArgumentParser(prog="python -m bench.identities", description="申請者の特定を測る")
    parser.add_argument("--residents", type=int, default=10_000, help="申請の件数（既定1万）")
    parser.add_argument(
        "--links", type=int, default=1_000_000, help="番号紐付情報の行数（既定100万、0で測らない）"
    )
    parser.add_argument("--beside", type=int, default=0, help="取込みと並行して受信・検証する件数（既定0）")
    args = parser.parse_args()
    console = Console()
    parent = HERE.parent / "var"
    parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    for name in [name for name in os.environ if name.startswith("TODOKE_")]:
        del os.environ[name]
    os.environ.update({"TODOKE_VAR": str(work), "DJANGO_SETTINGS_MODULE": "todoke.settings"})
    try:
        import django

        django.setup()
        outcome = identify(list(people.cases(args.residents)))
        show(outcome, console)
        if args.links:
            from . import links

            links.show(links.measure(args.links, work, beside=args.beside, tell=console.print), console)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if outcome.wrong.total():
        raise SystemExit("取り違えがあります")


if __name__ == "__main__":
    main()
