"""Signing in: by name and password, or by a link that works once. Unknown names cost as much time as known ones."""

import threading
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
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.web.shared import sessions
from todoke.web.shared.requests import terminal_of

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


class StaffBackend:
    """Django's way to the person of a session; call inside the scope of the session's body."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        """Nobody signs in through Django's own door: see `by_password` and `by_link`."""
        return

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        """The member of staff with that id in the body in scope."""
        return accounts.staff(user_id)


def by_password(
    request: HttpRequest, name: str, password: str, *, at: datetime
) -> SignedIn | Refused | Later:
    """Try one name and password; five failures from one address, then growing pauses（security.md 6.11）."""
    key = _throttle_key(request, name)
    refused_until = account_services.count_try(key, at=at)
    if refused_until is not None:
        return Later(refused_until)
    organisation = accounts.organisation_of(name)
    with HASHINGS_AT_ONCE:
        signed_in = organisation is not None and _check_in_scope(request, organisation, name, password, at)
        if organisation is None:
            check_password(
                password, UNUSABLE_PASSWORD_PREFIX
            )  # a hash for nobody: the same time as for somebody
    if not signed_in:
        return Refused()
    account_services.forget_tries(key)
    return SignedIn(needs_password=False)


def _check_in_scope(request: HttpRequest, organisation: str, name: str, password: str, at: datetime) -> bool:
    with fence.scope(organisation):
        person = accounts.staff_by_name(name)
        is_right = check_password(password, person.password if person else UNUSABLE_PASSWORD_PREFIX)
        if person is None:
            return False
        if not is_right or accounts.viewer(person.pk) is None:
            _record("staff.sign_in_refused", person.pk, request, at)
            return False
        sessions.begin(request, person)
        _record("staff.signed_in", person.pk, request, at)
        return True


@transaction.atomic
def by_link(request: HttpRequest, token: str, *, at: datetime) -> SignedIn:
    """Use a one-time link up and begin the session. Raises SetUpDone when it does not work (any more)."""
    organisation, staff_id = account_services.use_link(token, LINK, at=at)
    with fence.scope(organisation):
        person = accounts.staff(staff_id or 0)
        if person is None or accounts.viewer(person.pk) is None:
            raise SetUpDone
        sessions.begin(request, person)
        _record("staff.signed_in_by_link", person.pk, request, at)
        return SignedIn(needs_password=not person.has_usable_password())


def _record(action: str, staff_id: int, request: HttpRequest, at: datetime) -> None:
    actor = Actor(ActorKind.STAFF, str(staff_id), terminal_of(request))
    audit.record(action, object_kind="staff", object_id=str(staff_id), actor=actor, at=at)


def _throttle_key(request: HttpRequest, name: str) -> str:
    return salted_hmac("todoke.sign-in", f"{name}\n{terminal_of(request)}", algorithm="sha256").hexdigest()
