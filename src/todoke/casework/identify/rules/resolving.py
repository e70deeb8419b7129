"""Which number a certificate speaks for at the time of application.

A certificate that was in force then speaks for the number it was linked to. One that had ended speaks for its
number only if the same person has a newer one（更新）and a file says so: otherwise it may have ended by 転出 or death, and
a person decides (C12). A renewal that was only derived from successive loads（推定）is offered, not taken. Two numbers
for one certificate are never chosen between (C13).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from todoke.casework.identify.values import ATENA, CONFLICT, DERIVED, IdentityResult, IdentityState, Link

from .history import is_inferred

UNKNOWN = IdentityResult(IdentityState.UNKNOWN)


def resolve(links: Sequence[Link], at: datetime, of_same_number: Iterable[Link] = ()) -> IdentityResult:
    """Who holds the certificate with these links at `at`; `of_same_number` are all links of the same numbers.

    All `links` must have one and the same key: certificates of two issuers are never merged (C09).
    """
    links = _of_one_kind(links)
    live = {link.number for link in links if link.holds_at(at)}
    if live:
        return _single_or_conflict(live, links, IdentityState.MATCHED)
    ended = [link for link in links if link.valid_to is not None and link.valid_to <= at]
    if len({link.number for link in ended}) > 1:
        return _single_or_conflict({link.number for link in ended}, links, IdentityState.CONFLICT)
    newer = list(of_same_number)
    pairs = [(old, other) for old in ended for other in newer if _replaces(other, old, at)]
    if any(not is_inferred(old, other) for old, other in pairs):
        return _single_or_conflict({link.number for link in ended}, links, IdentityState.RENEWED)
    if pairs:
        return IdentityResult(IdentityState.UNKNOWN, candidates=1, code=DERIVED)
    return UNKNOWN


def _of_one_kind(links: Sequence[Link]) -> Sequence[Link]:
    """The links of the 宛名番号, or of the first other kind: numbers of two kinds do not contradict each other."""
    kinds = {link.number_kind for link in links}
    if len(kinds) < 2:
        return links
    chosen = ATENA if ATENA in kinds else min(kinds)
    return [link for link in links if link.number_kind == chosen]


def _single_or_conflict(numbers: set[str], links: Sequence[Link], state: IdentityState) -> IdentityResult:
    if len(numbers) > 1:
        return IdentityResult(IdentityState.CONFLICT, candidates=len(numbers), code=CONFLICT)
    (number,) = numbers
    return IdentityResult(state, number, links[0].number_kind, candidates=1)


def _replaces(other: Link, old: Link, at: datetime) -> bool:
    """Whether `other` is a later certificate of the same person that was in force when the application was made."""
    same_person = other.number == old.number and other.number_kind == old.number_kind
    return same_person and other.key != old.key and other.valid_from > old.valid_from and other.holds_at(at)
