"""Which certificate followed which: the history of one number's certificates, stated by files or derived from loads."""

from collections.abc import Iterable
from datetime import timedelta

from todoke.casework.identify.values import RENEWED_INFERRED, Link, Renewal

EARLY = timedelta(
    days=93
)  # a certificate can be renewed from three months before it ends（公的個人認証サービス FAQ）


def renewals(links: Iterable[Link]) -> list[Renewal]:
    """For each ended certificate the one that followed it, oldest first; of any length, and of one number at a time.

    A second certificate beside the first（スマートフォン用）is no renewal: it began while the first had long to go. The
    pair is 推定 when the end of the one or the beginning of the other was derived from successive loads.
    """
    known = sorted(set(links), key=lambda link: (link.valid_from, link.key.issuer_key, link.key.serial))
    found = []
    for old in known:
        follower = next((new for new in known if _follows(new, old)), None)
        if follower is not None:
            found.append(Renewal(old, follower, is_inferred(old, follower)))
    return found


def is_inferred(old: Link, new: Link) -> bool:
    """Whether nobody stated that the one replaced the other: it was derived（推定）, and a person has to agree."""
    return old.is_inferred or new.is_inferred or old.reason == RENEWED_INFERRED


def _follows(new: Link, old: Link) -> bool:
    if old.valid_to is None or new.key == old.key:
        return False
    if (new.number, new.number_kind) != (old.number, old.number_kind) or new.valid_from <= old.valid_from:
        return False
    lasts_longer = new.valid_to is None or new.valid_to > old.valid_to
    return lasts_longer and new.valid_from >= old.valid_to - EARLY
