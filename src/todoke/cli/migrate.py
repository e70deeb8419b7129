"""`todoke migrate`: bring the database to this version, as its owner."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from .verbs import DONE, Verb, console, print_json


def bring_up_to_date(*, quiet: bool = True) -> int:
    """Run every migration that has not run, as the owner role, on every database; returns how many there were.

    Raises DatabaseAhead where a newer version has been at work.
    """
    from todoke.foundation.health import refuse_newer_database  # needs configured settings

    refuse_newer_database()
    return sum(_bring_up(alias, quiet=quiet) for alias in settings.TODOKE_OWNER_URLS)


def _bring_up(alias: str, *, quiet: bool) -> int:
    from django.db.migrations.executor import MigrationExecutor  # needs configured settings

    from todoke.foundation.first_tables import made_quickly  # as above
    from todoke.foundation.moving.services import keep_ids_apart  # as above

    with as_owner(alias):
        executor = MigrationExecutor(connections[alias])
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            with made_quickly(connections[alias]):
                call_command("migrate", database=alias, verbosity=0 if quiet else 1, interactive=False)
            keep_ids_apart(alias)
    return waiting


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Be connected to a database as the owner of its tables for a while.

    On PostgreSQL the owner's connection comes from TODOKE_DATABASE_OWNER_URL: the application's role owns nothing.
    """
    chosen = connections[alias]
    as_application = dict(chosen.settings_dict)
    chosen.close()
    chosen.settings_dict.update(_owner_connection(alias))
    try:
        yield
    finally:
        chosen.close()
        chosen.settings_dict.update(as_application)


def _owner_connection(alias: str) -> dict[str, object]:
    from todoke.settings import _database  # the one reader of connection addresses

    url = settings.TODOKE_OWNER_URLS[alias]
    return {key: value for key, value in _database(url).items() if key != "ENGINE"}


def _arguments(_: argparse.ArgumentParser) -> None:
    return None


def _run(args: argparse.Namespace) -> int:
    count = bring_up_to_date()
    if args.json:
        print_json({"applied": count})
    else:
        console().print(f"データベースを更新しました（{count}件）。" if count else "データベースは最新です。")
    return DONE


VERB = Verb(_arguments, _run)
