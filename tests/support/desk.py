"""Members of staff and browsers that are signed in as them."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.test import Client

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.web.shared import sessions

ACTOR = Actor(ActorKind.COMMAND, "test")


def appoint(organisation: str, roles: Iterable[Role], *, name: str, section: int | None = None) -> int:
    """A member of staff with these roles, who has no password; returns the id."""
    given = [RoleGiven(role, section) for role in roles]
    with scope(organisation):
        return services.create_staff(
            name, display_name=name, password=None, roles=given, actor=ACTOR, at=now()
        )


def browser(organisation: str, staff_id: int) -> Client:
    """A browser in which this person is signed in; errors of the server are raised, not shown."""
    client = Client()
    request = HttpRequest()
    request.session = client.session
    with scope(organisation):
        person = accounts.staff(staff_id)
        assert person is not None
        sessions.begin(request, person)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def is_signed_in(client: Client) -> bool:
    """Whether the session of this browser still stands, and is somebody's."""
    return SESSION_KEY in client.session
