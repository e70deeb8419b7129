"""Whether this process can do its work now: stable codes of what is missing, and nothing about anybody."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from todoke.foundation.audit import queries as audit
from todoke.foundation.audit.errors import SealOverdue
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.vault.errors import KeyMissing
from todoke.foundation.vault.queries import master_key

DATABASE_AWAY, NOT_MIGRATED, NO_ROOM = "SYS-941", "SYS-942", "SYS-943"
SEALS_SECONDS = 30.0  # how long the answer about the seals of all bodies serves
SHARE = 20


class Readiness:
    """What is missing, as one process sees it. What cannot change back is asked once; the seals now and then."""

    def __init__(self, *, with_originals: bool = True) -> None:
        """Ask nothing yet. A process that never touches originals（the sealer）needs neither their place nor their keys."""
        self._with_originals = with_originals
        self._lock = threading.Lock()
        self._is_migrated = self._are_seals_overdue = False
        self._seals_serve_until = 0.0

    def missing(self) -> tuple[str, ...]:
        """The codes of what is missing, in the order in which one would mend it; empty when it is ready."""
        asked = ORIGINALS if self._with_originals else {}
        codes = [code for code, is_well in asked.items() if not is_well()]
        try:
            codes += self._missing_in_database()
        except Error:
            codes.append(DATABASE_AWAY)
            if not connection.in_atomic_block:
                connection.close()
        return tuple(codes)

    def _missing_in_database(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not self._is_migrated:
            executor = MigrationExecutor(connection)
            self._is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not self._is_migrated:
            return [NOT_MIGRATED]
        return [SealOverdue.code] if self._overdue() else []

    def _overdue(self) -> bool:
        """Whether no body can write any more. Where some can, the others raise an alert and close nobody's desk."""
        with self._lock:
            began = time.monotonic()
            if began < self._seals_serve_until:
                return self._are_seals_overdue
            oldest = [_unsealed_since(body.code) for body in organisations()]
            limit = now() - timedelta(hours=settings.TODOKE_SEAL_LIMIT_HOURS)
            self._are_seals_overdue = bool(oldest) and all(one is not None and one < limit for one in oldest)
            took = time.monotonic() - began
            self._seals_serve_until = time.monotonic() + max(SEALS_SECONDS, SHARE * took)
            return self._are_seals_overdue


def _unsealed_since(body: str) -> datetime | None:
    with scope(body, read_only=True):
        return audit.unsealed_since()


def _has_room() -> bool:
    """Whether a file can be made where originals are kept: a full or read-only device says no."""
    place = Path(settings.TODOKE_VAULT_DIR)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(prefix=".ready-", dir=place)
        try:
            os.write(descriptor, b"ready")
        finally:
            os.close(descriptor)
            os.unlink(draft)
    except OSError:
        return False
    return True


def _has_keys() -> bool:
    try:
        master_key()
    except (TodokeError, OSError):
        return False
    return True


ORIGINALS: Mapping[str, Callable[[], bool]] = {NO_ROOM: _has_room, KeyMissing.code: _has_keys}
