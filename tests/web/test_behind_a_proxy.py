"""Behind a proxy that ends TLS: forms are accepted, and its word for the terminal believed, only when it is known."""

from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from todoke.web.shared.requests import terminal_of


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


@pytest.mark.parametrize(
    ("sent", "terminal"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7", "198.51.100.7"),  # what stands first may come from anybody
        ("2001:db8:0::7", "2001:db8::7"),
        ("", "192.0.2.9"),
        ("198.51.100.7, unknown", "192.0.2.9"),
    ],
)
def test_the_terminal_is_what_the_known_proxy_adds(settings: Settings, sent: str, terminal: str) -> None:
    request = RequestFactory(REMOTE_ADDR="192.0.2.9").get("/", headers={"X-Forwarded-For": sent})
    assert terminal_of(request) == "192.0.2.9"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert terminal_of(request) == terminal
