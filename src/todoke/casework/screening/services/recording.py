"""Lending contents to be looked into, and recording what was found."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from todoke.casework.screening import queries
from todoke.casework.screening.errors import NothingToScanAgain
from todoke.casework.screening.models import ScanResult, ScreenedContent, Screening
from todoke.casework.screening.rules import inspecting, standings
from todoke.casework.screening.values import ClaimedContent, Inspection, ScreeningState
from todoke.foundation import leases
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, Entry
from todoke.foundation.fence import current_organisation
from todoke.foundation.leases import Claim, Claimant, Failure

from .standing import ask_for_copies, draw_anew

log = logging.getLogger("todoke.screening")
STALE_AGAIN = timedelta(hours=1)  # until a scanner with old signatures is asked again


@transaction.atomic
def claim_contents(*, limit: int, by: Claimant) -> list[ClaimedContent]:
    """Claim contents that wait to be looked into, in the order in which they came in."""
    where = {"state": ScreeningState.WAITING.value}
    claims = leases.claim(ScreenedContent, where=where, order=["id"], limit=limit, by=by)
    rows = ScreenedContent.objects.select_related("sample").in_bulk([one.id for one in claims])
    return [_claimed(claim, rows[claim.id]) for claim in claims]


def _claimed(claim: Claim, row: ScreenedContent) -> ClaimedContent:
    return ClaimedContent(
        claim,
        row.sample_id,
        row.sha256,
        row.size,
        row.kind,
        row.sample.label,
        tuple(row.codes.split()),
        row.needs_look,
        row.is_dangerous,
    )


@transaction.atomic
def store_inspections(inspections: Sequence[Inspection], *, actor: Actor, at: datetime) -> int:
    """Record what was found about claimed contents; returns how many were still ours.

    What is doubtful gets a copy, what is sealed is audited; every attachment with these bytes follows at once.
    """
    mine = leases.still_mine(ScreenedContent, (one.content.claim for one in inspections))
    ours = [one for one in inspections if one.content.claim.id in mine]
    for one in ours:
        _update(one, at)
    _keep_scans(ours)
    rows = ScreenedContent.objects.in_bulk([one.content.claim.id for one in ours])
    doubtful = {row: row.codes.split() for row in rows.values() if standings.wants_copy(row.codes.split())}
    ask_for_copies(doubtful, at)
    draw_anew(list(rows), at)
    _tell_of_sealed(rows, actor, at)
    return len(ours)


def _update(one: Inspection, at: datetime) -> None:
    state = inspecting.state_after(one, is_scanner_set_up=queries.is_scanner_set_up())
    waits = state is ScreeningState.WAITING
    ScreenedContent.objects.filter(pk=one.content.claim.id).update(
        state=state.value, is_dangerous=inspecting.is_dangerous(one),
        codes=" ".join(inspecting.codes_after(one))[:200], needs_look=waits and one.content.needs_look,
        screened_at=None if waits else at, due_at=at + STALE_AGAIN if waits else at, lease_owner="", lease_until=None,
        attempts=0,
    )  # fmt: skip


def _keep_scans(ours: Iterable[Inspection]) -> None:
    ScanResult.objects.bulk_create(
        ScanResult(
            organisation_id=current_organisation(), content_id=one.content.claim.id, engine=one.scan.engine.name[:80],
            signatures=one.scan.engine.signatures[:40], signatures_at=one.scan.engine.signatures_at,
            outcome=one.scan.outcome.value, found=one.scan.found[:200], at=one.scan.at,
        )
        for one in ours
        if one.scan is not None
    )  # fmt: skip


def _tell_of_sealed(rows: Mapping[int, ScreenedContent], actor: Actor, at: datetime) -> None:
    """An entry for every attachment that is sealed by what was found, and an event: malware is an alarm."""
    sealed = [pk for pk, row in rows.items() if row.state == ScreeningState.SEALED.value]
    if not sealed:
        return
    found = Screening.objects.filter(content_id__in=sealed).values_list("attachment_id", "content_id")
    audit.record_many(
        [
            Entry(
                "attachment.infected" if standings.INFECTED in rows[content].codes.split() else "attachment.sealed",
                "attachment", str(attachment), actor, at, {"codes": rows[content].codes},
            )
            for attachment, content in found
        ]
    )  # fmt: skip
    for pk in sealed:
        log.error("screening.sealed content=%d codes=%s", pk, rows[pk].codes.replace(" ", ","))


def postpone_contents(contents: Iterable[ClaimedContent], *, at: datetime) -> None:
    """Give contents back because the scanner is away: due later, never parked, never clean（F21）."""
    leases.postpone(ScreenedContent, [one.claim for one in contents], now=at)


def give_back_contents(contents: Iterable[ClaimedContent], *, at: datetime) -> None:
    """Give contents back that there was no time for: due at once, and no attempt is counted."""
    mine = leases.still_mine(ScreenedContent, (one.claim for one in contents))
    leases.release(ScreenedContent, mine, due_at=at)


def fail_content(one: ClaimedContent, *, at: datetime) -> Failure:
    """Note that a content could not be looked into alone: later again, parked at the limit."""
    return leases.fail(ScreenedContent, one.claim, now=at)


@transaction.atomic
def try_content_again(content_id: int, *, actor: Actor, at: datetime) -> bool:
    """Let a parked content be looked into again from the first attempt; False when it was not parked."""
    done = leases.unpark(ScreenedContent, content_id, now=at)
    if done:
        audit.record("content.unparked", object_kind="content", object_id=str(content_id), actor=actor, at=at)
    return done


@transaction.atomic
def scan_unscanned(*, limit: int, at: datetime) -> int:
    """Let contents that came in without a scanner be scanned now that there is one; returns how many."""
    rows = ScreenedContent.objects.filter(state=ScreeningState.UNSCANNED.value).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:limit])
    waiting = ScreenedContent.objects.filter(pk__in=ids, state=ScreeningState.UNSCANNED.value)
    waiting.update(state=ScreeningState.WAITING.value, due_at=at, noted_at=at)
    draw_anew(ids, at)
    return len(ids)


@transaction.atomic
def scan_again(viewer: Viewer, attachment_id: int, *, at: datetime, terminal: str = "") -> None:
    """Let the scanner look again, with newer signatures or restored bytes; until it has, the file stays as it is.

    Raises RightMissing, NothingToScanAgain.
    """
    accounts.require(viewer, Right.RELEASE_ATTACHMENTS)
    row = Screening.objects.select_related("content").filter(attachment_id=attachment_id).first()
    if row is None or not standings.may_be_scanned_again(row.content.codes.split()):
        raise NothingToScanAgain
    ScreenedContent.objects.filter(pk=row.content_id).update(
        state=ScreeningState.WAITING.value, due_at=at, noted_at=at, attempts=0, parked_code=""
    )
    draw_anew([row.content_id], at)
    audit.record(
        "attachment.scan_again", object_kind="attachment", object_id=str(attachment_id),
        actor=viewer.actor(terminal), at=at, facts={"codes": row.content.codes},
    )  # fmt: skip
