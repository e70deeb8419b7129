"""A list page asks the database the same number of questions for sixty rows as for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support import desk
from tests.support.rows import AT
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.board import rights as board

from . import objects

MINASE = "992011"
MANY = 60


@pytest.fixture
def reader(db: None, var_dir: object) -> Client:
    services.register_organisation(MINASE, name="みなせ市", kind=OrganisationKind.MUNICIPALITY, at=AT)
    return desk.browser(MINASE, desk.appoint(MINASE, list(Role), name="minase"))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block, without those that only mark transactions."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as asked:
        yield statements
    marks = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")
    statements += [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(marks)]


@pytest.mark.parametrize("name", sorted(objects.LISTED))
def test_the_number_of_questions_does_not_grow_with_the_rows(reader: Client, name: str) -> None:
    address = reverse(f"{'board' if name in board.RIGHT_OF else 'desk'}:{name}")
    with scope(MINASE):
        objects.LISTED[name]()
    reader.get(address)  # what is read once per process is read now
    with counted() as of_one:
        one = reader.get(address)
    with scope(MINASE):
        for _ in range(MANY - 1):
            objects.LISTED[name]()
    with counted() as of_many:
        many = reader.get(address)
    assert one.status_code == many.status_code == HTTPStatus.OK
    assert len(many.content) > len(one.content) + 10 * 40, "the rows are not on the page"
    assert len(of_many) == len(of_one), "\n".join(statement[:160] for statement in of_many)
