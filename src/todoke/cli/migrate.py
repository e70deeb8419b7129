"""`todoke migrate`: bring the database to this version, as its owner."""

import argparse

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from .verbs import DONE, Verb, console, print_json


def bring_up_to_date(*, quiet: bool = True) -> int:
    """Run every migration that has not run, as the owner role; returns how many there were.

    On PostgreSQL the owner's connection comes from TODOKE_DATABASE_OWNER_URL: the application's role owns nothing.
    """
    from django.db.migrations.executor import MigrationExecutor  # needs configured settings

    default = connections["default"]
    as_application = dict(default.settings_dict)
    default.close()
    default.settings_dict.update(_owner_connection())
    try:
        executor = MigrationExecutor(default)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
    finally:
        default.close()
        default.settings_dict.update(as_application)
    return waiting


def _owner_connection() -> dict[str, object]:
    from todoke.settings import _database  # the one reader of connection addresses

    return {
        key: value for key, value in _database(settings.TODOKE_DATABASE_OWNER_URL).items() if key != "ENGINE"
    }


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
