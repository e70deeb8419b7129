"""Lending copies to be made, keeping what was made, and asking for one."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from todoke.casework.screening.errors import NoCopyToAskFor, ScreeningUnknown
from todoke.casework.screening.models import SanitisedCopy, ScreenedContent, Screening
from todoke.casework.screening.rules import standings
from todoke.casework.screening.values import ClaimedCopy, CopyRefused, CopyState, MadeCopy
from todoke.foundation import leases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.leases import Claim, Claimant, Failure
from todoke.foundation.vault import services as vault
from todoke.foundation.vault.values import Written

from .standing import ask_for_copies, draw_anew

log = logging.getLogger("todoke.screening")
Result = tuple[ClaimedCopy, MadeCopy | CopyRefused, Written | None]


@transaction.atomic
def claim_copies(*, limit: int, by: Claimant) -> list[ClaimedCopy]:
    """Claim copies that have to be made, oldest first."""
    where = {"state": CopyState.MAKING.value}
    claims = leases.claim(SanitisedCopy, where=where, order=["id"], limit=limit, by=by)
    rows = SanitisedCopy.objects.select_related("content").in_bulk([one.id for one in claims])
    return [_claimed(claim, rows[claim.id]) for claim in claims]


def _claimed(claim: Claim, row: SanitisedCopy) -> ClaimedCopy:
    content = row.content
    return ClaimedCopy(claim, content.pk, content.sample_id, content.sha256, content.size, content.kind)


@transaction.atomic
def store_copies(results: Sequence[Result], *, actor: Actor, at: datetime) -> int:
    """Keep copies whose bytes are durable in the vault, and why others were not made; returns how many were ours."""
    mine = leases.still_mine(SanitisedCopy, (copy.claim for copy, _, _ in results))
    ours = [one for one in results if one[0].claim.id in mine]
    refs = vault.register([written for _, _, written in ours if written is not None], at=at)
    blobs = {ref.sha256: ref.id for ref in refs}
    for copy, result, _ in ours:
        if isinstance(result, MadeCopy):
            changes = _made(result, blobs[result.sha256])
        else:
            changes = {"state": CopyState.NOT_MADE.value, "code": result.code}
            log.warning("screening.copy_refused copy=%d reason=%s", copy.claim.id, result.fact)
        SanitisedCopy.objects.filter(pk=copy.claim.id).update(
            **changes, made_at=at, lease_owner="", lease_until=None, attempts=0
        )
    draw_anew([copy.content_id for copy, _, _ in ours], at)
    audit.record_many([_entry(copy, result, actor, at) for copy, result, _ in ours])
    return len(ours)


def _made(copy: MadeCopy, blob_id: int) -> dict[str, object]:
    return {
        "state": CopyState.MADE.value, "blob_id": blob_id, "kind": copy.kind, "size": len(copy.content),
        "sha256_after": copy.sha256, "pages_before": copy.pages_before, "pages_after": copy.pages_after,
        "tool": copy.tool, "is_partial": copy.is_partial, "code": "",
    }  # fmt: skip


def _entry(copy: ClaimedCopy, result: MadeCopy | CopyRefused, actor: Actor, at: datetime) -> Entry:
    facts: dict[str, str | int] = {"content": copy.content_id, "before": copy.sha256}
    if isinstance(result, MadeCopy):
        facts |= {"after": result.sha256, "tool": result.tool, "pages": result.pages_after}
    else:
        facts |= {"code": result.code, "reason": result.fact}
    action = "attachment.copied" if isinstance(result, MadeCopy) else "attachment.not_copied"
    return Entry(action, "attachment", str(copy.attachment_id), actor, at, facts)


def postpone_copies(rest: Iterable[ClaimedCopy], *, at: datetime) -> None:
    """Give copies back because what they need is away（storage, keys, confinement）: due later, never parked."""
    leases.postpone(SanitisedCopy, [one.claim for one in rest], now=at)


def fail_copy(one: ClaimedCopy, *, at: datetime) -> Failure:
    """Note that a copy could not be worked on for a fault that is not the file's: later again, parked at the limit."""
    return leases.fail(SanitisedCopy, one.claim, now=at)


@transaction.atomic
def try_copy_again(copy_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked copy be made again from the first attempt; False when it was not parked."""
    done = leases.unpark(SanitisedCopy, copy_id, now=at)
    if done:
        audit.record("copy.unparked", object_kind="copy", object_id=str(copy_id), actor=actor, at=at)
    return done


@transaction.atomic
def ask_for_copy(attachment_id: int, *, actor: Actor, at: datetime) -> None:
    """A clerk wants a copy of a file that nothing was found in. Raises ScreeningUnknown, NoCopyToAskFor."""
    row = Screening.objects.select_related("content").filter(attachment_id=attachment_id).first()
    if row is None:
        raise ScreeningUnknown
    content: ScreenedContent = row.content
    codes = standings.codes_of(row.codes, content.codes)
    is_there = SanitisedCopy.objects.filter(content=content).exists()
    if is_there or standings.copy_refusal(content.kind, codes):
        raise NoCopyToAskFor
    ask_for_copies({content: codes}, at)
    audit.record(
        "attachment.copy_asked_for",
        object_kind="attachment",
        object_id=str(attachment_id),
        actor=actor,
        at=at,
    )
