"""Which tables move with a body, and one command at a time in a house."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings

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
    lock = os.open(Path(settings.VAR) / ".house.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as busy:
        raise HouseBusy from busy
    finally:
        os.close(lock)
