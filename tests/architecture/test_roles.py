"""Every endpoint × role is refused unless a rule grants it; generated from the URL table. What a role may, no database says."""

from functools import cache
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.test import Client

from tests.support import desk
from tests.support.rows import AT
from todoke.foundation.accounts.rules import RIGHTS_OF
from todoke.foundation.accounts.values import Right, Role
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.desk.rights import RIGHT_OF, Access
from todoke.web.shared import refusals

from .endpoints import Endpoint, every_endpoint, is_sent_to_sign_in

MINASE = "992011"
ENDPOINTS = every_endpoint()
VERBS = ("GET", "POST")


@pytest.fixture
def town(db: None, var_dir: object) -> None:
    services.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)


@pytest.fixture
def _one_page_of_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a refusal is drawn once in a test; afterwards its number alone is answered, which is all that counts here."""
    drawn: list[HttpResponse] = []

    def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if drawn:
            return HttpResponseForbidden()
        drawn.append(refusals.forbidden(request, exception))
        return drawn[0]

    monkeypatch.setattr("todoke.urls.handler403", forbidden)


@cache
def address_of(endpoint: Endpoint) -> str:
    """Where the page is."""
    return endpoint.url()


def is_granted(name: str, role: Role | None) -> bool:
    """The rule in one place: public pages to all, personal ones to staff, the rest by right."""
    need = RIGHT_OF[name]
    if need is Access.PUBLIC:
        return True
    if role is None or need is Access.NOBODY:
        return False
    return need is Access.SIGNED_IN or need in RIGHTS_OF[role]


def test_every_address_has_a_name_and_a_rule() -> None:
    assert {one.namespace for one in ENDPOINTS} == {"desk", "board"}
    assert not [one.route for one in ENDPOINTS if one.name is None]
    assert not [str(one) for one in ENDPOINTS if RIGHT_OF.get(str(one.name), Access.NOBODY) is Access.NOBODY]


def test_every_rule_belongs_to_an_address() -> None:
    assert set(RIGHT_OF) <= {one.name for one in ENDPOINTS}


def test_every_right_is_carried_by_a_role_and_every_role_has_its_rights() -> None:
    assert set(RIGHTS_OF) == set(Role)
    assert {right for rights in RIGHTS_OF.values() for right in rights} == set(Right)


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_reaches_public_pages_only(town: None, verb: str) -> None:
    wrong = []
    for endpoint in ENDPOINTS:
        response = Client().generic(verb, address_of(endpoint))
        is_right = (
            response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            if is_granted(str(endpoint.name), None)
            else is_sent_to_sign_in(response)
        )
        wrong += [] if is_right else [f"{endpoint}: {response.status_code}"]
    assert not wrong


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.usefixtures("town", "_one_page_of_refusal")
def test_a_role_reaches_what_its_rights_grant_and_nothing_else(role: Role, verb: str) -> None:
    staff_id = desk.appoint(MINASE, [role], name="minase")
    client, wrong = desk.browser(MINASE, staff_id), []
    for endpoint in ENDPOINTS:
        answer = client.generic(verb, address_of(endpoint)).status_code
        is_refused = answer == HTTPStatus.FORBIDDEN
        if is_refused is is_granted(str(endpoint.name), role) or answer >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wrong.append(f"{endpoint}: {answer}")
        if not is_refused and not desk.is_signed_in(client):  # the page ended the session
            client = desk.browser(MINASE, staff_id)
    assert not wrong
