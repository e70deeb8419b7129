"""The sample world on disk: trust anchors, residents, links, packages, refusals and the truth about them."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from . import links, pki, places, plan, register, residents, truth
from .assembly import Assembler
from .attachments import Size
from .plan import Planned
from .planting import Surroundings, agent_of

Progress = Callable[[str, int, int], None]
FOLDERS = ("trust", "links", "residents", "portal", "folder", "core")
FAULTS = ("list_twice", "fetch_once_fails")
BENCH_TOWN = places.BY_CODE["992011"]


@dataclass(frozen=True, slots=True)
class World:
    """What was built and where; `summary` is the truth's summary."""

    out: Path
    packages: int
    residents: int
    seed: int
    summary: truth.JsonCounts


@dataclass(frozen=True, slots=True)
class Order:
    """How large a world is wanted."""

    out: Path
    residents: int
    seed: int
    size: Size
    progress: Progress | None

    def tell(self, stage: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, total)


class NotASampleWorld(ValueError):
    """The folder holds something that was not made here, so nothing is deleted or overwritten."""


def build(
    out: Path,
    *,
    packages: int = 300,
    residents: int = 20_000,
    seed: int = 2026,
    size: str = Size.SMALL,
    progress: Progress | None = None,
) -> World:
    """Write a whole world under `out` and return its summary; equal arguments give equal bytes.

    An earlier world in `out` is replaced. Raises NotASampleWorld when `out` holds anything else, and
    cast.NobodyFits when there are too few residents for the packages.
    """
    order = Order(out, residents, seed, Size(size), progress)
    return _write(order, plan.make(packages, residents, seed), places.TOWNS)


def bench_packages(out: Path, n: int, seed: int, size: str = Size.STANDARD) -> World:
    """Write `n` sound packages for みなせ市 with its links: the same layout, no planted defects."""
    count = max(20_000, n * 40)
    planned = plan.good_only(BENCH_TOWN, n, count, seed)
    return _write(Order(out, count, seed, Size(size), None), planned, (BENCH_TOWN,))


def _write(order: Order, planned: Sequence[Planned], towns: Sequence[places.Organisation]) -> World:
    _prepare_folder(order.out)
    around = Surroundings()
    outcomes = [truth.outcome(_facts(p)) for p in planned]
    _write_packages(order, planned, around)
    _write_trust(order.out / "trust", around)
    for town in towns:
        _write_residents(order, town, around.links.get(town.code, []))
    refusals = {receipt: code for receipt, (code, _) in around.refusals.items()}
    summary = truth.summary(outcomes, refusals)
    _write_index(order.out / "portal" / "index.jsonl", planned)
    _write_refusals(order.out / "core" / "refuse.json", around)
    _write_json(order.out / "world.json", register.as_json(order.seed))
    _write_json(order.out / "truth.json", _truth(order.seed, outcomes, summary))
    return World(order.out, len(planned), order.residents, order.seed, summary)


def _prepare_folder(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()) and not (out / "world.json").is_file():
        raise NotASampleWorld(f"{out} is not empty and holds no sample world")
    for folder in FOLDERS:
        shutil.rmtree(out / folder, ignore_errors=True)
        (out / folder).mkdir(parents=True)


def _facts(p: Planned) -> truth.Planted:
    return truth.Planted(
        receipt_number=p.receipt_number,
        organisation=p.organisation.code,
        channel=p.channel,
        file=_file(p),
        kind=p.kind,
        procedure=p.procedure,
        is_signed=p.is_signed,
        is_first=p.is_first,
        is_foreign_resident=p.is_foreign_resident,
        has_agent=agent_of(p) is not None,
    )


def _file(p: Planned) -> str:
    variant = f"-{p.rank}" if p.kind == "same_receipt" and not p.is_first else ""
    return f"{p.channel}/{p.organisation.code}/{p.receipt_number}{variant}.zip"


def _write_packages(order: Order, planned: Sequence[Planned], around: Surroundings) -> None:
    firsts = {p.group: p for p in planned if p.is_first}
    assembler = Assembler(order.seed, order.size, firsts)
    for done, p in enumerate(planned, start=1):
        around.prepare(p, firsts[p.group])
        path = order.out / _file(p)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(assembler.bytes_of(p))
        moment = p.received_at.timestamp()
        os.utime(path, (moment, moment))
        order.tell("packages", done, len(planned))


def _write_trust(trust: Path, around: Surroundings) -> None:
    """Write every installed CA; the lists cover both signature CAs, one as DER and one as PEM, not the branch."""
    for authority in pki.installed():
        (trust / f"{authority.file}.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    for generation, encoding in ((1, Encoding.DER), (2, Encoding.PEM)):
        authority = pki.signature_authority(generation)
        revoked = (*register.other_revocations(generation), *around.revoked.get(generation, ()))
        content = pki.revocation_list(authority, revoked).public_bytes(encoding)
        (trust / f"{authority.file}.crl").write_bytes(content)


def _write_residents(order: Order, town: places.Organisation, planted: Iterable[links.Link]) -> None:
    """Stream a town's residents and their links into two files side by side."""
    total = residents.count_in(town, order.residents)
    name = f"{town.code}.csv"
    people_path, links_path = order.out / "residents" / name, order.out / "links" / name
    with (
        people_path.open("w", encoding="utf-8", newline="") as people_file,
        links_path.open("w", encoding="utf-8", newline="") as links_file,
    ):
        people, tied = csv.writer(people_file), csv.writer(links_file)
        people.writerow(register.RESIDENT_COLUMNS)
        tied.writerow(links.COLUMNS)
        for done, resident in enumerate(residents.stream(town, total, order.seed), start=1):
            people.writerow(register.resident_row(resident))
            tied.writerows(link.row() for link in links.links_of(resident))
            if done % 5_000 == 0 or done == total:
                order.tell(f"residents {town.code}", done, total)
        tied.writerows(link.row() for link in planted)


def _write_index(path: Path, planned: Sequence[Planned]) -> None:
    rows = (_index_row(p) for p in planned if p.channel == "portal")
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _index_row(p: Planned) -> dict[str, object]:
    """Return a line of the portal's list; `variant_of` marks other bytes that are later listed under one receipt."""
    row: dict[str, object] = {
        "receipt_number": p.receipt_number,
        "organisation": p.organisation.code,
        "procedure_code": "P99" if p.kind == "unknown_procedure" else p.procedure,
        "reception_date": p.received_at.isoformat(),
        "file": _file(p),
    }
    if p.kind in FAULTS:
        row["faults"] = [p.kind]
    if p.kind == "same_receipt" and not p.is_first:
        row |= {"variant_of": p.receipt_number, "variant": p.rank}
    return row


def _write_refusals(path: Path, around: Surroundings) -> None:
    rows = [
        {"receipt_number": receipt, "code": code, "message": message}
        for receipt, (code, message) in sorted(around.refusals.items())
    ]
    _write_json(path, rows)


def _truth(seed: int, outcomes: Sequence[truth.Outcome], summary: truth.JsonCounts) -> dict[str, object]:
    rows = [truth.as_json(row) for row in outcomes]
    return {"clock": places.CLOCK.isoformat(), "seed": seed, "packages": rows, "summary": summary}


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
