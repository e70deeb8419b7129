"""Signing in: by name and password, or by a link that works once; then the second step of whoever has one.

Unknown names cost as much time as known ones.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from todoke.foundation import fence
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.errors import SetUpDone
from todoke.foundation.accounts.services import FREE_TRIES_ANYWHERE
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import services as entrance_services
from todoke.foundation.entrance.errors import CodeWrong, TriesExhausted
from todoke.foundation.entrance.values import Standing
from todoke.web.shared import sessions
from todoke.web.shared.requests import DeskRequest, terminal_of

LINK = "sign-in"
HASHINGS_AT_ONCE = threading.BoundedSemaphore(
    2
)  # Argon2 takes 100 MB and half a second: more would be a cheap attack


@dataclass(frozen=True, slots=True)
class Later:
    """Too many failures: no try is made before this moment."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong name or password; which of the two is not said."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session has begun; a person without a password of their own is asked to choose one."""

    needs_password: bool


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The first step was right; the session begins with the second one."""


@dataclass(frozen=True, slots=True)
class NotShown:
    """What was shown does not count, in a sentence for the screen."""

    sentence: str


class StaffBackend:
    """Django's way to the person of a session; call inside the scope of the session's body."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        """Nobody signs in through Django's own door: see `by_password` and `by_link`."""
        return

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The member of staff with that id in the body in scope."""
        return accounts.staff(user_id)


def by_password(
    request: HttpRequest, name: str, password: str, *, wanted: str = "", at: datetime
) -> SignedIn | SecondStep | Refused | Later:
    """Try one name and password; five failures from one address, fifty from any, then growing pauses（security.md 6.11）."""
    here, anywhere = _throttle_keys(request, name)
    refused_until = account_services.count_try(here, at=at) or account_services.count_try(
        anywhere, at=at, free=FREE_TRIES_ANYWHERE
    )
    if refused_until is not None:
        return Later(refused_until)
    organisation = accounts.organisation_of(name)
    outcome: SignedIn | SecondStep | Refused = Refused()
    with HASHINGS_AT_ONCE:
        if organisation is not None:
            outcome = _check_in_scope(request, organisation, (name, password, wanted), at)
        else:
            check_password(password, UNUSABLE_PASSWORD_PREFIX)  # as much is hashed and written for nobody
            account_services.count_stranger(at=at)
    if not isinstance(outcome, Refused):
        account_services.forget_tries(here)
        account_services.forget_tries(anywhere)
    return outcome


def _check_in_scope(
    request: HttpRequest, organisation: str, typed: tuple[str, str, str], at: datetime
) -> SignedIn | SecondStep | Refused:
    name, password, wanted = typed
    with fence.scope(organisation):
        person = accounts.staff_by_name(name)
        is_right = check_password(password, person.password if person else UNUSABLE_PASSWORD_PREFIX)
        if person is None:
            return Refused()
        if not is_right or accounts.viewer(person.pk) is None:
            _record("staff.sign_in_refused", person.pk, request, at)
            return Refused()
        return _first_step_done(request, person, "staff.signed_in", wanted, at)


def _first_step_done(
    request: HttpRequest, person: AbstractBaseUser, action: str, wanted: str, at: datetime
) -> SignedIn | SecondStep:
    """Begin the session, or wait for the second step of whoever has one. In the scope of the person's body."""
    if entrance.standing_of(person.pk) is Standing.SET:
        sessions.wait_for_second_step(request, person.pk, wanted)
        return SecondStep()
    sessions.begin(request, person)
    _record(action, person.pk, request, at)
    return SignedIn(needs_password=not person.has_usable_password())


def by_second_step(request: HttpRequest, typed: str, *, at: datetime) -> SignedIn | NotShown | None:
    """Begin the session of whoever has shown a password before; None when that was too long ago."""
    waiting = sessions.pending(request)
    if waiting is None:
        return None
    organisation, staff_id, _ = waiting
    with fence.scope(organisation):
        person = accounts.staff(staff_id)
        if person is None or accounts.viewer(staff_id) is None:
            return None
        try:
            way = entrance_services.show_second_step(staff_id, typed, at=at)
        except (CodeWrong, TriesExhausted) as wrong:  # here, so that what was counted is not taken back
            _record("staff.second_step_refused", staff_id, request, at)
            return NotShown(wrong.for_screen())
        sessions.begin(request, person)
        _record("staff.signed_in", staff_id, request, at, {"second": way.value})
        return SignedIn(needs_password=not person.has_usable_password())


def again(request: DeskRequest, typed: str, *, at: datetime) -> NotShown | None:
    """Prove once more who sits here: by a code, or by the password of whoever has no second step; None: proved."""
    staff_id = request.viewer.staff_id
    person = accounts.staff(staff_id)
    assert person is not None  # the gate has just loaded this person
    if entrance.standing_of(staff_id) is Standing.SET:
        try:
            entrance_services.show_second_step(staff_id, typed, at=at)
        except (CodeWrong, TriesExhausted) as wrong:
            return _not_again(request, wrong.for_screen(), at)
    else:
        key = salted_hmac(
            "todoke.again", f"{request.viewer.organisation}\n{staff_id}", algorithm="sha256"
        ).hexdigest()
        if account_services.count_try(key, at=at) is not None:
            return _not_again(
                request, "続けて失敗したため、しばらく受け付けません。時間をおいて入力し直してください。", at
            )
        with HASHINGS_AT_ONCE:
            if not check_password(typed, person.password):
                return _not_again(request, "パスワードが違います。入力し直してください。", at)
        account_services.forget_tries(key)
    sessions.prove(request)
    _record("staff.proved_again", staff_id, request, at)
    return None


def _not_again(request: DeskRequest, sentence: str, at: datetime) -> NotShown:
    _record("staff.proof_refused", request.viewer.staff_id, request, at)
    return NotShown(sentence)


@transaction.atomic
def by_link(request: HttpRequest, token: str, *, at: datetime) -> SignedIn | SecondStep:
    """Use a one-time link up and begin the session. Raises SetUpDone when it does not work (any more).

    A link stands in for the password, never for the second step（ASVS 6.4.3）.
    """
    organisation, staff_id = account_services.use_link(token, LINK, at=at)
    with fence.scope(organisation):
        person = accounts.staff(staff_id or 0)
        if person is None or accounts.viewer(person.pk) is None:
            raise SetUpDone
        return _first_step_done(request, person, "staff.signed_in_by_link", "", at)


def _record(
    action: str, staff_id: int, request: HttpRequest, at: datetime, facts: Mapping[str, str] | None = None
) -> None:
    actor = Actor(ActorKind.STAFF, str(staff_id), terminal_of(request))
    audit.record(action, object_kind="staff", object_id=str(staff_id), actor=actor, at=at, facts=facts)


def _throttle_keys(request: HttpRequest, name: str) -> tuple[str, str]:
    """Under what tries are counted: for this name from this terminal, and for this name from anywhere."""
    here = salted_hmac("todoke.sign-in", f"{name}\n{terminal_of(request)}", algorithm="sha256").hexdigest()
    return here, salted_hmac("todoke.sign-in-anywhere", name, algorithm="sha256").hexdigest()
