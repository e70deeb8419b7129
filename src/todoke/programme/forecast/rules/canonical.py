"""The hash of what a forecast was computed from: equal networks have equal hashes, on every machine."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from functools import lru_cache
from operator import attrgetter

from todoke.programme.forecast.values import (
    Activity,
    Demand,
    Dependency,
    Network,
    PeriodUnits,
    ResourceCapacity,
    StartWindow,
    WorkingDays,
)

_PARTS: dict[type, Callable[[object], object]] = {
    one: attrgetter(*(field.name for field in fields(one)))
    for one in (Activity, Demand, Dependency, PeriodUnits, ResourceCapacity, StartWindow)
}


@lru_cache(maxsize=32)
def input_hash(network: Network) -> str:
    """SHA-256 of the canonical JSON of a network, calendar included."""
    head = (network.title, network.as_of, network.deadline, network.grain, _calendar_hash(network.calendar))
    activities = list(map(_PARTS[Activity], network.activities))
    links = list(map(_PARTS[Dependency], network.dependencies))
    parts = (activities, links, network.windows, network.capacities)
    return hashlib.sha256(canonical((head, parts)).encode()).hexdigest()


def canonical(value: object) -> str:
    """Canonical JSON: no white space, dates as ISO texts, values as lists of their fields in order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return _PARTS[type(value)](value)


@lru_cache(maxsize=8)
def _calendar_hash(calendar: WorkingDays) -> str:
    return hashlib.sha256(",".join(str(one.toordinal()) for one in calendar.days).encode()).hexdigest()
