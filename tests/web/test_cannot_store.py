"""While nothing can be stored every page says so, what was typed is refused with what to do, and reading goes on."""

import errno
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from typing import ClassVar
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from todoke.foundation import fence, health
from todoke.foundation.fence import scope
from todoke.foundation.models import AuditEntry
from todoke.foundation.patience import Patience
from todoke.foundation.vault.errors import StoreFailed

from .conftest import MINASE

BANNER = "保存できません（SYS-901）"
HOME, SYSTEM = reverse("desk:home"), reverse("desk:operations")


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    """No answer of another test serves."""
    health.STORING.forget()
    yield
    health.STORING.forget()


@pytest.fixture
def no_writes(clerk: Client) -> Iterator[None]:
    """The database takes no writes, as on a full or read-only disk."""
    clerk.get(HOME)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")
        return
    savepoint = transaction.savepoint()  # the test itself is one transaction there
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    yield
    transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_full_or_read_only_disk_stands_on_every_page_and_goes_by_itself(clerk: Client, number: int) -> None:
    with patch.object(tempfile, "mkstemp", side_effect=OSError(number, "refused")):
        for page in (HOME, reverse("desk:cases"), SYSTEM):
            assert BANNER in clerk.get(page).content.decode()
        assert BANNER in Client().get(reverse("desk:sign-in")).content.decode()
    health.STORING.forget()
    assert BANNER not in clerk.get(HOME).content.decode()


def test_a_database_that_takes_nothing_is_told_of_and_what_was_typed_is_refused(
    clerk: Client, no_writes: None
) -> None:
    typed = {"display_name": "新井　一", "sign_in_name": "arai", "roles": ["reception"], "section": ""}
    answer = clerk.post(reverse("desk:new-staff"), typed)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["Retry-After"] == "60"
    assert "この操作は行われていません" in answer.content.decode()
    page = clerk.get(HOME)
    assert page.status_code == HTTPStatus.OK, "reading goes on, though the session cannot be saved"
    assert BANNER in page.content.decode()


def test_nothing_of_it_was_kept(clerk: Client) -> None:
    with scope(MINASE):
        before = AuditEntry.objects.count()
    with patch.object(health.STORING, "note", wraps=health.STORING.note) as noted:
        with patch("todoke.foundation.accounts.services.create_staff", side_effect=StoreFailed):
            typed = {
                "display_name": "新井　一",
                "sign_in_name": "arai",
                "roles": ["reception"],
                "section": "",
            }
            assert clerk.post(reverse("desk:new-staff"), typed).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert noted.called
    with scope(MINASE):
        assert AuditEntry.objects.count() == before


def test_F08_a_disk_that_hangs_holds_one_page_at_most_and_is_told_on_all(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(health, "STORING", hanging := health.Storing())
    monkeypatch.setattr("todoke.web.shared.context.STORING", hanging)
    monkeypatch.setattr(hanging, "_room", Patience(lambda: gate.wait(60), seconds=0.05))
    for page in (HOME, SYSTEM):
        assert BANNER in clerk.get(page).content.decode()
    with pytest.raises(health.StorageStalled):  # before an original is read
        hanging.check_answering()
    with hanging._lock:  # another page asks just now: this one goes on with the last answer
        hanging.forget()
        assert hanging.is_refused()
    gate.set()
    hanging.forget()
    monkeypatch.setattr(hanging, "_room", Patience(lambda: True, seconds=60))
    assert BANNER not in clerk.get(HOME).content.decode()
    hanging.check_answering()


class Slowly(BytesIO):
    """A form on its way, which notes whether somebody waits for it with a scope open, or breaks off."""

    waited_in_scope: ClassVar[list[bool]] = []
    breaks_off = False

    def read(self, size: int | None = -1) -> bytes:
        self.waited_in_scope.append(fence.in_scope())
        if self.breaks_off:
            raise OSError("the browser has gone")
        return super().read(size)


def test_F19_whoever_sends_a_form_slowly_takes_no_turn_to_write(clerk: Client) -> None:
    typed = urlencode(
        {"display_name": "新井　一", "sign_in_name": "arai", "roles": "reception", "section": ""}
    )
    kind, form = "application/x-www-form-urlencoded", Slowly(typed.encode())
    Slowly.waited_in_scope.clear()
    answer = clerk.generic("POST", reverse("desk:new-staff"), typed, kind, **{"wsgi.input": form})  # type: ignore[arg-type]  # what a server puts there
    assert answer.status_code == HTTPStatus.OK
    assert set(Slowly.waited_in_scope) == {False}
    form = Slowly(typed.encode())
    form.breaks_off = True
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = clerk.cookies
    answer = strict.generic("POST", reverse("desk:new-staff"), typed, kind, **{"wsgi.input": form})  # type: ignore[arg-type]  # as above
    assert answer.status_code == HTTPStatus.FORBIDDEN


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("refused")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("refusal", "counts"),
    [
        (sqlite_error(13), True), (sqlite_error(8), True), (sqlite_error(10 | 3 << 8), True), (sqlite_error(5), False),
        (OSError(errno.ENOSPC, ""), True), (OSError(errno.ENOENT, ""), False), (StoreFailed(), True), (KeyError(), False),
    ],
)  # fmt: skip
def test_only_what_a_disk_or_database_refuses_counts(refusal: Exception, counts: bool) -> None:
    wrapped = RuntimeError()
    wrapped.__cause__ = refusal
    assert health.is_storage_refusal(wrapped) is counts
