"""Questions about core systems, the hand-over ledger and its agreement with theirs."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from . import rules as _rules  # noqa: F401
from .errors import ProfileInvalid
from .rules.profiles import read_profile
from .values import CoreProfile

PROFILES = Path(__file__).parent / "profiles"


@cache
def _schema() -> Mapping[str, Any]:  # Any: a JSON Schema
    schema: Mapping[str, Any] = json.loads((PROFILES / "schema.json").read_text(encoding="utf-8"))
    return schema


@cache
def core_profile(name: str) -> CoreProfile:
    """The core-system profile with this name; raises ProfileInvalid."""
    path = next((file for file in PROFILES.glob("*.yaml") if file.stem == name), None)
    if path is None:
        raise ProfileInvalid(profile=name, where="-")
    return read_profile(name, yaml.safe_load(path.read_text(encoding="utf-8")), _schema())
