"""Two towns and resident files written by hand."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.casework.identify.conftest import ACTOR, MINASE, NOW
from tests.casework.identify.conftest import bodies as bodies
from todoke.casework.residents import services
from todoke.casework.residents.values import RESIDENTS, LoadKind, LoadOptions, LoadReport

HEADER = (
    "number,household,relation,name,kana,birth,sex,address,previous_address,moved_in,status,status_since,protected,"
    "insured_number\n"
)
Load = Callable[..., LoadReport]


def line(
    number: str = "77", name: str = "織機　太郎", kana: str = "オリハタ　タロウ", birth: str = "1980-02-03", *,
    household: str = "1", status: str = "current", since: str = "", sex: str = "1", insured: str = "",
) -> str:  # fmt: skip
    """One resident as a line of the sample layout."""
    address = "つむぎ県みなせ市水音町1番地2"
    return f"{number},{household},世帯主,{name},{kana},{birth},{sex},{address},,,{status},{since},,{insured}"


@pytest.fixture
def load_residents(bodies: None, tmp_path: Path) -> Load:
    """Load these lines for みなせ市 (or another body)."""

    def _load(
        *lines: str, organisation: str = MINASE, kind: LoadKind = LoadKind.FULL, at: datetime = NOW,
        options: LoadOptions = RESIDENTS, header: str = HEADER,
    ) -> LoadReport:  # fmt: skip
        path = written(tmp_path / "residents.csv", *lines, header=header)
        return services.load_residents(organisation, path, kind=kind, actor=ACTOR, at=at, options=options)

    return _load


def written(path: Path, *lines: str, header: str = HEADER) -> Path:
    """The file with these lines."""
    path.write_bytes((header + "".join(f"{one}\n" for one in lines)).encode("utf-8", "surrogateescape"))
    return path


def load_copy(path: Path, *lines: str) -> None:
    """These residents are all that みなせ市 has."""
    services.load_residents(
        MINASE, written(path, *lines), kind=LoadKind.FULL, actor=ACTOR, at=NOW, options=RESIDENTS
    )
