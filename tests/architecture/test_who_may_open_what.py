"""Every endpoint × role × organisation is refused unless a rule grants it; generated from the URL table."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
from tests.support.rows import AT
from todoke.foundation.accounts.rules import RIGHTS_OF
from todoke.foundation.accounts.values import Right, Role
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.desk.rights import RIGHT_OF, Access

from . import objects
from .endpoints import Endpoint, every_endpoint

MINASE, HIYORI = "992011", "993018"
ENDPOINTS = every_endpoint()
WITH_OBJECT = [one for one in ENDPOINTS if one.name in objects.OF]
endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
VERBS = ("GET", "POST")


@pytest.fixture
def towns(db: None, var_dir: object) -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=AT)


def is_granted(name: str, role: Role | None) -> bool:
    """The rule in one place: public pages to all, personal ones to staff, the rest by right."""
    need = RIGHT_OF[name]
    if need is Access.PUBLIC:
        return True
    if role is None or need is Access.NOBODY:
        return False
    return need is Access.SIGNED_IN or need in RIGHTS_OF[role]


def is_sent_to_sign_in(response: Any) -> bool:  # the test client's answers have no public type
    location = urlsplit(response.headers.get("Location", ""))
    return bool(response.status_code == HTTPStatus.FOUND and location.path == reverse("desk:sign-in"))


@endpoint
def test_every_address_has_a_name_and_a_rule(endpoint: Endpoint) -> None:
    assert endpoint.namespace in {"desk", "board"}
    assert endpoint.name is not None, f"{endpoint.route} has no name"
    assert RIGHT_OF.get(endpoint.name, Access.NOBODY) is not Access.NOBODY, (
        f"{endpoint} has no rule in rights.py"
    )


def test_every_rule_belongs_to_an_address() -> None:
    assert set(RIGHT_OF) <= {one.name for one in ENDPOINTS}


def test_every_right_is_carried_by_a_role_and_every_role_has_its_rights() -> None:
    assert set(RIGHTS_OF) == set(Role)
    assert {right for rights in RIGHTS_OF.values() for right in rights} == set(Right)


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_reaches_public_pages_only(towns: None, verb: str) -> None:
    wrong = []
    for endpoint in ENDPOINTS:
        response = Client().generic(verb, endpoint.url())
        is_right = (
            response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            if is_granted(str(endpoint.name), None)
            else is_sent_to_sign_in(response)
        )
        wrong += [] if is_right else [f"{endpoint}: {response.status_code}"]
    assert not wrong


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_its_rights_grant_and_nothing_else(towns: None, role: Role, verb: str) -> None:
    staff_id = desk.appoint(MINASE, [role], name="minase")
    client, wrong = desk.browser(MINASE, staff_id), []
    for endpoint in ENDPOINTS:
        if not desk.is_signed_in(client):  # the last page ended the session
            client = desk.browser(MINASE, staff_id)
        answer = client.generic(verb, endpoint.url()).status_code
        is_refused = answer == HTTPStatus.FORBIDDEN
        if is_refused is is_granted(str(endpoint.name), role) or answer >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wrong.append(f"{endpoint}: {answer}")
    assert not wrong


def test_every_address_of_an_object_is_tried_with_one_of_another_body() -> None:
    open_to_all = {name for name, need in RIGHT_OF.items() if need is Access.PUBLIC}
    with_arguments = {str(one.name) for one in ENDPOINTS if one.arguments} - open_to_all
    assert with_arguments == set(objects.OF), "say in objects.py how an object for it is made"


@pytest.mark.parametrize("endpoint", WITH_OBJECT, ids=str)
def test_an_object_of_another_body_does_not_exist_here(towns: None, endpoint: Endpoint) -> None:
    with scope(HIYORI):
        theirs = objects.OF[str(endpoint.name)]()
    at_home = desk.browser(HIYORI, desk.appoint(HIYORI, list(Role), name="hiyori"))
    stranger = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="minase"))
    found = at_home.get(endpoint.url(**theirs))
    assert found.status_code in (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FOUND), (
        "no such object at home"
    )
    for verb in VERBS:
        response = stranger.generic(verb, endpoint.url(**theirs))
        assert response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED), verb
    assert stranger.post(endpoint.url(**theirs)).status_code == at_nobodys(stranger, endpoint)


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
