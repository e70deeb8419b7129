"""The tests' own ground: copies are fresh, commits are real, the role is not the owner, the network is closed."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction

from tests.support.clock import Clock
from tests.support.network import OutsideLoopback
from todoke.foundation.organisations import services
from todoke.foundation.organisations.models import Organisation
from todoke.foundation.organisations.values import OrganisationKind
from todoke.settings import TODOKE_APPLICATION_ROLE

COUNT = (
    "import django; django.setup(); from todoke.foundation.organisations.models import Organisation;"
    "print(Organisation.objects.count())"
)


def _register() -> None:
    kind, at = OrganisationKind.MUNICIPALITY, datetime(2026, 4, 6, tzinfo=UTC)
    services.register_organisation("992011", name="みなせ市", kind=kind, at=at)


@pytest.mark.parametrize("round_", [1, 2])
def test_a_commit_is_seen_by_a_subprocess_and_gone_in_the_next_test(
    child_environment: dict[str, str], round_: int
) -> None:
    assert Organisation.objects.count() == 0
    _register()
    assert not connection.in_atomic_block
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "todoke.settings"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"


def test_what_a_test_writes_is_rolled_back(db: None) -> None:
    assert Organisation.objects.count() == 0
    _register()


def test_what_another_test_wrote_is_gone(db: None) -> None:
    assert Organisation.objects.count() == 0


@pytest.mark.postgresql_only("roles are PostgreSQL's")
def test_the_tests_connect_as_a_role_that_owns_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (TODOKE_APPLICATION_ROLE, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE own (id int)")


@pytest.mark.sqlite_only("PRAGMAs are SQLite's")
def test_sqlite_is_as_durable_as_in_production(db: None) -> None:
    with connection.cursor() as cursor:
        for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone() == (expected,)


def test_the_network_ends_at_the_loopback_interface() -> None:
    with socket.socket() as outside, pytest.raises(OutsideLoopback):
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideLoopback):
        socket.getaddrinfo("example.invalid", 80)
    with socket.socket() as server, socket.socket() as inside:
        server.bind(("127.0.0.1", 0))
        server.listen()
        inside.connect(server.getsockname())


def test_the_clock_stands_still_until_it_is_moved(clock: Clock) -> None:
    before = clock.now
    assert clock.now == before
    assert (clock.advance(hours=2) - before).total_seconds() == 7200


def test_a_test_has_a_var_of_its_own(var_dir: object) -> None:
    assert os.environ["TODOKE_VAR"] == str(var_dir)
    assert connections["default"].alias == "default"
