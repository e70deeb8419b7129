"""Towns, a prefecture, and link files written by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from todoke.casework.identify import services
from todoke.casework.identify.values import LoadKind, LoadOptions, LoadReport
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind

MINASE, HIYORI, TSUMUGI = "992011", "993018", "990001"
NOW = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
ACTOR = Actor(ActorKind.COMMAND, "test")
HEADER = "issuer_key,serial,number,number_kind,valid_from,valid_to,reason\n"
AUTH_1, AUTH_2 = "aa" * 20, "bb" * 20
Load = Callable[..., LoadReport]


@pytest.fixture
def bodies(db: None, var_dir: Path) -> None:
    """みなせ市, ひより町 and つむぎ県, registered."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    organisations.register_organisation(TSUMUGI, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=NOW)


@pytest.fixture
def load(bodies: None, tmp_path: Path) -> Load:
    """Load lines of a link file for みなせ市 (or another body); a second full load replaces the first."""

    def _load(
        *lines: str,
        organisation: str = MINASE,
        kind: LoadKind = LoadKind.FULL,
        at: datetime = NOW,
        options: LoadOptions | None = None,
        header: str = HEADER,
    ) -> LoadReport:
        path = tmp_path / "links.csv"
        text = header + "".join(f"{line}\n" for line in lines)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return services.load_links(organisation, path, kind=kind, actor=ACTOR, at=at, options=options)

    return _load
