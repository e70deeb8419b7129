"""Which rights a role carries, and whose sections a person sees. Whatever is not listed is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .errors import RightMissing
from .values import Right, Role, RoleGiven, Use, Viewer

RIGHTS_OF: Mapping[Role, frozenset[Right]] = {
    Role.RECEPTION: frozenset(
        {
            Right.VIEW_CASES, Right.MOVE_CASES, Right.DECIDE_IDENTITY, Right.VIEW_QUARANTINE, Right.IMPORT_PACKAGES,
            Right.TYPE_STATUSES,
        }
    ),
    Role.EXAMINATION: frozenset(
        {
            Right.VIEW_CASES, Right.MOVE_CASES, Right.DECIDE_IDENTITY, Right.TYPE_STATUSES, Right.REVEAL_NUMBERS,
            Right.RELEASE_ATTACHMENTS,
        }
    ),
    Role.DECISION: frozenset(
        {
            Right.VIEW_CASES, Right.MOVE_CASES, Right.RELEASE_ATTACHMENTS, Right.VIEW_DISPOSAL, Right.APPROVE_DISPOSAL,
            Right.APPROVE_EXPORTS, Right.VIEW_DAILY_REPORT,
        }
    ),
    Role.LINKAGE: frozenset(
        {
            Right.VIEW_QUARANTINE, Right.RELEASE_QUARANTINE, Right.IMPORT_PACKAGES, Right.HAND_OVER, Right.RECONCILE,
            Right.LOAD_LINKS, Right.VIEW_SYSTEM, Right.VIEW_DAILY_REPORT,
        }
    ),
    Role.AUDITING: frozenset({Right.VIEW_AUDIT}),
    Role.STAFF_ADMINISTRATION: frozenset({Right.MANAGE_STAFF}),
    Role.SYSTEM_ADMINISTRATION: frozenset(
        {Right.VIEW_SYSTEM, Right.MANAGE_SYSTEM, Right.CHOOSE_CHECKERS, Right.VIEW_DAILY_REPORT}
    ),
    Role.PROTECTION: frozenset({Right.VIEW_PROTECTED, Right.REGISTER_PROTECTED}),
    Role.RECORDS: frozenset(
        {Right.VIEW_DISPOSAL, Right.DISPOSE, Right.APPROVE_DISPOSAL, Right.HOLD_DISPOSAL}
    ),
    Role.PROGRAMME: frozenset(
        {
            Right.VIEW_PLANS, Right.EDIT_PLANS, Right.ADOPT_EDITIONS, Right.REPORT_PROGRESS, Right.CLOSE_MONTHS,
            Right.SUBMIT_PLANS,
        }
    ),
    Role.MEASURES: frozenset({Right.VIEW_PLANS, Right.REPORT_PROGRESS}),
    Role.LEADERSHIP: frozenset({Right.VIEW_PLANS, Right.VIEW_SUBMISSIONS}),
    Role.SUPPORT: frozenset({Right.VIEW_SUBMISSIONS, Right.ASK_BODIES, Right.KEEP_SUPPORT}),
}  # fmt: skip
FREE_TRIES = 5
FREE_TRIES_ANYWHERE = (
    50  # for one name from all addresses: more, so that a stranger does not easily lock somebody out
)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
USES_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UseLimit:
    """How long a window is, and how many uses fit into one; None: counted only."""

    window: timedelta
    most: int | None


LIMITS: Mapping[Use, UseLimit] = {
    Use.SEARCH: UseLimit(timedelta(minutes=1), 60),
    Use.VIEW: UseLimit(timedelta(hours=1), None),
    Use.REVEAL: UseLimit(timedelta(hours=1), 30),
}
_SEES_CASES = frozenset({Right.VIEW_CASES})


def rights_of(given: Iterable[RoleGiven]) -> frozenset[Right]:
    """Every right that the appointments carry."""
    return frozenset(right for one in given for right in RIGHTS_OF[one.role])


def roles_with(rights: Iterable[Right]) -> frozenset[Role]:
    """The roles that carry any of these rights."""
    wanted = frozenset(rights)
    return frozenset(role for role, carried in RIGHTS_OF.items() if carried & wanted)


def sections_of(given: Iterable[RoleGiven]) -> frozenset[int] | None:
    """The sections whose cases a person sees; None for the whole body; empty without a role that sees cases."""
    seeing = [one for one in given if RIGHTS_OF[one.role] & _SEES_CASES]
    if any(one.section_id is None for one in seeing):
        return None
    return frozenset(one.section_id for one in seeing if one.section_id is not None)


def require(viewer: Viewer, right: Right) -> None:
    """Raises RightMissing unless the right was granted."""
    if not viewer.may(right):
        raise RightMissing(right=right.label)


def window_of(use: Use, at: datetime) -> datetime:
    """The beginning of the window in which a moment lies."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return at - (at - start) % LIMITS[use].window


def failures_after(failures: int, *, since_last: timedelta) -> int:
    """How many failures stand after one more; old ones are forgotten."""
    return 1 if since_last > FORGOTTEN_AFTER else failures + 1


def pause_after(failures: int, *, free: int = FREE_TRIES) -> timedelta | None:
    """How long tries are refused after so many failures in a row: none below the free ones, then doubling to 15 minutes."""
    if failures < free:
        return None
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(failures - free, 10), LONGEST_PAUSE)
    return pause
