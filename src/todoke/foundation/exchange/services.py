"""Writing letters, delivering and collecting their files, and taking what arrived."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from todoke.foundation import durable, leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.canonical import sha256
from todoke.foundation.errors import TodokeError, whereabouts
from todoke.foundation.fence import current_organisation, one_at_a_time, scope
from todoke.foundation.leases import Claim, Claimant, Failure, JobContext

from . import queries, rules
from .errors import NumberTaken
from .models import ExchangePeer, IncomingFile, OutgoingFile
from .values import LARGEST_FILE, Arrived, IncomingState, Letter, OutgoingState

log = logging.getLogger(__name__)
EXCHANGE_LOCK = 7_405_011  # advisory lock number on PostgreSQL; combined with the organisation's code


@transaction.atomic
def write(
    kind: str, *, recipient: str, as_of: date, body: Mapping[str, Any], actor: Actor, at: datetime
) -> int:
    """Write a letter of the body in scope, in the caller's transaction; the worker delivers it. Returns its number.

    The body holds no personal data: that is a promise of the stage whose kind it is.
    """
    one_at_a_time(EXCHANGE_LOCK)
    ours = current_organisation()
    last = OutgoingFile.objects.filter(recipient=recipient, kind=kind).aggregate(last=Max("number"))["last"]
    letter = Letter(kind, ours, recipient, (last or 0) + 1, as_of, at, body)
    content = rules.seal(letter, _private_key(ours))
    OutgoingFile.objects.create(
        organisation_id=ours, kind=kind, recipient=recipient, number=letter.number, as_of=as_of, made_at=at,
        content=content.decode(), sha256=sha256(content), state=OutgoingState.READY.value, due_at=at,
    )  # fmt: skip
    audit.record(
        "exchange.written", object_kind="exchange", object_id=f"{recipient}:{kind}:{letter.number}", actor=actor, at=at,
        facts={"sha256": sha256(content)},
    )  # fmt: skip
    return letter.number


def _private_key(organisation: str) -> bytes:
    path = queries.key_file(organisation)
    if not path.exists():
        durable.keep_first(path, os.urandom(32).hex().encode())
    return bytes.fromhex(path.read_text())


def own_public_key() -> str:
    """The public key of the body in scope; its key is made when it has none."""
    return rules.public_key_of(_private_key(current_organisation()))


@transaction.atomic
def believe(peer: str, public_key: str, *, actor: Actor, at: datetime) -> None:
    """Register another body's key, which a person has compared with its owner. Raises KeyUnfit."""
    key = rules.check_key(public_key)
    _, is_new = ExchangePeer.objects.get_or_create(
        organisation_id=current_organisation(), peer=peer, public_key=key,
        defaults={"since": at, "registered_by": str(actor.id)},
    )  # fmt: skip
    if is_new:
        audit.record("exchange.peer_believed", object_kind="exchange", object_id=peer, actor=actor, at=at)


@transaction.atomic
def end_belief(peer: str, public_key: str, *, actor: Actor, at: datetime) -> bool:
    """Believe a key no longer for what is made from now on; False when it was not believed."""
    rows = ExchangePeer.objects.filter(peer=peer, public_key=public_key, until__isnull=True)
    done = bool(rows.update(until=at))
    if done:
        audit.record("exchange.peer_ended", object_kind="exchange", object_id=peer, actor=actor, at=at)
    return done


def introduce(sender: str, recipient: str, *, actor: Actor, at: datetime) -> None:
    """Let two bodies of one installation believe each other's files; the installation vouches. Needs no scope."""
    for one, other in ((sender, recipient), (recipient, sender)):
        with scope(one):
            key = own_public_key()
        with scope(other):
            believe(one, key, actor=actor, at=at)


def deliver(context: JobContext) -> int:
    """Write out the files of one body that are ready; written twice, a file is the same. Returns how many."""
    where = {"state": OutgoingState.READY.value}
    with scope(context.organisation, read_only=True):
        if not OutgoingFile.objects.filter(
            **where
        ).exists():  # nearly always: no turn at writing is asked for
            return 0
    with scope(context.organisation):
        claims = leases.claim(OutgoingFile, where=where, order=["id"], limit=context.limit, by=context.by)
        found = {row.pk: row for row in OutgoingFile.objects.filter(pk__in=[one.id for one in claims])}
    for one in claims:
        row = found[one.id]
        letter, _ = rules.read(row.content.encode())
        target = Path(settings.TODOKE_EXCHANGE_OUT) / row.recipient / rules.file_name(letter)
        durable.put(target, row.content.encode(), mode=0o640)
    with scope(context.organisation):
        mine = leases.still_mine(OutgoingFile, claims)
        OutgoingFile.objects.filter(pk__in=mine).update(
            state=OutgoingState.SENT.value, sent_at=context.by.now, lease_owner="", lease_until=None
        )
    return len(mine)


def collect(context: JobContext) -> int:
    """Take in the files that lie in one body's folder: verified ones wait for their stage, others are put aside.

    Returns how many were stored. A file that has been taken already is put away again; a bad one never stops the others.
    """
    folder, stored = queries.inbox(context.organisation), 0
    if not folder.is_dir():
        return 0
    for file in sorted(folder.glob("*.json"))[: context.limit]:
        try:
            stored += _collect_one(file, context)
            _put_away(file, "taken")
        except TodokeError as refusal:
            log.warning("exchange.refused organisation=%s code=%s", context.organisation, refusal.code)
            _put_away(file, f"refused-{refusal.code}")
    return stored


def _collect_one(file: Path, context: JobContext) -> int:
    with open(file, "rb") as opened:
        content = opened.read(LARGEST_FILE + 1).strip()
    letter, document = rules.read(content)
    digest = sha256(content)
    with scope(context.organisation):
        rules.verify(letter, document, ours=context.organisation, peers=queries.peers())
        known = IncomingFile.objects.filter(sender=letter.sender, kind=letter.kind, number=letter.number)
        for sha in known.values_list("sha256", flat=True):
            if sha != digest:
                raise NumberTaken(number=letter.number, sender=letter.sender)
            return 0
        return _store(letter, content, digest, context.by)


def _store(letter: Letter, content: bytes, digest: str, by: Claimant) -> int:
    try:
        with transaction.atomic():
            IncomingFile.objects.create(
                organisation_id=letter.recipient, kind=letter.kind, sender=letter.sender, number=letter.number,
                as_of=letter.as_of, made_at=letter.made_at, received_at=by.now, content=content.decode(),
                sha256=digest, state=IncomingState.WAITING.value, due_at=by.now,
            )  # fmt: skip
    except IntegrityError:
        return 0  # another worker was first; the next look compares the content
    return 1


def _put_away(file: Path, folder: str) -> None:
    """Move a file beside the others of its fate; it is never deleted here."""
    target = file.parent / folder
    durable.make_folder(target)
    try:
        os.replace(file, target / file.name)
    except FileNotFoundError:
        return  # another worker has moved it
    durable.sync_folder(target)
    durable.sync_folder(file.parent)


def take_each(kinds: Sequence[str], context: JobContext, take: Callable[[Arrived, Actor], object]) -> int:
    """Take the files of these kinds that wait for a body, each by `take` in a transaction of its own. Returns how many.

    A file that `take` refuses（TodokeError）stays with its code for a person; with one where anything else goes wrong it
    is tried again later, and parked at the limit. Neither stops another. Of a lost claim nothing is kept.
    """
    with scope(context.organisation, read_only=True):
        if not queries.waiting(kinds):  # nearly always: no turn at writing is asked for
            return 0
    with scope(context.organisation):
        waiting = claim(kinds, limit=context.limit, by=context.by)
    return sum(_take_one(one, context, take) for one in waiting)


def _take_one(arrived: Arrived, context: JobContext, take: Callable[[Arrived, Actor], object]) -> bool:
    at = context.by.now
    try:
        with scope(context.organisation), transaction.atomic():
            take(arrived, Actor(ActorKind.WORKER, context.by.owner))
            is_ours = taken(arrived, at=at)
            transaction.set_rollback(not is_ours)
        return is_ours
    except TodokeError as refusal:
        _tell(arrived, context, refusal.code)
        with scope(context.organisation):
            refuse(arrived, code=refusal.code, at=at)
    except Exception as trouble:  # noqa: BLE001  # whatever one file does, the others must not suffer for it
        _tell(arrived, context, whereabouts(trouble))
        with scope(context.organisation):
            fail(arrived, at=at)
    return False


def _tell(arrived: Arrived, context: JobContext, why: str) -> None:
    log.warning(
        "exchange.not_taken organisation=%s kind=%s number=%s code=%s", context.organisation, arrived.letter.kind,
        arrived.letter.number, why,
    )  # fmt: skip


@transaction.atomic
def claim(kinds: Sequence[str], *, limit: int, by: Claimant) -> list[Arrived]:
    """Claim files of these kinds that wait, in the order of their arrival."""
    claims: dict[int, Claim] = {}
    for kind in kinds:
        where = {"kind": kind, "state": IncomingState.WAITING.value}
        room = limit - len(claims)
        found = leases.claim(IncomingFile, where=where, order=["id"], limit=room, by=by) if room else []
        claims |= {one.id: one for one in found}
    rows = IncomingFile.objects.filter(pk__in=claims).order_by("pk")
    return [
        Arrived(
            row.pk, claims[row.pk].fence, claims[row.pk].attempts, rules.read(row.content.encode())[0], row.sha256,
            row.received_at, row.content,
        )
        for row in rows
    ]  # fmt: skip


def taken(arrived: Arrived, *, at: datetime) -> bool:
    """Note, in the caller's transaction, that a file was taken; False when this claim is no longer ours: roll back."""
    rows = IncomingFile.objects.filter(pk=arrived.id, fence=arrived.fence, state=IncomingState.WAITING.value)
    return bool(
        rows.update(state=IncomingState.TAKEN.value, taken_at=at, lease_owner="", lease_until=None, code="")
    )


@transaction.atomic
def refuse(arrived: Arrived, *, code: str, at: datetime) -> bool:
    """Note that a verified file says what its stage does not take; a person asks its sender."""
    rows = IncomingFile.objects.filter(pk=arrived.id, fence=arrived.fence, state=IncomingState.WAITING.value)
    return bool(
        rows.update(
            state=IncomingState.REFUSED.value, taken_at=at, code=code, lease_owner="", lease_until=None
        )
    )


@transaction.atomic
def fail(arrived: Arrived, *, at: datetime) -> Failure:
    """Note that taking a file failed: tried again later, parked at the limit."""
    return leases.fail(IncomingFile, Claim(arrived.id, arrived.fence, arrived.attempts), now=at)
