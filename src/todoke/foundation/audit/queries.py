"""Reading the audit: heads, what waits for the chain, verification, what happened to one object."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet

from todoke.foundation.fence import current_organisation

from . import rules
from .models import AuditEntry, AuditLink, AuditSeal
from .values import RESTORED, AuditReport, Fault, Lapse, SealKey

COVERED = (
    "action", "actor_id", "actor_kind", "stamp", "facts", "id", "object_id", "object_kind", "organisation_id",
    "purpose", "stream", "terminal",
)  # as in rules.Chained  # fmt: skip
KEY_CHANGES = "seal.keys.jsonl"  # beside the first public key: which key followed, signed by the one before
STEP = 5_000  # links that are read at a time
LATE_COMMITS = 100_000  # an entry may commit after 100,000 later ones and still be chained at the next seal


def head() -> AuditLink | None:
    """The last link of the body in scope."""
    return AuditLink.objects.order_by("-sequence").first()


def _waiting() -> QuerySet[AuditEntry]:
    newest = AuditLink.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    linked = AuditLink.objects.filter(organisation_id=OuterRef("organisation_id"), entry_id=OuterRef("pk"))
    rows = AuditEntry.objects.filter(pk__gt=newest - LATE_COMMITS)
    return rows.filter(~Exists(linked)).order_by("pk")


def unchained() -> list[rules.Chained]:
    """Entries that wait for the chain, oldest first."""
    return [rules.Chained(*row) for row in _waiting().values_list(*COVERED)]


def oldest_unchained() -> datetime | None:
    """When the oldest entry that waits for the chain was written; None when none waits."""
    return _waiting().values_list("at", flat=True).first()


def unsealed_since() -> datetime | None:
    """When the oldest entry after the newest sealed one was written; None when none waits. Cheap, for watching.

    An entry that was committed late, behind newer ones, is not seen here: `oldest_unchained` sees it.
    """
    newest = AuditLink.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    return AuditEntry.objects.filter(pk__gt=newest).order_by("pk").values_list("at", flat=True).first()


def canonical_row(entry: AuditEntry) -> Mapping[str, str | int]:
    """The fields of an entry that the chain covers: all of them."""
    return {
        "id": entry.pk, "organisation": entry.organisation_id, "stream": entry.stream, "at": entry.stamp,
        "actor_kind": entry.actor_kind, "actor_id": entry.actor_id, "terminal": entry.terminal,
        "action": entry.action, "object_kind": entry.object_kind, "object_id": entry.object_id,
        "purpose": entry.purpose, "facts": entry.facts,
    }  # fmt: skip


def of_object(object_kind: str, object_id: str) -> list[AuditEntry]:
    """What was done to, or seen of, one object, oldest first."""
    return list(AuditEntry.objects.filter(object_kind=object_kind, object_id=object_id).order_by("pk"))


def was_done_by(
    actor_id: str, actions: Collection[str], *, object_kind: str, object_id: str, since: datetime
) -> bool:
    """Whether this actor did any of these to the object since then."""
    rows = AuditEntry.objects.filter(object_kind=object_kind, object_id=object_id, at__gt=since)
    return rows.filter(actor_id=actor_id, action__in=actions).exists()


def inclusion(object_kind: str, object_id: str, *, fact: str, is_whole: bool) -> Mapping[str, object] | None:
    """How the newest entry on an object that holds a fact stands in the chain and under which seal; None without one.

    `is_whole`: with every entry up to the seal, so that the seal can be recomputed elsewhere; else with that one
    alone, because the others are about other objects. `seal` is None until the sealer has come by.
    """
    rows = AuditEntry.objects.filter(object_kind=object_kind, object_id=object_id, facts__contains=fact)
    entry = rows.order_by("-pk").first()
    if entry is None:
        return None
    link = AuditLink.objects.filter(entry_id=entry.pk).first()
    later = AuditSeal.objects.filter(last_sequence__gte=link.sequence) if link else AuditSeal.objects.none()
    sealed = later.order_by("last_sequence").first()
    entries, keys = [entry], seal_keys()
    if link and sealed and is_whole:
        entries = _chained(link.sequence, sealed.last_sequence)
    return {
        "entries": [canonical_row(one) for one in entries],
        "sequence": link.sequence if link else None,
        "previous": link.previous if link else None,
        "seal": _seal_row(sealed) if sealed else None,
        "key": _key_of(sealed, keys),
    }


def _chained(first: int, last: int) -> list[AuditEntry]:
    links = AuditLink.objects.filter(sequence__range=(first, last)).order_by("sequence")
    ids = list(links.values_list("entry_id", flat=True))
    found = AuditEntry.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]


def _key_of(sealed: AuditSeal | None, keys: list[SealKey]) -> str | None:
    """The public key that a seal bears; the one in use where there is no seal yet."""
    if sealed is None:
        return keys[-1].public if keys else None
    body = {name: value for name, value in _seal_row(sealed).items() if name != "signature"}
    found = rules.signing_key_of(keys, rules.canonical(body), sealed.signature, at=None)
    return found.public if found else None


def _seal_row(row: AuditSeal) -> Mapping[str, str | int]:
    return {
        "organisation": row.organisation_id, "last_sequence": row.last_sequence, "head": row.head,
        "sealed_at": row.stamp, "signature": row.signature,
    }  # fmt: skip


def verify() -> AuditReport:
    """Walk the chain of the body in scope and check every seal; names the first edited, deleted or moved row."""
    previous, sequence = rules.GENESIS, 0
    sealed, heads = {last for last, *_ in _seals()}, dict[int, str]()
    for link in chain.from_iterable(_steps()):
        sequence += 1
        if link[:3] != (sequence, link[1], previous) or _hash(previous, link) != link[3]:
            waiting = AuditEntry.objects.count() - sequence + 1
            return AuditReport(sequence - 1, waiting, 0, _fault(link, sequence, previous))
        previous = link[3]
        if sequence in sealed:
            heads[sequence] = previous
    lapses = _lapses()
    seals, fault = _check_seals(heads, lapses)
    waiting = AuditEntry.objects.count() - sequence
    return AuditReport(sequence, waiting, seals, fault, sum(one.lost - one.kept for one in lapses))


_Link = tuple[Any, ...]  # sequence, entry_id, previous, hash, and what rules.Chained names, or None for each


def _steps() -> Iterator[list[_Link]]:
    """Every link of the body in scope with its entry, a step at a time: however long the chain, memory stays flat."""
    quote = connection.ops.quote_name
    columns = ", ".join(f"l.{quote(name)}" for name in ("sequence", "entry_id", "previous", "hash"))
    columns += "".join(f", e.{quote(name)}" for name in COVERED)
    statement = (
        f"SELECT {columns} FROM {quote(AuditLink._meta.db_table)} l"  # noqa: S608  # names are ours
        f" LEFT JOIN {quote(AuditEntry._meta.db_table)} e ON e.id = l.entry_id AND e.organisation_id = l.organisation_id"
        " WHERE l.organisation_id = %s AND l.sequence > %s ORDER BY l.sequence LIMIT %s"
    )
    after, rows = -1, [()]
    while rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [current_organisation(), after, STEP])
            rows = cursor.fetchall()
        yield rows
        after = rows[-1][0] if rows else after


def _hash(previous: str, link: _Link) -> str | None:
    return None if link[4] is None else rules.next_hash(previous, link[4:])


def _fault(link: _Link, sequence: int, previous: str) -> Fault:
    """What is wrong with a link that does not follow from the one before and from its entry."""
    number, entry, claimed, *_ = link
    if number != sequence:
        return Fault(sequence, None, "deleted")
    if link[4] is None:
        return Fault(sequence, entry, "deleted")
    return Fault(sequence, entry, "edited" if claimed == previous else "reordered")


def _lapses() -> list[Lapse]:
    """What restores of the body in scope have lost, as each of them recorded it in the chain itself."""
    rows = AuditEntry.objects.filter(action=RESTORED).order_by("pk").values_list("facts", "stamp")
    found = [(json.loads(facts), stamp) for facts, stamp in rows]
    return [
        Lapse(int(facts["kept"]), int(facts["lost"]), stamp)
        for facts, stamp in found
        if int(facts["lost"]) > int(facts["kept"])
    ]


def _check_seals(heads: Mapping[int, str], lapses: Collection[Lapse]) -> tuple[int, Fault | None]:
    keys, count = seal_keys(), 0
    for sequence, head_hash, stamp, signature in _seals():
        body: dict[str, str | int] = {
            "organisation": current_organisation(), "last_sequence": sequence, "head": head_hash, "sealed_at": stamp,
        }  # fmt: skip
        if keys and rules.signing_key_of(keys, rules.canonical(body), signature, at=stamp) is None:
            return count, Fault(sequence, None, "resealed")
        if heads.get(sequence) != head_hash and not any(one.explains(sequence, stamp) for one in lapses):
            return count, Fault(sequence, None, "rewritten" if sequence in heads else "deleted")
        count += 1
    return count, None


def seal_keys(public: Path | None = None) -> list[SealKey]:
    """The public keys of the seals, oldest first: the first one kept outside, and those that followed it; or none.

    `public` is another place of that first key; what changed it stands beside it in `seal.keys.jsonl`.
    """
    path = public or Path(settings.TODOKE_SEAL_COPY_DIR) / "seal.pub"
    if not path.exists():
        return []
    changes = path.with_name(KEY_CHANGES)
    lines = changes.read_text().splitlines() if changes.exists() else []
    return rules.keys_after(path.read_text().strip(), [one for line in lines if (one := _change(line))])


def is_signed_by(keys: Sequence[SealKey], content: bytes, signature: str) -> bool:
    """Whether one of these keys has signed what another stage vouches for, whenever that was."""
    return rules.signing_key_of(keys, content, signature, at=None) is not None


def _change(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError:  # torn by a crash while it was written
        return {}
    return found if isinstance(found, dict) else {}


def _seals() -> Iterator[tuple[int, str, str, str]]:
    """The seals of the database, then the copies in the seal directory, which a database owner cannot change."""
    yield from AuditSeal.objects.order_by("last_sequence").values_list(
        "last_sequence", "head", "stamp", "signature"
    )
    path = Path(settings.TODOKE_SEAL_COPY_DIR) / f"{current_organisation()}.jsonl"
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            copy = json.loads(line)
        except ValueError:  # torn by a crash while it was written: its seal still stands in the database
            continue
        yield copy["last_sequence"], copy["head"], copy["sealed_at"], copy["signature"]


def export() -> Iterator[Mapping[str, object]]:
    """Entries in chain order, links and seals of the body in scope, one mapping a line, for tools/audit_verify.py."""
    for entry in AuditEntry.objects.order_by("pk").iterator():
        yield {"kind": "entry", **canonical_row(entry)}
    for link in AuditLink.objects.order_by("sequence").iterator():
        yield {
            "kind": "link", "organisation": link.organisation_id, "sequence": link.sequence,
            "entry_id": link.entry_id, "previous": link.previous, "hash": link.hash,
        }  # fmt: skip
    for sequence, head_hash, stamp, signature in AuditSeal.objects.order_by("last_sequence").values_list(
        "last_sequence", "head", "stamp", "signature"
    ):
        yield {
            "kind": "seal", "organisation": current_organisation(), "last_sequence": sequence, "head": head_hash,
            "sealed_at": stamp, "signature": signature,
        }  # fmt: skip
