"""Keeping editions for a body: what is kept never changes, and its hash stands in the audit."""

import zlib
from datetime import datetime

from django.db import transaction

from todoke.foundation.accounts.queries import require
from todoke.foundation.accounts.values import Right, Viewer
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation

from . import queries
from .errors import EditionTaken, PackInvalid
from .models import EditionRow
from .rules.documents import canonical, document_of
from .values import Edition, EditionOrigin, EditionRef, Weight


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
        sha256=edition.sha256, document=zlib.compress(canonical(document_of(edition)), 9), origin=origin.value, kept_at=at,
        kept_by=f"{actor.kind.value}:{actor.id}"[:64],
    )  # fmt: skip
    audit.record(
        "edition.kept", object_kind="edition", object_id=str(name)[:64], actor=actor, at=at,
        facts={"sha256": edition.sha256, "origin": origin.value, "nodes": len(edition.nodes)},
    )  # fmt: skip
    return name


def _check(edition: Edition) -> None:
    faults = [one for one in queries.findings(edition) if one.weight is Weight.FAULT]
    if faults:
        raise PackInvalid(pack=str(edition.ref), count=len(faults), where=faults[0].where)
