"""Which choice counts: the most particular one that has begun, the latest of those; else the installation's default."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from .errors import ChoiceUnfit
from .values import CHOOSABLE, Checker, RevocationChoice

Place = tuple[str, str]
Policy = Callable[[str], RevocationChoice]


def in_force(choices: Iterable[RevocationChoice], at: datetime) -> Mapping[Place, RevocationChoice]:
    """The choice that counts for each (channel, procedure) named in one; withdrawn ones are left out."""
    begun = [one for one in choices if one.valid_from is not None and one.valid_from <= at]
    begun.sort(key=lambda one: (one.valid_from, one.id))
    latest = {(one.channel, one.procedure): one for one in begun}
    return {place: one for place, one in latest.items() if one.checker is not Checker.WITHDRAWN}


def choice_for(
    chosen: Mapping[Place, RevocationChoice], channel: str, procedure: str, default: Checker
) -> RevocationChoice:
    """The choice for a package: channel and procedure, channel, procedure, whole body, then the default."""
    for place in ((channel, procedure), (channel, ""), ("", procedure), ("", "")):
        if place in chosen:
            return chosen[place]
    return RevocationChoice(default)


def policy_of(chosen: Mapping[Place, RevocationChoice], channel: str, default: Checker) -> Policy:
    """What counts per procedure for the packages of one channel."""
    return lambda procedure: choice_for(chosen, channel, procedure, default)


def default_of(*, is_list_required: bool) -> Checker:
    """The default of last resort（TODOKE_REVOCATION）."""
    return Checker.LIST if is_list_required else Checker.LIST_IF_PRESENT


def beginning_of(choice: RevocationChoice, at: datetime) -> datetime:
    """When a choice begins; raises ChoiceUnfit unless a person may choose it, with a reason, from now on or later."""
    if choice.checker not in CHOOSABLE:
        raise ChoiceUnfit(what="選べない方法です")
    if not choice.reason.strip():
        raise ChoiceUnfit(what="理由がありません")
    if choice.valid_from is None or choice.valid_from < at:
        raise ChoiceUnfit(what="適用の始まりが過ぎています")
    return choice.valid_from
