"""Which tables move with a body, and one command at a time in a house."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings

from todoke.foundation import durable
from todoke.foundation.moving.errors import HouseBusy
from todoke.foundation.walls import APPEND_ONLY, is_fenced


def tables() -> list[str]:
    """Every table whose rows belong to a body."""
    return sorted(model._meta.db_table for model in apps.get_models() if is_fenced(model))


def append_only() -> list[str]:
    """Those that refuse to forget."""
    return sorted(model._meta.db_table for model in apps.get_models() if model._meta.label in APPEND_ONLY)


@contextmanager
def house_to_itself() -> Iterator[None]:
    """Neither a backup nor another move meanwhile, on this machine. Raises HouseBusy."""
    with durable.held_alone(durable.house_lock(Path(settings.VAR)), busy=HouseBusy):
        yield
