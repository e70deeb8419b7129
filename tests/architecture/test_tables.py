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
table = pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)


def test_the_migrations_say_what_the_models_say(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@table
def test_a_table_says_what_one_row_is(model: type[models.Model]) -> None:
    text = model.__doc__ or ""
    assert text
    assert not text.startswith(f"{model.__name__}(")


@table
def test_a_table_of_a_body_is_reached_through_the_fence_only(model: type[models.Model]) -> None:
    if model._meta.label in walls.UNFENCED:
        assert not walls.is_fenced(model)
    else:
        assert walls.is_fenced(model), "belongs to no body and is not listed in walls.UNFENCED"
        assert isinstance(model._base_manager, OwnedManager)
        assert isinstance(model._default_manager, OwnedManager)


@table
def test_nothing_is_deleted_along(model: type[models.Model]) -> None:
    deleting = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]
    assert not deleting


@pytest.mark.postgresql_only("row-level security is PostgreSQL's")
@table
def test_a_table_of_a_body_has_a_policy_that_binds_its_owner_too(db: None, model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (walls.is_fenced(model),) * 2
