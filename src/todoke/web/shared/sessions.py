"""What a session remembers (body, person, beginning) and when it ends for good."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.values import Viewer
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import current_organisation

ORGANISATION = "organisation"
BEGUN = "begun"
BACKEND = "todoke.web.desk.sign_in.StaffBackend"


def begin(request: HttpRequest, person: AbstractBaseUser) -> None:
    """Sign a person in under a new session id; call inside the scope of the person's body."""
    auth.login(request, person, backend=BACKEND)  # type: ignore[arg-type]  # ours is the user model; no door shows it
    request.session[ORGANISATION] = current_organisation()
    request.session[BEGUN] = now().isoformat()


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
