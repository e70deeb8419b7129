"""Which tables move with a body, and one command at a time in a house."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from todoke.foundation import databases, durable
from todoke.foundation.moving.errors import HouseBusy
from todoke.foundation.walls import APPEND_ONLY, is_fenced

LOCK = 7_405_021  # advisory lock number on PostgreSQL


def tables() -> list[str]:
    """Every table whose rows belong to a body."""
    return sorted(model._meta.db_table for model in apps.get_models() if is_fenced(model))


def append_only() -> list[str]:
    """Those that refuse to forget."""
    return sorted(model._meta.db_table for model in apps.get_models() if model._meta.label in APPEND_ONLY)


@contextmanager
def house_to_itself() -> Iterator[None]:
    """Neither a backup on this machine nor another move meanwhile, on any machine of PostgreSQL. Raises HouseBusy."""
    with durable.held_alone(durable.house_lock(Path(settings.VAR)), busy=HouseBusy), _only_mover():
        yield


@contextmanager
def _only_mover() -> Iterator[None]:
    """One move at a time in the directory: a lock of the server, on a connection of its own, gone when it is."""
    wrapper = connections[databases.directory()]
    if wrapper.vendor != "postgresql":
        yield
        return
    own: Any = wrapper.get_new_connection(wrapper.get_connection_params())
    try:
        own.autocommit = True
        (is_ours,) = own.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if not is_ours:
            raise HouseBusy
        yield
    finally:
        own.close()
