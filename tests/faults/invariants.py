"""What must hold after any fault, once everything is drained; one list of sentences, empty when all is well.

Three sources are compared that do not know each other: the samples on disk, the database with its vault, and what
the sandbox portal and the sandbox core system wrote down themselves.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import Count

from tests.support.town import Town
from todoke.casework.handover.models import Handover
from todoke.casework.intake.models import Application, Quarantine
from todoke.casework.relay.models import Package
from todoke.casework.relay.values import PackageState
from todoke.cli import demo_summary
from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.queries import open_blob

ON_THEIR_WAY = ("sent", "receipted", "refused")
SETTLED = ("package.accepted", "package.quarantined")


def assert_whole(town: Town, *, patience: float = 60.0) -> None:
    """Drain, then check everything; the message holds every sentence that is broken."""
    wrong = broken(town, patience=patience)
    assert not wrong, "\n".join(wrong)


def broken(town: Town, *, patience: float = 60.0, drain: Callable[[], bool] | None = None) -> list[str]:
    """Drain in this process（by `drain`, where a trial has its own）and say what does not hold, each as a sentence."""
    if not (drain() if drain else town.drain(patience)):
        return [f"I0 not drained: {_left()}"]
    return [*_summary(town), *_bodies(town), *_delivered(town), *_told(town)]


def learn(town: Town) -> None:
    """Drain without any fault; what came of it is what must come of the same samples under every fault."""
    assert town.drain(), _left()
    town.truth = {"summary": demo_summary.count()}


def _left() -> str:
    waiting = []
    for body in organisations():
        with scope(body.code, read_only=True):
            states = Package.objects.values_list("state", "parked_code").annotate(count=Count("pk"))
            waiting += [f"{body.code} {state} {code} {count}" for state, code, count in states]
    return ", ".join(waiting)


def _summary(town: Town) -> Iterator[str]:
    """Every sample ended where its making says that it must: so also nothing is missing and nothing there twice."""
    summary = demo_summary.count()
    for name, expected in town.truth["summary"].items():
        if summary[name] != expected:
            yield f"I1 {name}: {summary[name]} instead of {expected}"


def _bodies(town: Town) -> Iterator[str]:
    originals = _originals(town)
    for body in organisations():
        with scope(body.code, read_only=True):
            yield from _packages(originals)
            yield from _settled_once()
            yield from _noted_once()
            report = audit.verify()
            if not report.is_whole or report.unchained:
                yield f"I4 the audit chain of {body.code}: {report.fault}, {report.unchained} not chained"


def _originals(town: Town) -> set[tuple[str, str]]:
    """(受付番号, SHA-256) of every sample as it was laid out, folder files wherever they were put away."""
    listed = [json.loads(row) for row in (town.data / "portal" / "index.jsonl").read_text().splitlines()]
    files = [(row["receipt_number"], town.data / row["file"]) for row in listed]
    files += [(file.name.split(".")[0], file) for file in (town.data / "folder").rglob("*.zip")]
    return {(number, hashlib.sha256(file.read_bytes()).hexdigest()) for number, file in files}


def _packages(originals: set[tuple[str, str]]) -> Iterator[str]:
    """I1, I2: one state, and the bytes are those that arrived."""
    known = {state.value for state in PackageState}
    for package in Package.objects.order_by("pk"):
        if package.state not in known:
            yield f"I1 package {package.pk} is {package.state}"
        try:
            digest = hashlib.sha256(open_blob(package.blob_id).read()).hexdigest()
        except TodokeError as trouble:
            yield f"I2 package {package.pk} cannot be read: {trouble.code}"
            continue
        if digest != package.content_hash or (package.receipt_number, digest) not in originals:
            yield f"I2 package {package.pk} holds other bytes"


def _settled_once() -> Iterator[str]:
    """I1, I4: what became of a package was decided once, by one worker; nobody asked for it again here."""
    entries = (
        AuditEntry.objects.filter(action__in=SETTLED).values_list("object_id").annotate(count=Count("pk"))
    )
    decided = dict(entries)
    again = Counter(AuditEntry.objects.filter(action="package.requeued").values_list("object_id", flat=True))
    for package, state in Package.objects.order_by("pk").values_list("pk", "state"):
        times, least = decided.get(str(package), 0), int(state != PackageState.PENDING.value)
        if not least <= times <= least + again[str(package)]:
            yield f"I4 package {package} is {state} and was settled {times} times"
    stays = (
        Quarantine.objects.filter(released_at__isnull=True)
        .values_list("package_id")
        .annotate(count=Count("pk"))
    )
    yield from (
        f"I1 package {package} lies in quarantine {count} times" for package, count in stays if count > 1
    )
    accepted = Package.objects.filter(state=PackageState.ACCEPTED.value).count()
    if Application.objects.count() != accepted:
        yield f"I1 {accepted} packages accepted, {Application.objects.count()} applications"


def _noted_once() -> Iterator[str]:
    """I3: that a file was written, and that it lies at the core system, is noted by one worker only."""
    for action in ("handover.batch_written", "handover.batch_sent"):
        entries = (
            AuditEntry.objects.filter(action=action).values_list("object_id").annotate(count=Count("pk"))
        )
        yield from (f"I3 {action} {batch} was noted {count} times" for batch, count in entries if count > 1)


def _delivered(town: Town) -> Iterator[str]:
    """I3: what we call handed over is what the core system has, each row once, in one file of ours."""
    ours: dict[str, str] = {}
    for body in organisations():
        with scope(body.code, read_only=True):
            rows = Handover.objects.filter(state__in=ON_THEIR_WAY)
            ours |= dict(rows.values_list("idempotency_key", "row_sha256"))
    log = lines(town.state / "core" / "core.jsonl")
    first = Counter(line["key"] for line in log if line["is_first"])
    yield from (
        f"I3 the core system took {key[:12]} {times} times" for key, times in first.items() if times > 1
    )
    yield from (f"I3 the core system lacks {key[:12]}" for key in ours.keys() - first.keys())
    yield from (
        f"I3 the core system has {key[:12]}, we do not know of it" for key in first.keys() - ours.keys()
    )
    files: dict[str, set[str]] = {}
    for line in log:
        files.setdefault(line["key"], set()).add(line["batch"].split("-r")[0])
        if ours.get(line["key"], line["row_sha256"]) != line["row_sha256"]:
            yield f"I3 the core system holds other content under {line['key'][:12]}"
    yield from (f"I3 {key[:12]} left in two files" for key, names in files.items() if len(names) > 1)


def _told(town: Town) -> Iterator[str]:
    """I3 for the portal: every applicant is told once in effect."""
    registered = town.registered()
    yield from (
        f"I3 the portal took {key[:12]} {times} times" for key, times in registered.items() if times > 1
    )
    expected = town.truth["summary"]["answered"]
    if len(registered) != expected:
        yield f"I3 the portal was told {len(registered)} times instead of {expected}"


def lines(journal: Path) -> list[Mapping[str, Any]]:
    """The lines of a neighbour's own journal; a torn last one was never answered for."""
    text = journal.read_bytes() if journal.exists() else b""
    return [json.loads(line) for line in text.split(b"\n")[:-1]]
