"""What a session remembers (body, person, beginning, last proof of who it is) and when it ends for good."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import queries as entrance
from todoke.foundation.entrance import services as entrance_services
from todoke.foundation.entrance.values import Standing
from todoke.foundation.fence import current_organisation

from .requests import terminal_of

ORGANISATION = "organisation"
BEGUN = "begun"
PROVED = "proved"  # when the person last showed a password, a code or a link
MUST_SET_UP = "must-set-up"  # a second step is asked of this person, who has none yet
PENDING = "pending"  # who has shown a password and not yet the second step
PENDING_FOR = timedelta(minutes=5)
BACKEND = "todoke.web.desk.sign_in.StaffBackend"


def begin(request: HttpRequest, person: AbstractBaseUser) -> None:
    """Sign a person in under a new session id; call inside the scope of the person's body."""
    at, before = now(), request.session.session_key
    request.session.pop(PENDING, None)
    auth.login(request, person, backend=BACKEND)  # type: ignore[arg-type]  # ours is the user model; no door shows it
    request.session[ORGANISATION] = current_organisation()
    request.session[BEGUN] = request.session[PROVED] = at.isoformat()
    request.session[MUST_SET_UP] = _must_set_up(person.pk)
    entrance_services.note_session(
        person.pk, request.session.session_key or "", before=before, terminal=terminal_of(request),
        agent=request.headers.get("User-Agent", ""), at=at,
    )  # fmt: skip


def _must_set_up(staff_id: int) -> bool:
    return entrance.must_have(staff_id) and entrance.standing_of(staff_id) is not Standing.SET


def must_set_up(request: HttpRequest) -> bool:
    """Whether nothing else may be done before the second step is set up."""
    return bool(request.session.get(MUST_SET_UP))


def has_set_up(request: HttpRequest) -> None:
    """From now on the session may do everything that the person may."""
    request.session[MUST_SET_UP] = False


def wait_for_second_step(request: HttpRequest, staff_id: int, wanted: str) -> None:
    """Remember, for five minutes, who has shown a password, under a new session id; call inside the body's scope."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "organisation": current_organisation(), "staff": staff_id, "at": now().isoformat(), "next": wanted,
    }  # fmt: skip


def pending(request: HttpRequest) -> tuple[str, int, str] | None:
    """(Body, person, page wanted) of whoever has shown a password less than five minutes ago; else None."""
    one = request.session.get(PENDING)
    if not one or abs(now() - datetime.fromisoformat(one["at"])) > PENDING_FOR:
        return None
    return one["organisation"], one["staff"], one["next"]


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown who it is within the minutes of the setting."""
    proved = request.session.get(PROVED)
    if not proved:
        return False
    return abs(now() - datetime.fromisoformat(proved)) <= timedelta(minutes=settings.TODOKE_STEP_UP_MINUTES)


def prove(request: HttpRequest) -> None:
    """The person has just shown it again: the session goes on under a new id."""
    before = request.session.session_key or ""
    request.session.cycle_key()
    request.session[PROVED] = now().isoformat()
    entrance_services.renew_session(before, request.session.session_key or "")


def organisation_of(request: HttpRequest) -> str | None:
    """The body of the session; None without a session or when it has reached its absolute age."""
    organisation, begun = request.session.get(ORGANISATION), request.session.get(BEGUN)
    if not organisation or not begun:
        return None
    age = abs(now() - datetime.fromisoformat(begun))
    return organisation if age < timedelta(hours=settings.TODOKE_SESSION_HOURS) else None


def viewer_of_session(request: HttpRequest) -> Viewer | None:
    """The person of the session with rights as they stand now; None when gone or the password has changed."""
    person = auth.get_user(request)
    return accounts.viewer(person.pk) if person.is_authenticated else None
