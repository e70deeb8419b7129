"""The tables: migrations say what the models say, every table of a body is fenced, and every row says what it is."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from todoke.foundation import walls
from todoke.foundation.fence import OwnedManager

TABLES = [
    model
    for label in ("foundation", "casework", "programme")
    for model in apps.get_app_config(label).get_models()
]


def test_the_migrations_say_what_the_models_say(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_a_table_says_what_one_row_is() -> None:
    texts = {model.__name__: model.__doc__ or "" for model in TABLES}
    assert texts
    assert not [name for name, text in texts.items() if not text or text.startswith(f"{name}(")]


def test_a_table_of_a_body_is_reached_through_the_fence_only() -> None:
    fenced = [model for model in TABLES if model._meta.label not in walls.UNFENCED]
    assert not [model.__name__ for model in TABLES if model not in fenced and walls.is_fenced(model)]
    assert not [model.__name__ for model in fenced if not walls.is_fenced(model)], (
        "belongs to no body and is not listed in walls.UNFENCED"
    )
    assert not [model.__name__ for model in fenced if not isinstance(model._base_manager, OwnedManager)]
    assert not [model.__name__ for model in fenced if not isinstance(model._default_manager, OwnedManager)]


def test_nothing_is_deleted_along() -> None:
    assert not [
        f"{model.__name__}.{field.name}"
        for model in TABLES
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]


@pytest.mark.postgresql_only("row-level security is PostgreSQL's")
def test_a_table_of_a_body_has_a_policy_that_binds_its_owner_too(db: None) -> None:
    wanted = {model._meta.db_table: (walls.is_fenced(model),) * 2 for model in TABLES}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)",
            [list(wanted)],
        )
        found = {name: (is_on, is_forced) for name, is_on, is_forced in cursor.fetchall()}
    assert found == wanted
