"""Who somebody is and what they may do."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import current_organisation

from . import rules
from .models import SignInName, Staff
from .values import Right, Role, RoleGiven, Viewer


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
        RoleGiven(Role(role), section) for role, section in person.grants.values_list("role", "section_id")
    ]
    return Viewer(
        organisation=current_organisation(),
        staff_id=person.pk,
        name=person.display_name,
        rights=rules.rights_of(given),
        sections=rules.sections_of(given),
    )


def _still_here() -> Q:
    return Q(is_active=True) & (Q(active_until=None) | Q(active_until__gte=japanese_date(now())))


def holders_of(rights: Collection[Right]) -> frozenset[int]:
    """The ids of those still active who have any of these rights."""
    roles = rules.roles_with(rights)
    return frozenset(Staff.objects.filter(_still_here(), grants__role__in=roles).values_list("pk", flat=True))


def require(viewer: Viewer, right: Right) -> None:
    """Ask whether a person may: raises RightMissing unless the right was granted."""
    rules.require(viewer, right)
