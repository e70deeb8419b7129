"""The choices of a body as the page of the administrator shows them: with names, and what counts where nobody chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from todoke.casework.trust import queries as trust
from todoke.casework.trust.values import RevocationChoice
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.procedures import queries as procedures

EVERY_CHANNEL, EVERY_PROCEDURE = "すべての経路", "すべての手続"


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """One choice in words."""

    channel: str
    procedure: str
    checker: str
    chosen_by: str
    chosen_at: datetime | None
    valid_from: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class TrustChoices:
    """What counts now, the most particular first; the default; and every choice that was ever made."""

    in_force: Sequence[ChoiceLine]
    default: str
    history: Sequence[ChoiceLine]


def of(*, at: datetime) -> TrustChoices:
    """Ask what was chosen in the body in scope."""
    names = staff_names()
    counting = trust.policies(at).in_force
    order = sorted(counting, key=lambda place: (not place[0], not place[1], place))
    return TrustChoices(
        [_line(counting[place], names) for place in order],
        trust.default().checker.label,
        [_line(one, names) for one in trust.history()],
    )


def staff_names() -> dict[str, str]:
    """Numbers of staff as the audit knows them → names on screen."""
    return {str(person.pk): person.display_name for person in accounts.all_staff()}


def _line(one: RevocationChoice, names: dict[str, str]) -> ChoiceLine:
    procedure = procedures.catalogue().get(one.procedure)
    return ChoiceLine(
        one.channel or EVERY_CHANNEL,
        f"{one.procedure} {procedure.name}" if procedure else one.procedure or EVERY_PROCEDURE,
        one.checker.label, names.get(one.chosen_by, f"職員番号 {one.chosen_by}"), one.chosen_at, one.valid_from, one.reason,
    )  # fmt: skip
