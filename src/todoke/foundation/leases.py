"""Claiming rows to work on: one UPDATE … RETURNING, a lease that expires, a fence that stops the late owner.

The attempt is counted when the row is claimed, so that a worker killed by the row itself counts too. After
kill -9 the lease runs out and another worker claims the row; what the dead one still writes is refused because
the fence has moved on.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Coalesce, Greatest

from todoke.foundation import meters
from todoke.foundation.claims import Backlog as Backlog
from todoke.foundation.claims import Claim as Claim
from todoke.foundation.claims import Claimant as Claimant
from todoke.foundation.claims import Failure as Failure
from todoke.foundation.claims import JobContext as JobContext
from todoke.foundation.errors import whereabouts
from todoke.foundation.fence import SqlValue, current_organisation, select_rows
from todoke.foundation.rows import LeasedRow

log = logging.getLogger(__name__)
POISONED = "SYS-910"
_BACKLOG = (
    "SELECT COUNT(*), COUNT(CASE WHEN parked_code = '' AND due_at <= %s THEN 1 END), "
    "MIN(CASE WHEN parked_code = '' AND due_at <= %s THEN due_at END), "
    "COUNT(CASE WHEN parked_code <> '' THEN 1 END), COUNT(CASE WHEN lease_until < %s THEN 1 END)"
)
MOST_COUNTED = (
    10_000  # rows of a queue that are counted at most: the cost of watching does not grow with the flood
)
LONGEST_LEASE_SECONDS = (
    3600.0  # one that ends later was given by a clock that was wrong（F13）: nobody waits for it
)
Claimed = TypeVar("Claimed")


def claim(
    model: type[LeasedRow], *, where: Mapping[str, SqlValue], order: Sequence[str], limit: int, by: Claimant
) -> list[Claim]:
    """Claim up to `limit` due rows of the scope's organisation, in `order`; call inside a short transaction.

    `where` holds column = value pairs. Rows under a live lease, parked rows and rows not yet due are left. A lease
    that ends later than any lease can is not alive: the clock stood wrong when it was given.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    pick = f"SELECT id FROM {table} WHERE {_claimable(where)} ORDER BY {', '.join(order)} LIMIT %s"  # noqa: S608  # names are ours
    # ARRAY(…) is worked out once; on PostgreSQL an IN (…) may be worked out per row and then claims too many
    once = f"id = ANY(ARRAY({pick} FOR UPDATE SKIP LOCKED))"
    picked = once if connection.vendor == "postgresql" else f"id IN ({pick})"
    statement = (
        f"UPDATE {table} SET lease_owner = %s, lease_until = %s, fence = fence + 1, attempts = attempts + 1 "  # noqa: S608  # names are ours
        f"WHERE {picked} RETURNING id, fence, attempts"
    )
    longest = timedelta(seconds=max(LONGEST_LEASE_SECONDS, 2.0 * by.seconds))
    values = [by.owner, _adapted(by.now + timedelta(seconds=by.seconds))]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *_claimed_by(where, by.now, longest), limit])
        claimed = [Claim(*row) for row in sorted(cursor.fetchall())]
    meters.count_reclaimed(model._meta.db_table, sum(one.attempts > 1 for one in claimed))
    return claimed


def is_waiting(model: type[LeasedRow], *, where: Mapping[str, SqlValue], now: datetime) -> bool:
    """Whether `claim` would find a row now; one question, and nothing is written."""
    table = connection.ops.quote_name(model._meta.db_table)
    question = f"SELECT 1 FROM {table} WHERE {_claimable(where)} LIMIT 1"  # noqa: S608  # names are ours
    with connection.cursor() as cursor:
        cursor.execute(question, _claimed_by(where, now, timedelta(seconds=LONGEST_LEASE_SECONDS)))
        return cursor.fetchone() is not None


def _claimable(where: Mapping[str, SqlValue]) -> str:
    quote = connection.ops.quote_name
    conditions = [f"{quote(column)} = %s" for column in ("organisation_id", *where)]
    free = "(lease_until IS NULL OR lease_until < %s OR lease_until > %s)"
    return " AND ".join([*conditions, "parked_code = ''", "due_at <= %s", free])


def _claimed_by(where: Mapping[str, SqlValue], now: datetime, longest: timedelta) -> list[SqlValue]:
    """The values of those conditions."""
    moment = _adapted(now)
    return [current_organisation(), *where.values(), moment, moment, _adapted(now + longest)]


def _adapted(moment: datetime) -> SqlValue:
    adapted = connection.ops.adapt_datetimefield_value(moment)  # a text on SQLite, a datetime elsewhere
    return cast("SqlValue", adapted)


def still_mine(model: type[LeasedRow], claims: Iterable[Claim]) -> set[int]:
    """The ids of those claims whose fence still stands; locks the rows on PostgreSQL."""
    fences = {claim.id: claim.fence for claim in claims}
    rows = select_rows(model, ("id", "fence"), among=("id", fences.keys()), is_locking=True)
    return {pk for pk, fence in rows if fences[pk] == fence}


def release(
    model: type[LeasedRow], ids: Iterable[int], *, due_at: datetime | None = None, reset_attempts: bool = True
) -> None:
    """Give rows back: free of any lease, attempts at zero, due at once or at `due_at`."""
    changes: dict[str, object] = {"lease_owner": "", "lease_until": None}
    if reset_attempts:
        changes["attempts"] = 0
    if due_at is not None:
        changes["due_at"] = due_at
    model.objects.filter(pk__in=list(ids)).update(**changes)


def fail(model: type[LeasedRow], claim: Claim, *, now: datetime, code: str = POISONED) -> Failure:
    """Note that a claimed row failed: due again after a doubling pause, or parked with `code` at the limit."""
    parked = claim.attempts >= settings.TODOKE_RETRY_LIMIT
    pause = settings.TODOKE_RETRY_BASE_SECONDS * 2 ** (claim.attempts - 1)
    due_at = now + timedelta(seconds=min(pause, 3600.0))
    model.objects.filter(pk=claim.id, fence=claim.fence).update(
        lease_owner="", lease_until=None, due_at=due_at, parked_code=code if parked else ""
    )
    return Failure(parked=parked, due_at=due_at)


def postpone(model: type[LeasedRow], claims: Iterable[Claim], *, now: datetime) -> None:
    """Give rows back because the other side is away: due later, never parked (the fault is not the row's)."""
    for one in claims:
        pause = settings.TODOKE_RETRY_BASE_SECONDS * 2 ** min(one.attempts - 1, 6)
        model.objects.filter(pk=one.id, fence=one.fence).update(
            lease_owner="", lease_until=None, due_at=now + timedelta(seconds=min(pause, 900.0))
        )


def unpark(model: type[LeasedRow], pk: int, *, now: datetime) -> bool:
    """Let a parked row be tried again from the first attempt; False when it was not parked."""
    rows = model.objects.filter(pk=pk).exclude(parked_code="")
    return bool(rows.update(parked_code="", attempts=0, due_at=now, lease_owner="", lease_until=None))


def next_due(model: type[LeasedRow], *, where: Mapping[str, SqlValue | Sequence[str]]) -> datetime | None:
    """When the next unfinished, unparked row is due (under a lease: when that ends); None when there is none."""
    free_at = Greatest("due_at", Coalesce("lease_until", "due_at"))
    rows = model.objects.filter(parked_code="", **where).annotate(free_at=free_at)
    return cast("datetime | None", rows.aggregate(soonest=models.Min("free_at"))["soonest"])


def backlog(
    model: type[LeasedRow], *, where: Mapping[str, SqlValue | tuple[SqlValue, ...]], now: datetime
) -> Backlog:
    """What waits in a queue of the scope's organisation; one question, over at most MOST_COUNTED rows.

    `where` holds column = value, or column among values. Asked for every queue of every body again and again: in SQL.
    """
    quote = connection.ops.quote_name
    pairs: list[tuple[str, tuple[SqlValue, ...]]] = [("organisation_id", (current_organisation(),))]
    pairs += [(column, value if isinstance(value, tuple) else (value,)) for column, value in where.items()]
    if not all(values for _, values in pairs):
        return Backlog()
    conditions = (f"{quote(column)} IN ({', '.join(['%s'] * len(values))})" for column, values in pairs)
    seen = (
        f"SELECT due_at, parked_code, lease_until FROM {quote(model._meta.db_table)} "  # noqa: S608  # names are ours
        f"WHERE {' AND '.join(conditions)} ORDER BY due_at LIMIT %s"
    )
    moment = _adapted(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_BACKLOG} FROM ({seen}) AS seen",  # the same
            [moment, moment, moment, *(one for _, values in pairs for one in values), MOST_COUNTED],
        )
        count, depth, since, parked, expired = cursor.fetchone()
    return Backlog(depth, _moment(since), parked, expired, count == MOST_COUNTED)


def _moment(value: str | datetime | None) -> datetime | None:
    """What the database gave, aware: SQLite keeps moments as text, in UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def together_or_alone(
    claimed: Sequence[Claimed],
    *,
    work: Callable[[Sequence[Claimed]], int],
    give_up: Callable[[Claimed], object],
) -> int:
    """Do claimed rows together; when that fails for whatever reason, each on its own; returns how many were done.

    So a bad row never spoils its batch: `give_up` gets the one that fails alone, to be tried later or parked.
    """
    if not claimed:
        return 0
    try:
        return work(claimed)
    except Exception as trouble:  # noqa: BLE001  # whatever one row does, the others must not suffer for it
        log.warning("leases.batch_failed rows=%d error=%s", len(claimed), whereabouts(trouble))
    done = 0
    for one in claimed:
        try:
            done += work([one])
        except Exception as trouble:  # noqa: BLE001  # parked visibly after some attempts, never lost
            log.warning("leases.row_failed error=%s", whereabouts(trouble))
            give_up(one)
    return done
