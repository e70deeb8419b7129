"""The tables of a new database, made in a tenth of the time: for one in which no migration has run yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


@contextmanager
def made_quickly(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, the migrations of an empty database draw up what they change, and not every model that is related to it.

    Every table is related to 団体, so that Django draws up all of them after each of 300 operations: 22 of the 25 seconds
    that a new installation waited. What an operation writes into an empty database is the same either way, and does not
    depend on anything that stands in it; tests/cli/test_first_tables.py compares the tables that came of both, word for word. A
    database in which a migration has run already is left to Django's own way.
    """
    if MigrationRecorder(connection).applied_migrations():
        yield
        return
    usual = ProjectState.reload_model
    ProjectState.reload_model = _reload_alone  # type: ignore[method-assign, assignment]  # for the time of this block
    try:
        yield
    finally:
        ProjectState.reload_model = usual  # type: ignore[method-assign]


def _reload_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Draw up anew the one model that a migration changes; `delay` is Django's and without meaning here."""
    if "apps" in state.__dict__:
        state._reload({(app_label, model_name)})  # type: ignore[attr-defined]  # of Django; its stubs leave it out
