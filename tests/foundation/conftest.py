"""Two towns that must never see each other."""

from datetime import UTC, datetime

import pytest

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.organisations import services
from todoke.foundation.organisations.values import OrganisationKind

MINASE, HIYORI = "992011", "993018"
NOW = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
ACTOR = Actor(ActorKind.COMMAND, "test")


@pytest.fixture
def towns(db: None, var_dir: object) -> tuple[str, str]:
    """みなせ市 and ひより町, registered."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        services.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    return MINASE, HIYORI
