"""Who somebody is and what they may do."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db.models import Q

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import current_organisation

from . import rules
from .models import RoleGrant, SignInName, Staff, UseCount
from .values import Right, Role, RoleGiven, Use, UseFigures, Viewer


def organisation_of(sign_in_name: str) -> str | None:
    """The 団体コード of a sign-in name; None when nobody has it. Needs no scope."""
    row = SignInName.objects.filter(name=sign_in_name).select_related("organisation").first()
    return row.organisation.code if row else None


def any_staff() -> bool:
    """Whether this installation has any member of staff yet. Needs no scope."""
    return SignInName.objects.exists()


def staff_by_name(sign_in_name: str) -> Staff | None:
    """The member of staff with that sign-in name in the body in scope."""
    return Staff.objects.filter(sign_in_name=sign_in_name).first()


def staff(staff_id: int) -> Staff | None:
    """The member of staff with that id in the body in scope."""
    return Staff.objects.filter(pk=staff_id).first()


def all_staff() -> Sequence[Staff]:
    """Every member of staff of the body in scope, with their appointments."""
    return list(Staff.objects.prefetch_related("grants", "grants__section").order_by("sign_in_name"))


def viewer(staff_id: int) -> Viewer | None:
    """The person with rights and sections as they stand now; None when unknown or no longer active."""
    person = Staff.objects.filter(_still_here(), pk=staff_id).first()
    if person is None:
        return None
    given = [
        RoleGiven(Role(role), section)
        for role, section in person.grants.filter(_counts(japanese_date(now()))).values_list(
            "role", "section_id"
        )
    ]
    return Viewer(
        organisation=current_organisation(),
        staff_id=person.pk,
        name=person.display_name,
        rights=rules.rights_of(given),
        sections=rules.sections_of(given),
    )


def _still_here(on: date | None = None) -> Q:
    return Q(is_active=True) & (Q(active_until=None) | Q(active_until__gte=on or japanese_date(now())))


def _counts(on: date, prefix: str = "") -> Q:
    """Appointments that have not run out by that day."""
    return Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gte": on})


def holders_of(rights: Collection[Right], *, on: date | None = None) -> frozenset[int]:
    """The ids of those active today, or on that day, who have any of these rights then."""
    day, roles = on or japanese_date(now()), [one.value for one in rules.roles_with(rights)]
    rows = RoleGrant.objects.filter(
        _counts(day), role__in=roles, staff__in=Staff.objects.filter(_still_here(day))
    )
    return frozenset(rows.values_list("staff_id", flat=True))


def sections_with(viewer: Viewer, right: Right) -> frozenset[int] | None:
    """The sections for which a person has a right today; None for the whole body, an empty set for none."""
    roles = [one.value for one in rules.roles_with([right])]
    rows = RoleGrant.objects.filter(_counts(japanese_date(now())), staff_id=viewer.staff_id, role__in=roles)
    if rows.filter(section=None).exists():
        return None
    return frozenset(rows.values_list("section_id", flat=True))


def managers(*, on: date) -> frozenset[int]:
    """The ids of those who manage staff on that day."""
    return holders_of([Right.MANAGE_STAFF], on=on)


def roles_of(staff_id: int) -> frozenset[str]:
    """The roles that a person has today."""
    rows = RoleGrant.objects.filter(_counts(japanese_date(now())), staff_id=staff_id)
    return frozenset(rows.values_list("role", flat=True))


def accounts_over(*, on: date) -> list[int]:
    """The ids of those whose last day was before that day and who are still marked as active."""
    return list(Staff.objects.filter(is_active=True, active_until__lt=on).values_list("pk", flat=True))


def has_ended(*, on: date) -> bool:
    """Whether an account or an appointment has run out before that day and still stands."""
    return bool(accounts_over(on=on)) or RoleGrant.objects.filter(valid_until__lt=on).exists()


def uses_since(moment: datetime) -> list[UseFigures]:
    """Who searched, viewed and revealed how often since then, and in the busiest hour; the busiest person first."""
    figures: dict[int, tuple[Counter[Use], Counter[tuple[Use, datetime]]]] = {}
    rows = UseCount.objects.filter(window__gte=moment).values_list("staff_id", "use", "window", "count")
    for staff_id, use, window, count in rows:
        total, hourly = figures.setdefault(staff_id, (Counter(), Counter()))
        total[Use(use)] += count
        hourly[Use(use), window.replace(minute=0)] += count
    found = [
        UseFigures(
            staff_id, total,
            {use: max((n for (one, _), n in hourly.items() if one is use), default=0) for use in Use},
        )
        for staff_id, (total, hourly) in figures.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: -sum(one.counts.values()))


def require(viewer: Viewer, right: Right) -> None:
    """Ask whether a person may: raises RightMissing unless the right was granted."""
    rules.require(viewer, right)
