"""Setting a second step up, showing it, resetting it; beginning and ending sessions; ending what has run out."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.fence import current_organisation
from todoke.foundation.keyring import queries as keyring

from . import queries, rules
from .errors import CodeWrong, LastManager, ReasonNeeded, TriesExhausted
from .models import DeskSession, RecoveryCode, SecondFactor
from .values import Enrolment, Way


@transaction.atomic
def begin_second_step(staff_id: int, *, account: str, issuer: str, actor: Actor, at: datetime) -> Enrolment:
    """A secret for the person's authenticator; the same one again until a right code confirms it.

    Whoever has a confirmed one gets a new secret only after a reset. Raises CodeWrong then, KeyMissing.
    """
    row = SecondFactor.objects.filter(staff_id=staff_id).first()
    if row is None:
        organisation = current_organisation()
        sealed = keyring.sealed(organisation, os.urandom(rules.SECRET_BYTES), queries.SECRET)
        row = SecondFactor.objects.create(
            organisation_id=organisation, staff_id=staff_id, sealed_secret=sealed, created_at=at
        )
        _record("staff.second_step_begun", staff_id, actor, at)
    elif row.confirmed_at is not None:
        raise CodeWrong
    secret = _secret(row)
    return Enrolment(rules.as_text(secret), rules.address_of(secret, issuer=issuer, account=account))


def confirm_second_step(staff_id: int, typed: str, *, actor: Actor, at: datetime) -> Sequence[str]:
    """The first right code makes the second step count; returns the recovery codes, shown this once.

    Raises CodeWrong, TriesExhausted.
    """
    _count(staff_id, at)
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(staff_id=staff_id, confirmed_at=None).first()
        if row is not None and _use_code(row, rules.cleaned(typed), at):
            account_services.forget_tries(_key(staff_id))
            SecondFactor.objects.filter(pk=row.pk).update(confirmed_at=at)
            _record("staff.second_step_set", staff_id, actor, at)
            return _new_codes(staff_id)
    raise CodeWrong


@transaction.atomic
def renew_recovery_codes(staff_id: int, *, actor: Actor, at: datetime) -> Sequence[str]:
    """New recovery codes, shown this once; the old ones are gone."""
    _record("staff.recovery_codes_made", staff_id, actor, at)
    return _new_codes(staff_id)


def _new_codes(staff_id: int) -> list[str]:
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    codes = [rules.as_text(os.urandom(rules.RECOVERY_BYTES)) for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            organisation_id=current_organisation(), staff_id=staff_id,
            code_hash=rules.recovery_hash(staff_id, rules.cleaned(code)),
        )
        for code in codes
    )  # fmt: skip
    return codes


def show_second_step(staff_id: int, typed: str, *, at: datetime) -> Way:
    """Take the code of an authenticator, or a recovery code, once. Every try is counted before it is made.

    Raises CodeWrong, TriesExhausted; what was counted stays, so the caller must let the transaction commit.
    """
    _count(staff_id, at)
    text = rules.cleaned(typed)
    with transaction.atomic():
        way = Way.CODE if rules.is_code(text) else Way.RECOVERY
        row = (
            SecondFactor.objects.select_for_update()
            .filter(staff_id=staff_id)
            .exclude(confirmed_at=None)
            .first()
        )
        is_right = row is not None and (
            _use_code(row, text, at) if way is Way.CODE else _use_recovery_code(staff_id, text, at)
        )
    if not is_right:
        raise CodeWrong
    account_services.forget_tries(_key(staff_id))
    return way


def _count(staff_id: int, at: datetime) -> None:
    refused_until = account_services.count_try(_key(staff_id), at=at)
    if refused_until is not None:
        raise TriesExhausted(minutes=max(1, -(-(refused_until - at) // timedelta(minutes=1))))


def _key(staff_id: int) -> str:
    """One count per person, whatever the terminal: codes are short."""
    return salted_hmac(
        "todoke.second-step", f"{current_organisation()}\n{staff_id}", algorithm="sha256"
    ).hexdigest()


def _secret(row: SecondFactor) -> bytes:
    return keyring.opened(current_organisation(), bytes(row.sealed_secret), queries.SECRET)


def _use_code(row: SecondFactor, code: str, at: datetime) -> bool:
    step = rules.matching_step(_secret(row), code, at=at, last_step=row.last_step)
    if step is None:
        return False
    unused = SecondFactor.objects.filter(pk=row.pk, last_step__lt=step)
    return unused.update(last_step=step) == 1


def _use_recovery_code(staff_id: int, text: str, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(
        staff_id=staff_id, code_hash=rules.recovery_hash(staff_id, text), used_at=None
    )
    return unused.update(used_at=at) == 1


@transaction.atomic
def reset_second_step(staff_id: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Forget somebody's second step（端末の紛失）and end every session of theirs; the password alone does not come back.

    Raises ReasonNeeded.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise ReasonNeeded
    had = queries.standing_of(staff_id)
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    SecondFactor.objects.filter(staff_id=staff_id).delete()
    ended = end_sessions(staff_id, actor=actor, at=at)
    audit.record(
        "staff.second_step_reset", object_kind="staff", object_id=str(staff_id), actor=actor, at=at, purpose=reason,
        facts={"had": had.value, "sessions": ended},
    )  # fmt: skip


def reseal() -> int:
    """Seal the secrets of the body in scope by its newest key; returns how many were not."""
    organisation, count = current_organisation(), 0
    current = keyring.keys_of(organisation).current
    for row in SecondFactor.objects.select_for_update():
        if keyring.sealed_version(bytes(row.sealed_secret)) != current:
            row.sealed_secret = keyring.sealed(organisation, _secret(row), queries.SECRET)
            row.save(update_fields=["sealed_secret"])
            count += 1
    return count


def note_session(
    staff_id: int, key: str, *, before: str | None, terminal: str, agent: str, at: datetime
) -> None:
    """Remember a browser that has just signed in, in the place of its session before; forget those that are over."""
    rows = DeskSession.objects.filter(staff_id=staff_id)
    known = set(rows.values_list("session_key", flat=True))
    live = set(
        Session.objects.filter(session_key__in=known, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    rows.filter(session_key__in=known - live | {before or "", key}).delete()
    DeskSession.objects.create(
        organisation_id=current_organisation(), staff_id=staff_id, session_key=key, begun_at=at,
        terminal=terminal[:64], program=rules.program_of(agent),
    )  # fmt: skip


def renew_session(before: str, key: str) -> None:
    """The same browser under a new key（after a fresh authentication）."""
    DeskSession.objects.filter(session_key=before).update(session_key=key)


@transaction.atomic
def end_sessions(
    staff_id: int, *, actor: Actor, at: datetime, session_id: int | None = None, but: str = ""
) -> int:
    """End one session of a person, or all but the one with that key; from the next request on. Returns how many."""
    rows = DeskSession.objects.filter(staff_id=staff_id).exclude(session_key=but)
    if session_id is not None:
        rows = rows.filter(pk=session_id)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    if keys:
        audit.record(
            "staff.sessions_ended", object_kind="staff", object_id=str(staff_id), actor=actor, at=at,
            facts={"sessions": len(keys)},
        )  # fmt: skip
    return len(keys)


@transaction.atomic
def end_staff(staff_id: int, *, actor: Actor, at: datetime) -> None:
    """End a person's access at once, sessions and all. Raises LastManager."""
    _keep_a_manager(staff_id, at)
    account_services.deactivate_staff(staff_id, actor=actor, at=at)
    end_sessions(staff_id, actor=actor, at=at)


@transaction.atomic
def end_role(staff_id: int, grant_id: int, *, actor: Actor, at: datetime) -> None:
    """Take one appointment of a person away; another person's is left alone. Raises LastManager."""
    found = {
        one.pk: one.role
        for person in accounts.all_staff()
        if person.pk == staff_id
        for one in person.grants.all()
    }
    if found.get(grant_id) == Role.STAFF_ADMINISTRATION:
        _keep_a_manager(staff_id, at)
    if grant_id in found:
        account_services.end_role(grant_id, actor=actor, at=at)


def _keep_a_manager(staff_id: int, at: datetime) -> None:
    today = japanese_date(at)
    if staff_id in accounts.managers(on=today) and not queries.managers_left(without=staff_id, on=today):
        raise LastManager


@transaction.atomic
def end_what_ran_out(*, actor: Actor, at: datetime) -> int:
    """End the accounts and appointments of the body in scope whose last day is over; returns how many.

    They have counted for nothing since that day's end; this makes it visible and ends what browsers still hold.
    """
    today, count = japanese_date(at), 0
    for staff_id in accounts.accounts_over(on=today):
        account_services.deactivate_staff(staff_id, actor=actor, at=at)
        end_sessions(staff_id, actor=actor, at=at)
        count += 1
    return count + account_services.end_grants_over(on=today, actor=actor, at=at)


def _record(action: str, staff_id: int, actor: Actor, at: datetime) -> None:
    audit.record(action, object_kind="staff", object_id=str(staff_id), actor=actor, at=at)
