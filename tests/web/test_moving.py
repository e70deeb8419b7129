"""While a body moves to another database pages say so calmly, keep nothing half, and give back what was typed."""

import re
from http import HTTPStatus
from unittest.mock import patch

import pytest
from django.db import InternalError
from django.test import Client
from django.urls import reverse

from todoke.foundation import databases
from todoke.foundation.accounts.models import Staff
from todoke.foundation.fence import scope

from .conftest import MINASE

NEW, TYPED = (
    reverse("desk:new-staff"),
    {"display_name": "新井　一", "sign_in_name": "arai", "roles": ["reception"], "section": ""},
)


def there(name: str) -> bool:
    with scope(MINASE, read_only=True):
        return Staff.objects.filter(display_name=name).exists()


def test_an_act_is_refused_before_it_begins_and_can_be_sent_again(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "moving", lambda: [MINASE])
    answer = clerk.post(NEW, TYPED)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "30")
    assert "移設中です" in page
    assert "この操作は行われていません" in page
    assert f'action="{NEW}"' in page
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert (kept["display_name"], kept["roles"]) == ("新井　一", "reception")
    assert not there("新井　一")
    monkeypatch.undo()
    kept.pop("csrfmiddlewaretoken")
    assert clerk.post(NEW, kept).status_code in (HTTPStatus.OK, HTTPStatus.FOUND)
    assert there("新井　一")


def test_a_page_that_had_not_heard_of_it_says_the_same_and_keeps_nothing(clerk: Client) -> None:
    refused = InternalError(databases.REFUSAL)
    with patch("todoke.foundation.audit.services.record", side_effect=refused):
        answer = clerk.post(NEW, TYPED)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "もう一度送る" in answer.content.decode()
    assert not there("新井　一")


def test_reading_goes_on_and_secrets_never_come_back(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "moving", lambda: [MINASE])
    assert clerk.get(reverse("desk:home")).status_code == HTTPStatus.OK
    answer = clerk.post(reverse("desk:password"), {"old_password": "kotoba-1", "new_password": "kotoba-2"})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "kotoba" not in page
    assert "もう一度送る" not in page
