"""Keeping editions for a body: what is kept never changes, and its hash stands in the audit."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.canonical import bytes_of
from todoke.foundation.exchange import services as exchange
from todoke.foundation.exchange.values import Letter
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations.queries import organisation

from . import queries
from .errors import EditionTaken, PackInvalid, SenderNotAbove
from .models import EditionRow
from .rules.documents import document_of
from .values import Edition, EditionOrigin, EditionRef, Weight

LETTER_KIND = "programme.pack"


def take_over(
    viewer: Viewer, edition: Edition, *, origin: EditionOrigin, at: datetime, terminal: str = ""
) -> EditionRef:
    """A person takes an edition over for their body. Raises RightMissing and what `keep` raises."""
    require(viewer, Right.ADOPT_EDITIONS)
    return keep(edition, actor=viewer.actor(terminal), at=at, origin=origin)


@transaction.atomic
def keep(
    edition: Edition, *, actor: Actor, at: datetime, origin: EditionOrigin = EditionOrigin.OWN
) -> EditionRef:
    """Keep an edition for the body in scope, for good; the same one twice changes nothing.

    A plan that pins a shipped edition keeps it, so that an update of the product changes no plan. Raises PackInvalid for
    an edition with faults, EditionTaken when its name is taken by other contents.
    """
    name, kept = edition.ref, queries.kept_hash(edition.ref)
    if (kept or queries.shipped_hash(name)) not in ("", edition.sha256):
        raise EditionTaken(edition=str(name))
    if kept:
        return name
    _check(edition)
    EditionRow.objects.create(
        organisation_id=current_organisation(), pack=name.pack, edition=name.edition, release=name.release,
        sha256=edition.sha256, document=zlib.compress(bytes_of(document_of(edition)), 9), origin=origin.value, kept_at=at,
        kept_by=f"{actor.kind.value}:{actor.id}"[:64],
    )  # fmt: skip
    audit.record(
        "edition.kept", object_kind="edition", object_id=str(name)[:64], actor=actor, at=at,
        facts={"sha256": edition.sha256, "origin": origin.value, "nodes": len(edition.nodes)},
    )  # fmt: skip
    return name


@transaction.atomic
def publish(
    viewer: Viewer,
    ref: EditionRef,
    *,
    recipients: Sequence[str],
    as_of: date,
    at: datetime,
    terminal: str = "",
) -> None:
    """Send an edition, most often an overlay of a prefecture, to other bodies as signed files; they keep it as received.

    Sending it again does no harm. Raises RightMissing, EditionUnknown.
    """
    require(viewer, Right.ASK_BODIES)
    body = document_of(queries.edition(ref))
    for recipient in dict.fromkeys(recipients):
        exchange.write(
            LETTER_KIND, recipient=recipient, as_of=as_of, body=body, actor=viewer.actor(terminal), at=at
        )


@transaction.atomic
def receive(letter: Letter, *, actor: Actor, at: datetime) -> EditionRef:
    """Keep the edition of a verified letter from the body that the one in scope submits to; it changes no plan.

    Raises SenderNotAbove, PackUnreadable and what `keep` raises.
    """
    if not letter.sender or letter.sender != organisation(current_organisation()).parent:
        raise SenderNotAbove
    edition = queries.edition_from(letter.body, f"{letter.sender} {letter.number}")
    return keep(edition, actor=actor, at=at, origin=EditionOrigin.RECEIVED)


def _check(edition: Edition) -> None:
    faults = [one for one in queries.findings(edition) if one.weight is Weight.FAULT]
    if faults:
        raise PackInvalid(pack=str(edition.ref), count=len(faults), where=faults[0].where)
