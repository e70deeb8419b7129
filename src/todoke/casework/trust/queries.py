"""What was chosen, what counts, and since when."""

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Max

from todoke.foundation.fence import select_rows

from . import rules
from .models import RevocationChoiceRow
from .rules import Policy
from .values import Checker, RevocationChoice


def history() -> list[RevocationChoice]:
    """Every choice of the body in scope, the newest first."""
    if not select_rows(
        RevocationChoiceRow, ("id",)
    ):  # most bodies have chosen nothing: no query set is built
        return []
    rows = RevocationChoiceRow.objects.select_related("channel").order_by("-pk")
    return [
        RevocationChoice(
            Checker(row.checker), row.channel.name if row.channel else "", row.procedure, row.reason, row.chosen_by,
            row.chosen_at, row.valid_from, row.pk,
        )
        for row in rows
    ]  # fmt: skip


def newest_choice(at: datetime) -> int:
    """The number of the newest choice that has begun; 0 without one."""
    found = RevocationChoiceRow.objects.filter(valid_from__lte=at).aggregate(newest=Max("pk"))["newest"]
    return int(found or 0)


def default() -> RevocationChoice:
    """What counts where nobody has chosen: the setting TODOKE_REVOCATION."""
    return RevocationChoice(rules.default_of(is_list_required=settings.TODOKE_REVOCATION == "required"))


def policies(at: datetime) -> "Policies":
    """What counts now for every channel of the body in scope, read once for a batch."""
    return Policies(history(), at)


def no_policies() -> "Policies":
    """Before anything was read: the default counts everywhere."""
    return Policies([], datetime.min.replace(tzinfo=UTC))


class Policies:
    """The choices of one body at one moment."""

    def __init__(self, choices: list[RevocationChoice], at: datetime) -> None:
        """Read nothing: `choices` were read before."""
        self.in_force = rules.in_force(choices, at)
        self._default = default().checker

    def of_channel(self, channel: str) -> Policy:
        """Per procedure, the choice that counts for packages of a channel."""
        return rules.policy_of(self.in_force, channel, self._default)
