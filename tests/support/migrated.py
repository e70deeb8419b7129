"""Migrating the template as its owner, and switching the default connection between copies."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.support.databases import Databases
from todoke.foundation.first_tables import made_quickly


def _point_to(url: str) -> None:
    """Let the default connection, in every thread, lead to another database from its next use on."""
    from todoke.settings import _database  # settings own the reading of addresses

    connection = connections["default"]
    connection.close()
    wanted = _database(url)
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        value = wanted.get(key, "")
        connection.settings_dict[key] = value
        settings.DATABASES["default"][key] = value


def make_template(databases: Databases) -> None:
    """Create and migrate the template as the owner, then leave it alone."""
    databases.create_template()
    _point_to(databases.owner_url(databases.template))
    with made_quickly(connections["default"]):
        call_command("migrate", verbosity=0, interactive=False)
    connections["default"].close()


def share_template(databases: Databases, run: Path) -> None:
    """The worker's template: the first worker of the run that comes here migrates, the others wait and copy."""
    with (run / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not databases.borrow_template():
            make_template(databases)
            databases.lend_template()


def switch(databases: Databases, name: str) -> None:
    """Connect as the application role to this database."""
    _point_to(databases.url(name))
