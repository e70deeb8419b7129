"""While a database does not answer a page says so calmly, gives back what was typed, and is well again by itself."""

import sqlite3
from http import HTTPStatus
from unittest.mock import patch

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

from todoke.foundation import health
from todoke.web.shared import sessions

TYPED = {"display_name": "新井　一", "sign_in_name": "arai", "roles": ["reception"], "section": ""}
REFUSED = OperationalError("connection refused")


def caused(cause: Exception) -> OperationalError:
    trouble = OperationalError()
    trouble.__cause__ = cause
    return trouble


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("refused")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("trouble", "is_away"),
    [
        (REFUSED, True), (caused(psycopg.OperationalError("lost")), True), (caused(psycopg.errors.AdminShutdown()), True),
        (InterfaceError("connection already closed"), True), (caused(sqlite_error(14)), True),
        (caused(sqlite_error(5)), False), (caused(psycopg.errors.DeadlockDetected()), False), (KeyError(), False),
    ],
)  # fmt: skip
def test_only_a_connection_that_is_gone_counts(trouble: Exception, is_away: bool) -> None:
    wrapped = RuntimeError()
    wrapped.__cause__ = trouble
    assert health.is_database_away(wrapped) is is_away


def test_what_was_typed_while_the_database_changes_over_can_be_sent_again(clerk: Client) -> None:
    with patch("todoke.foundation.accounts.services.create_staff", side_effect=REFUSED):
        answer = clerk.post(reverse("desk:new-staff"), TYPED)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "10")
    for words in ("SYS-941", "新井　一", "もう一度送る", "済んでいないことを確かめて"):
        assert words in page
    assert clerk.post(reverse("desk:new-staff"), TYPED).status_code == HTTPStatus.OK


def test_a_page_that_cannot_even_ask_who_asks_says_so(clerk: Client) -> None:
    with patch.object(sessions, "organisation_of", side_effect=REFUSED):
        answer = clerk.get(reverse("desk:home"))
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "読み込み直して" in answer.content.decode()
    assert clerk.get(reverse("desk:home")).status_code == HTTPStatus.OK
