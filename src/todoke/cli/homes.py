"""Which databases of groups（団体の組）do not answer: their bodies rest a little, and those of the others go on."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from todoke.foundation import databases
from todoke.foundation.errors import whereabouts

log = logging.getLogger("todoke.work")
REST_SECONDS = 10.0
AWAY = (OperationalError, InterfaceError)


@dataclass
class Homes:
    """What one worker knows of the databases in which bodies live."""

    clock: Callable[[], float] = time.monotonic
    _rest_until: dict[str, float] = field(default_factory=dict)

    def rests(self, code: str) -> bool:
        """Whether the group of a body is left alone for a while."""
        return bool(self._rest_until) and self.clock() < self._rest_until.get(_home(code), 0.0)

    @property
    def are_resting(self) -> bool:
        """Whether any group is."""
        return any(self.clock() < until for until in self._rest_until.values())

    def note(self, code: str, trouble: BaseException) -> bool:
        """Let the group of a body rest because its database does not answer; False when the body has none."""
        alias = _home(code)
        if alias == DEFAULT_DB_ALIAS:
            return False
        log.error("work.database_away organisation=%s error=%s", code, whereabouts(trouble))
        self._rest_until[alias] = self.clock() + REST_SECONDS
        connections[alias].close()
        return True


def is_lost(code: str) -> bool:
    """Whether there is no connection to the database of a body that could still be used."""
    home = connections[_home(code)]
    return not home.in_atomic_block and (home.connection is None or not home.is_usable())


def _home(code: str) -> str:
    """The alias of the database of a body; the directory's own where the directory cannot be asked."""
    try:
        return databases.group_of(code)
    except AWAY:
        return DEFAULT_DB_ALIAS
