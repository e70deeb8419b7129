"""Behind a proxy that ends TLS a form is accepted only when the installation says that it stands there."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings


@pytest.mark.parametrize("is_known", [True, False])
def test_a_form_from_https_is_taken_when_the_proxy_is_known(
    db: None, settings: Settings, *, is_known: bool
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_known else None
    address = reverse("desk:sign-in")
    said = {
        "Host": "testserver",
        "X-Forwarded-Proto": "https",
        "Origin": "https://testserver",
        "Referer": f"https://testserver{address}",
    }
    client = Client(enforce_csrf_checks=True, headers=said)
    page = client.get(address)
    words = {"csrfmiddlewaretoken": page.context["csrf_token"], "sign_in_name": "nobody", "password": "wrong"}
    answer = client.post(address, words)
    is_refused_as_foreign = answer.status_code == HTTPStatus.FORBIDDEN
    assert is_refused_as_foreign is not is_known, answer.content.decode()
