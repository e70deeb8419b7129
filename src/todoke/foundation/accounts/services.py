"""Appointing staff, granting roles, and links that work once."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from todoke.foundation import databases
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import current_organisation

from . import rules
from .errors import SetUpDone, SignInNameTaken, TooManyUses
from .models import OneTimeLink, RoleGrant, SignInName, SignInTries, Staff, UseCount
from .values import RoleGiven, Use

FREE_TRIES_ANYWHERE = rules.FREE_TRIES_ANYWHERE
STRANGERS = "names that nobody has"
SWEPT_EVERY = 64  # new names


@transaction.atomic
def create_staff(
    sign_in_name: str, *, display_name: str, password: str | None, roles: Iterable[RoleGiven], actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Appoint a member of staff of the body in scope; returns the id. None as password: cannot sign in by one."""
    try:
        with transaction.atomic(using=databases.directory()):
            SignInName.objects.create(name=sign_in_name, organisation_id=current_organisation())
    except IntegrityError as taken:
        raise SignInNameTaken from taken
    person = Staff(
        organisation_id=current_organisation(),
        sign_in_name=sign_in_name,
        display_name=display_name,
        created_at=at,
    )
    person.set_password(password)
    person.save()
    audit.record("staff.created", object_kind="staff", object_id=str(person.pk), actor=actor, at=at)
    for given in roles:
        grant_role(person.pk, given, actor=actor, at=at)
    return person.pk


@transaction.atomic
def grant_role(staff_id: int, given: RoleGiven, *, actor: Actor, at: datetime) -> None:
    """Give a role; giving it twice changes nothing but its last day."""
    row, is_new = RoleGrant.objects.get_or_create(
        organisation_id=current_organisation(), staff_id=staff_id, role=given.role.value,
        section_id=given.section_id,  # type: ignore[misc]  # the stubs do not know that NULL may be looked up
        defaults={"granted_at": at, "granted_by": actor.id, "valid_until": given.until},
    )  # fmt: skip
    if is_new or row.valid_until != given.until:
        RoleGrant.objects.filter(pk=row.pk).update(valid_until=given.until)
        audit.record(
            "staff.role_granted", object_kind="staff", object_id=str(staff_id), actor=actor, at=at,
            facts={
                "role": given.role.value, "section": given.section_id or 0,
                **({"until": given.until.isoformat()} if given.until else {}),
            },
        )  # fmt: skip


@transaction.atomic
def deactivate_staff(staff_id: int, *, actor: Actor, at: datetime) -> None:
    """End a person's access from the next request on; the row stays, because the audit refers to it."""
    Staff.objects.filter(pk=staff_id).update(is_active=False)
    audit.record("staff.deactivated", object_kind="staff", object_id=str(staff_id), actor=actor, at=at)


@transaction.atomic
def set_last_day(staff_id: int, last_day: date | None, *, actor: Actor, at: datetime) -> None:
    """Say until which day（異動日）a person's account counts; None: no end is known."""
    Staff.objects.filter(pk=staff_id).update(active_until=last_day)
    audit.record(
        "staff.last_day_set", object_kind="staff", object_id=str(staff_id), actor=actor, at=at,
        facts={"until": last_day.isoformat() if last_day else "none"},
    )  # fmt: skip


@transaction.atomic
def end_role(grant_id: int, *, actor: Actor, at: datetime) -> None:
    """Take one appointment away; taking it twice changes nothing."""
    row = RoleGrant.objects.filter(pk=grant_id).first()
    if row is not None:
        row.delete()
        audit.record(
            "staff.role_ended", object_kind="staff", object_id=str(row.staff_id), actor=actor, at=at,
            facts={"role": row.role, "section": row.section_id or 0},
        )  # fmt: skip


def end_grants_over(*, on: date, actor: Actor, at: datetime) -> int:
    """Take away the appointments of the body in scope that ran out before that day; returns how many."""
    over = list(RoleGrant.objects.filter(valid_until__lt=on).values_list("pk", flat=True))
    for grant_id in over:
        end_role(grant_id, actor=actor, at=at)
    return len(over)


def one_time_link(purpose: str, *, at: datetime, staff_id: int | None = None, organisation: str = "",
                  hours: int = 24) -> str:  # fmt: skip
    """A new token（128 bit of randomness and more）that works once within `hours`; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    OneTimeLink.objects.create(
        token_hash=_hashed(token), purpose=purpose, staff_id=staff_id, organisation_code=organisation,
        expires_at=at + timedelta(hours=hours),
    )  # fmt: skip
    return token


def is_link_open(token: str, purpose: str, *, at: datetime) -> bool:
    """Whether a link still works; looking does not use it up."""
    return OneTimeLink.objects.filter(
        token_hash=_hashed(token), purpose=purpose, used_at=None, expires_at__gt=at
    ).exists()


def use_link(token: str, purpose: str, *, at: datetime) -> tuple[str, int | None]:
    """Use a link up; returns (団体コード, staff id) it was made for. Raises SetUpDone when it does not work."""
    open_links = OneTimeLink.objects.filter(
        token_hash=_hashed(token), purpose=purpose, used_at=None, expires_at__gt=at
    )
    link = open_links.first()
    if link is None or not open_links.filter(pk=link.pk).update(used_at=at):
        raise SetUpDone
    return link.organisation_code, link.staff_id


def count_try(key: str, *, at: datetime, free: int = rules.FREE_TRIES) -> datetime | None:
    """Count one try to sign in before it is made; returns until when tries are refused, None when it may be made.

    `key` is a keyed hash of name and address, or of the name alone with more `free` tries.
    Counting first means that many tries at once count as many. Now and then what counts no more is swept away, so that
    a flood of made-up names fills no disk.
    """
    with transaction.atomic(using=databases.directory()):
        refused_until, newest = _count_try(key, at, free)
    if newest is not None and newest % SWEPT_EVERY == 0:
        SignInTries.objects.filter(last_at__lt=at - rules.FORGOTTEN_AFTER).exclude(key=STRANGERS).delete()
    return refused_until


def _count_try(key: str, at: datetime, free: int) -> tuple[datetime | None, int | None]:
    """Until when tries are refused, and the number of a row that is new."""
    row, is_new = SignInTries.objects.select_for_update().get_or_create(key=key, defaults={"last_at": at})
    if row.refused_until is not None and at < row.refused_until:
        return row.refused_until, None
    row.failures = rules.failures_after(row.failures, since_last=at - row.last_at)
    pause = rules.pause_after(row.failures, free=free)
    row.last_at, row.refused_until = at, at + pause if pause else None
    row.save()
    return None, row.pk if is_new else None


def count_stranger(*, at: datetime) -> None:
    """Count a try under a name that nobody has; how many there were is all that is kept.

    For a name that somebody has, a refusal is written to the audit: as much has to be written for nobody（W12）.
    """
    with transaction.atomic(using=databases.directory()):
        row, _ = SignInTries.objects.select_for_update().get_or_create(
            key=STRANGERS, defaults={"last_at": at}
        )
        SignInTries.objects.filter(pk=row.pk).update(failures=F("failures") + 1, last_at=at)


def forget_tries(key: str) -> None:
    """After a success: the next failure is the first again."""
    SignInTries.objects.filter(key=key).delete()


@transaction.atomic
def count_use(staff_id: int, use: Use, *, at: datetime) -> None:
    """Count one search, view or reveal of a person before it is done; raises TooManyUses beyond the limit (§6.11)."""
    limit, window = rules.LIMITS[use], rules.window_of(use, at)
    rows = UseCount.objects.filter(staff_id=staff_id, use=use.value)
    _, is_new = rows.get_or_create(
        organisation_id=current_organisation(), staff_id=staff_id, use=use.value, window=window
    )
    if is_new:
        rows.filter(window__lt=at - rules.USES_KEPT).delete()
    this = rows.filter(window=window)
    allowed = this if limit.most is None else this.filter(count__lt=limit.most)
    if not allowed.update(count=F("count") + 1):
        wait = (window + limit.window - at) // timedelta(minutes=1) + 1
        raise TooManyUses(use=use.label, limit=limit.most or 0, wait=wait)


@transaction.atomic
def set_password(staff_id: int, password: str, *, actor: Actor, at: datetime) -> None:
    """Give a person of the body in scope a new password; every session of theirs ends with the next request."""
    person = Staff.objects.get(pk=staff_id)
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record("staff.password_set", object_kind="staff", object_id=str(staff_id), actor=actor, at=at)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
