"""Choosing: one row per choice, never changed."""

from datetime import datetime

from django.db import transaction

from todoke.casework.relay import queries as relay
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import current_organisation
from todoke.foundation.procedures import queries as procedures

from . import rules
from .errors import ChoiceUnfit, ChooserUnnamed
from .models import RevocationChoiceRow
from .values import RevocationChoice


@transaction.atomic
def choose_checker(choice: RevocationChoice, *, actor: Actor, at: datetime) -> int:
    """Add a choice of the body in scope; returns its number.

    `choice` says checker, channel, procedure, reason and valid_from; author and time are `actor` and `at`. Raises
    ChooserUnnamed for anybody but a signed-in person, ChoiceUnfit, ChannelUnknown.
    """
    if actor.kind is not ActorKind.STAFF:
        raise ChooserUnnamed
    valid_from = rules.beginning_of(choice, at)
    if choice.procedure and choice.procedure not in procedures.catalogue():
        raise ChoiceUnfit(what="手続がありません")
    channel = relay.channel(choice.channel) if choice.channel else None
    row = RevocationChoiceRow.objects.create(
        organisation_id=current_organisation(), channel_id=channel.id if channel else None,
        procedure=choice.procedure, checker=choice.checker.value, reason=choice.reason.strip()[:500],
        chosen_by=actor.id, chosen_at=at, valid_from=valid_from,
    )  # fmt: skip
    audit.record(
        "checker.chosen", object_kind="revocation_choice", object_id=str(row.pk), actor=actor, at=at,
        facts={"checker": choice.checker.value, "channel": choice.channel, "procedure": choice.procedure},
    )  # fmt: skip
    return row.pk
