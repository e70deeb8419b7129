"""How long sets are kept: the newest one of so many days, weeks and months that have one; the newest of all, always."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone

from todoke.foundation.backup.values import Policy

JAPAN = timezone(timedelta(hours=9))


def kept(sets: Mapping[str, datetime], policy: Policy) -> frozenset[str]:
    """The names of the sets that stay, by when they were taken."""
    newest_first = sorted(sets, key=lambda name: (sets[name], name), reverse=True)
    days = {name: sets[name].astimezone(JAPAN).date() for name in sets}
    spans: tuple[tuple[int, Callable[[date], object]], ...] = (
        (policy.daily, lambda day: day),
        (policy.weekly, lambda day: day.isocalendar()[:2]),
        (policy.monthly, lambda day: (day.year, day.month)),
    )
    staying = set(newest_first[:1])
    for most, span in spans:
        seen: dict[object, str] = {}
        for name in newest_first:
            seen.setdefault(span(days[name]), name)
        staying |= set(list(seen.values())[:most])
    return frozenset(staying)


def gone_by(day: date, policy: Policy) -> date:
    """The day from whose rotation on no set of `day` or before is left, where a set is taken and old ones go every day."""
    years, month = divmod(day.month - 1 + policy.monthly, 12)
    monday = day - timedelta(days=day.weekday())
    return max(
        day + timedelta(days=max(policy.daily, 1)),
        monday + timedelta(weeks=policy.weekly),
        date(day.year + years, month + 1, 1),
    )
