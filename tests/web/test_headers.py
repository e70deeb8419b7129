"""Every answer, refusals and downloads included, carries the headers that keep a browser careful."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.endpoints import every_endpoint
from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.web.shared.downloads import disposition

from .conftest import MINASE, Towns

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'",
}  # fmt: skip
DOWNLOAD = {"default-src 'none'", "sandbox"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def check(response: "object", always: dict[str, str] = ALWAYS) -> None:
    headers = response.headers  # type: ignore[attr-defined]  # the test client's answers have no public type
    assert {name: headers.get(name) for name in always} == always
    assert "camera=()" in headers["Permissions-Policy"]
    expected = DOWNLOAD if "attachment" in headers.get("Content-Disposition", "") else POLICY
    assert set(headers["Content-Security-Policy"].split("; ")) == expected


def test_every_page_for_a_stranger(db: None) -> None:
    for endpoint in every_endpoint():
        check(Client().get(endpoint.url()))


def test_every_page_for_a_clerk(empty_towns: Towns) -> None:
    client = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))
    for endpoint in every_endpoint():
        check(client.get(endpoint.url()))


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/admin/", "/.git/config", "/static/../settings.py", "/cases", "/%00"]
)
def test_what_does_not_exist(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.MOVED_PERMANENTLY}
    check(response)


def test_a_host_that_is_not_ours_is_refused_in_japanese(db: None) -> None:
    response = Client().get("/sign-in/", headers={"host": "evil.example"})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "送信された内容を受け取れませんでした" in response.content.decode()
    check(response)


def test_static_files_may_be_kept_and_are_not_sniffed(db: None) -> None:
    response = Client().get("/static/todoke/base.css")
    assert response.status_code == HTTPStatus.OK
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in response.headers["Cache-Control"]
    response.close()


def test_a_page_that_fails_says_so_and_tells_nothing(towns: Towns, monkeypatch: pytest.MonkeyPatch) -> None:
    from todoke.web.desk.pages import home

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret of the house")

    monkeypatch.setattr(home, "overview_for", fail)
    client = desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="clerk"))
    client.raise_request_exception = False
    response = client.get(reverse("desk:home"))
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in response.content.decode()
    assert "何も変更されていません" in response.content.decode()
    check(response)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.jpg", "attachment; filename=\"photo.jpg\"; filename*=UTF-8''photo.jpg"),
        ("住民票.pdf", "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E4%BD%8F%E6%B0%91%E7%A5%A8.pdf"),
        ('a"b\r\nSet-Cookie: x=1.pdf', "attachment; filename=\"a_b__Set-Cookie__x_1.pdf\"; "
            "filename*=UTF-8''a_b__Set-Cookie%3A%20x%3D1.pdf"),
        ("../../etc/passwd", "attachment; filename=\".._.._etc_passwd\"; filename*=UTF-8''.._.._etc_passwd"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
    ],
)  # fmt: skip
def test_no_file_name_breaks_the_header(name: str, expected: str) -> None:
    assert disposition(name) == expected
