"""Migrating the template as its owner, and switching the default connection between copies."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.state import ProjectState

from tests.support.databases import Databases
from todoke.foundation.walls import RaiseWalls


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
    for label in (unmigrated := _unmigrated()):
        settings.MIGRATION_MODULES[label] = None
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=bool(unmigrated))
    for label in unmigrated:
        with connections["default"].schema_editor() as editor:
            state = ProjectState.from_apps(apps)
            RaiseWalls(label).database_forwards(label, editor, state, state)
    connections["default"].close()


# TEMPORARY until the casework app has its first migration.
def _unmigrated() -> list[str]:
    folder = Path(__file__).parents[2] / "src/todoke/casework/migrations"
    has_tables = any(apps.get_app_config("casework").get_models())
    return ["casework"] if has_tables and not any(folder.glob("0*.py")) else []


def switch(databases: Databases, name: str) -> None:
    """Connect as the application role to this database."""
    _point_to(databases.url(name))
