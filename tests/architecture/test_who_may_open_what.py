"""An object of another body does not exist here, and rights end at once; generated from the URL table."""

from http import HTTPStatus
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.support import desk
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
