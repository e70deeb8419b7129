"""Towns, a prefecture, and link files written by hand."""

from dataclasses import dataclass
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


@pytest.fixture
def bodies(db: None, var_dir: Path) -> None:
    """みなせ市, ひより町 and つむぎ県, registered."""
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより町")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)
    organisations.register_organisation(TSUMUGI, name="つむぎ県", kind=OrganisationKind.PREFECTURE, at=NOW)


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Writes lines to a link file and loads it."""

    folder: Path

    def written(self, *lines: str, header: str = HEADER) -> Path:
        """The file with these lines; bytes that are no text may be given as surrogates."""
        path = self.folder / "links.csv"
        text = header + "".join(f"{line}\n" for line in lines)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return path

    def __call__(
        self,
        *lines: str,
        organisation: str = MINASE,
        kind: LoadKind = LoadKind.FULL,
        at: datetime = NOW,
        options: LoadOptions | None = None,
        header: str = HEADER,
    ) -> LoadReport:
        """Load these lines for みなせ市 (or another body); a second full load replaces the first."""
        path = self.written(*lines, header=header)
        return services.load_links(organisation, path, kind=kind, actor=ACTOR, at=at, options=options)


Load = LoadFile


@pytest.fixture
def load_file(tmp_path: Path) -> LoadFile:
    """Link files for a body that the test registers."""
    return LoadFile(tmp_path)


@pytest.fixture
def load(bodies: None, load_file: LoadFile) -> LoadFile:
    """Link files for the registered bodies."""
    return load_file
