"""One sample world, built once and only read by the tests of this folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest

from samples import world


class Row(TypedDict):
    """One package of the truth file."""

    receipt_number: str
    organisation: str
    channel: str
    file: str
    kind: str
    package: str
    code: str | None
    signature: str | None
    identity: str | None
    case: bool
    handover: str
    hold_code: str | None
    status_notice: str
    duplicate: str


@dataclass(frozen=True, slots=True)
class Built:
    """A world on disk with its parsed truth."""

    out: Path
    truth: dict[str, Any]  # parsed JSON

    @property
    def rows(self) -> list[Row]:
        rows: list[Row] = self.truth["packages"]
        return rows

    def of_kind(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row["kind"] == kind]

    def read(self, row: Row) -> bytes:
        return (self.out / row["file"]).read_bytes()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("world")
    world.build(out, packages=300, residents=12_000, seed=2026)
    return Built(out, json.loads((out / "truth.json").read_text(encoding="utf-8")))
