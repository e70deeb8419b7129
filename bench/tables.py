"""The tables of a new installation, made in a tenth of the time: for trials and measurements, never for a town's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.migrations.state import ProjectState


def _reload_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Draw up anew the one model that a migration changes; `delay` is Django's and without meaning here."""
    if "apps" in state.__dict__:
        state._reload({(app_label, model_name)})  # type: ignore[attr-defined]  # of Django; its stubs leave it out


@contextmanager
def made_quickly() -> Iterator[None]:
    """Within, migrations draw up what they change, and not every model that is related to it.

    Every table is related to 団体, so that Django draws up all of them after each of 300 operations: 22 of the 25
    seconds. What an operation writes into the database is the same; `make faults` compares.
    """
    with patch.object(ProjectState, "reload_model", _reload_alone):
        yield
