"""Who has a second step, who must have one, which sessions are open, and whose time ends."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Right, Role
from todoke.foundation.calendars.queries import japanese_date, now

from . import rules
from .models import DeskSession, RecoveryCode, SecondFactor
from .values import Leaving, SessionLine, Standing

SECRET = b"todoke second step"  # what binds a sealed secret to this use


def standing_of(staff_id: int) -> Standing:
    """Whether the person has a second step."""
    confirmed = SecondFactor.objects.filter(staff_id=staff_id).values_list("confirmed_at", flat=True).first()
    if confirmed is not None:
        return Standing.SET
    return Standing.BEGUN if SecondFactor.objects.filter(staff_id=staff_id).exists() else Standing.NONE


def standings() -> Mapping[int, Standing]:
    """The standing of everybody who has begun; whoever is not here has none."""
    rows = SecondFactor.objects.values_list("staff_id", "confirmed_at")
    return {staff_id: Standing.SET if confirmed else Standing.BEGUN for staff_id, confirmed in rows}


def must_have(staff_id: int) -> bool:
    """Whether the setting asks a second step of the person."""
    policy = settings.TODOKE_SECOND_STEP_ROLES
    return bool(policy) and rules.must_have(accounts.roles_of(staff_id), policy)


def recovery_codes_left(staff_id: int) -> int:
    """How many recovery codes still work."""
    return RecoveryCode.objects.filter(staff_id=staff_id, used_at=None).count()


def sessions_of(staff_id: int, *, this_key: str | None) -> Sequence[SessionLine]:
    """The sessions of a person that are open, the newest first."""
    rows = {row.session_key: row for row in DeskSession.objects.filter(staff_id=staff_id)}
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    oldest = now() - timedelta(hours=settings.TODOKE_SESSION_HOURS)
    live = Session.objects.filter(
        session_key__in=rows, expire_date__gt=timezone.now()
    )  # by Django's own clock
    shift = timedelta(seconds=settings.TODOKE_CLOCK_OFFSET_SECONDS)
    lines = [
        SessionLine(row.pk, row.begun_at, expires - idle + shift, row.terminal, row.program, key == this_key)
        for key, expires in live.values_list("session_key", "expire_date")
        if (row := rows[key]).begun_at > oldest
    ]
    return sorted(lines, key=lambda one: one.begun_at, reverse=True)


def leaving(*, until: date) -> Sequence[Leaving]:
    """Accounts and appointments of active people that end by that day, those that have ended included, soonest first."""
    found: list[Leaving] = []
    for person in accounts.all_staff():
        if not person.is_active:
            continue
        if person.active_until is not None and person.active_until <= until:
            found.append(Leaving(person.pk, person.display_name, None, "", person.active_until))
        found += [
            Leaving(
                person.pk, person.display_name, Role(grant.role).label, grant.section.name if grant.section else "",
                grant.valid_until,
            )
            for grant in person.grants.all()
            if grant.valid_until is not None and grant.valid_until <= until
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.last_day, one.staff_id))


def managers_left(*, without: int, on: date) -> int:
    """How many people manage staff on that day if one did not."""
    return len(accounts.holders_of([Right.MANAGE_STAFF], on=on) - {without})


def has_ended() -> bool:
    """Whether an account or an appointment has run out that the nightly job has not ended yet."""
    return accounts.has_ended(on=japanese_date(now()))
