"""An object of another body does not exist here, and rights end at once; generated from the URL table."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.beginnings import Beginning, Beginnings
from tests.support.clock import Clock
from tests.support.rows import AT
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.desk.rights import RIGHT_OF, Access

from . import objects
from .endpoints import Endpoint, every_endpoint, is_sent_to_sign_in

MINASE, HIYORI = "992011", "993018"
ENDPOINTS = every_endpoint()
WITH_OBJECT = [one for one in ENDPOINTS if one.name in objects.OF]
VERBS = ("GET", "POST")


@pytest.fixture
def towns(db: None, var_dir: object) -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=AT)


def test_every_address_of_an_object_is_tried_with_one_of_another_body() -> None:
    open_to_all = {name for name, need in RIGHT_OF.items() if need is Access.PUBLIC}
    with_arguments = {str(one.name) for one in ENDPOINTS if one.arguments} - open_to_all
    assert with_arguments == set(objects.OF), "say in objects.py how an object for it is made"


def _signed_in() -> tuple[str, ...]:
    """Two towns and one clerk in each, who may whatever there is; the cookies of their browsers, ひより町 first."""
    found = []
    for code, name in ((HIYORI, "ひより町"), (MINASE, "みなせ市")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=AT)
        client = desk.browser(code, desk.appoint(code, list(Role), name=code))
        found.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return tuple(found)


@pytest.fixture(scope="session")
def _clerks(beginnings: Beginnings) -> Beginning[tuple[str, ...]]:
    return beginnings.build("clerks", _signed_in)


@pytest.fixture
def clients(_clerks: Beginning[tuple[str, ...]], var_dir: Path, clock: Clock) -> Iterator[list[Client]]:
    """Browsers of a clerk at home in ひより町 and of a stranger in みなせ市."""
    with _clerks.begun(var_dir) as cookies:
        found = [Client() for _ in cookies]
        for client, cookie in zip(found, cookies, strict=True):
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        yield found


@pytest.mark.parametrize("endpoint", WITH_OBJECT, ids=str)
def test_an_object_of_another_body_does_not_exist_here(clients: list[Client], endpoint: Endpoint) -> None:
    at_home, stranger = clients
    with scope(HIYORI):
        theirs = objects.OF[str(endpoint.name)]()
    address = endpoint.url(**theirs)
    found = at_home.get(address).status_code
    assert found in (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FOUND), "no such object at home"
    assert desk.is_signed_in(stranger)
    answers = {verb: stranger.generic(verb, address).status_code for verb in VERBS}
    assert set(answers.values()) <= {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}, answers
    assert answers["POST"] == at_nobodys(stranger, endpoint)


def at_nobodys(client: Client, endpoint: Endpoint) -> int:
    """How an object that nobody has is answered: one of another body must look the same."""
    return client.post(endpoint.url()).status_code


def test_rights_that_end_end_at_once(towns: None) -> None:
    from todoke.foundation.accounts import services as accounts

    staff_id = desk.appoint(MINASE, [Role.STAFF_ADMINISTRATION], name="minase")
    client = desk.browser(MINASE, staff_id)
    assert client.get(reverse("desk:staff")).status_code == HTTPStatus.OK
    with scope(MINASE):
        accounts.deactivate_staff(staff_id, actor=desk.ACTOR, at=AT)
    assert is_sent_to_sign_in(client.get(reverse("desk:staff")))


def test_an_unknown_address_tells_nothing(towns: None) -> None:
    client = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="minase"))
    assert client.get(f"/{UUID(int=1)}/").status_code == HTTPStatus.NOT_FOUND
